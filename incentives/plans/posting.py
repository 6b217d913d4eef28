"""From an exact amount to the target of a sale and those of the refunds that reverse it (money.md 1.4, 2 "Refunds").

Promise: rounds once per (credit, component, beneficiary); called by the reference alone."""

from dataclasses import dataclass
from datetime import date, timedelta

from incentives.plans.amounts import Amount, round_within_limits
from incentives.plans.board import Board
from incentives.plans.document import VolumeComponent
from incentives.plans.exchange import Conversion
from incentives.plans.payables import Payable
from incentives.plans.refunds import Reversal, reversals
from incentives.plans.targets import (
    NOT_MEASURED,
    OVER_REFUNDED,
    WINDOW_CLOSED,
    Cut,
    Inputs,
    RateUse,
    RefundInputs,
    Target,
    TargetKey,
)
from prm.kit.periods import Period
from prm.kit.rounding import round_half_away


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Who is paid, and how far above the credited partner."""

    partner_id: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Earned:
    """What one target came to: the sale's own amount, and what is left of it after reversals."""

    amount_minor: int
    net_minor: int


def post(payable: Payable, to: Beneficiary, amount: Amount, board: Board, *, reverses: bool = True) -> Earned:
    """The target of the credit and, unless the amount already follows them, those of the refunds that reverse it."""
    line = payable.claim.credit.line
    amount_minor, cut = round_within_limits(amount.exact, payable.claim.credit.direction, payable.component)
    inputs = _inputs(payable, amount, cut)
    factor = payable.to_payout.factor
    payout_minor = round_half_away(amount_minor * factor)
    board.post(_target(payable, to, line.id, line.occurred_on, amount_minor, payout_minor, inputs))
    net_minor = amount_minor
    steps = payable.refunds.steps if amount_minor and reverses else ()
    for reversal in reversals(amount_minor, steps, factor):
        refund = reversal.step.refund
        net_minor += reversal.amount_minor
        board.post(
            _target(
                payable,
                to,
                refund.id,
                refund.occurred_on,
                reversal.amount_minor,
                reversal.payout_amount_minor,
                _reversed(inputs, reversal, payable),
            )
        )
    return Earned(amount_minor, net_minor)


def _target(
    payable: Payable,
    to: Beneficiary,
    line_id: str,
    occurred_on: date,
    amount_minor: int,
    payout_minor: int,
    inputs: Inputs,
) -> Target:
    """Sale and refunds alike belong to the month of the sale and come free with it."""
    claim, document = payable.claim, payable.claim.document
    sold_on = claim.credit.line.occurred_on
    return Target(
        key=TargetKey(
            plan_id=claim.plan.id,
            component_id=payable.component.id,
            line_id=line_id,
            credited_partner_id=claim.credit.partner.id,
            partner_id=to.partner_id,
            depth=to.depth,
            belongs_on=Period.of(sold_on).starts_on,
        ),
        version_id=claim.version.id,
        slot=claim.plan.slot,
        occurred_on=occurred_on,
        amount_minor=amount_minor,
        currency=document.currency,
        payout_amount_minor=payout_minor,
        payout_currency=document.payout_currency,
        free_on=sold_on + timedelta(days=document.hold_days),
        inputs=inputs,
    )


def _inputs(payable: Payable, amount: Amount, cut: Cut | None) -> Inputs:
    credit, component = payable.claim.credit, payable.component
    notes = [OVER_REFUNDED] if payable.refunds.merged and payable.refunds.over_refunded else []
    if amount.volume is not None and not amount.volume.measured:
        notes.append(NOT_MEASURED)
    return Inputs(
        component_type=component.type.value,
        version_number=payable.claim.version.number,
        base_minor=credit.base_minor,
        base_currency=credit.line.currency,
        share=credit.share,
        cost_minor=credit.cost_minor,
        quantity=credit.quantity,
        basis=component.basis.value,
        basis_value=payable.basis_value,
        rate=amount.rate,
        unit_amount=amount.unit_amount,
        volume=amount.volume,
        exchange=_use(payable.to_plan),
        payout_exchange=_use(payable.to_payout),
        refunded_share=payable.refunds.merged_share,
        cut=cut,
        notes=tuple(notes),
    )


def _use(conversion: Conversion) -> RateUse | None:
    row = conversion.row
    return RateUse(row.id, row.base, row.quote, row.published_on, row.rate) if row else None


def _reversed(inputs: Inputs, reversal: Reversal, payable: Payable) -> Inputs:
    step = reversal.step
    notes = [WINDOW_CLOSED] if isinstance(payable.component, VolumeComponent) else []
    if step.over_refunded:
        notes.append(OVER_REFUNDED)
    return inputs.reversed_by(
        RefundInputs(
            sale_line_id=payable.claim.credit.line.id,
            cumulative_share=step.cumulative_share,
            original_minor=reversal.original_minor,
            reversed_before_minor=reversal.reversed_before_minor,
        ),
        tuple(notes),
    )
