"""From an amount due to the target of a sale and those of the refunds that reverse it (money.md 1.4, 2 "Refunds").

Promise: a full refund takes back all of it, whatever was cut; called by the reference alone."""

from dataclasses import replace
from datetime import date, timedelta

from incentives.plans.board import Board
from incentives.plans.document import MeasuredComponent
from incentives.plans.dues import Due
from incentives.plans.exchange import Conversion
from incentives.plans.refunds import Reversal, reversals
from incentives.plans.targets import (
    NOT_MEASURED,
    OVER_REFUNDED,
    WINDOW_CLOSED,
    Inputs,
    RateUse,
    RefundInputs,
    Target,
    TargetKey,
    WindowInputs,
)
from prm.kit.periods import Period
from prm.kit.rounding import round_half_away


def post(due: Due, board: Board) -> None:
    """The target of an amount that is due."""
    if due.of_window is None:
        _post_of_credit(due, board)
    else:
        board.post_of_window(_target_of_window(due, due.of_window))


def _post_of_credit(due: Due, board: Board) -> None:
    """The target of the credit and, unless the amount already follows them, those of the refunds that reverse it."""
    line, inputs, factor = due.credit.line, _inputs(due), due.payable.to_payout.factor
    payout_minor = round_half_away(due.amount_minor * factor)
    board.post(_target(due, line.id, line.occurred_on, due.amount_minor, payout_minor, inputs))
    for reversal in reversals_of(due):
        refund = reversal.step.refund
        told = _reversed(inputs, reversal, due)
        board.post(
            _target(
                due, refund.id, refund.occurred_on, reversal.amount_minor, reversal.payout_amount_minor, told
            )
        )


def _target_of_window(due: Due, told: WindowInputs) -> Target:
    day, document = due.credit.line.occurred_on, due.document
    return Target(
        key=TargetKey(
            plan_id=due.plan_id,
            component_id=due.component.id,
            line_id=None,
            credited_partner_id=due.partner_id,
            partner_id=due.partner_id,
            belongs_on=Period.of(day).starts_on,
            window_on=told.window_starts_on,
        ),
        version_id=due.payable.claim.version.id,
        slot=due.payable.claim.plan.slot,
        occurred_on=day,
        amount_minor=due.amount_minor,
        currency=document.currency,
        payout_amount_minor=round_half_away(due.amount_minor * due.payable.to_payout.factor),
        payout_currency=document.payout_currency,
        free_on=due.payable.earned_on + timedelta(days=document.hold_days),
        inputs=replace(told, payout_exchange=_use(due.payable.to_payout), cuts=due.cuts),
    )


def reversals_of(due: Due) -> list[Reversal]:
    steps = due.payable.refunds.steps if due.amount_minor and due.reverses else ()
    return reversals(due.amount_minor, steps, due.payable.to_payout.factor)


def _target(
    due: Due, line_id: str, occurred_on: date, amount_minor: int, payout_minor: int, inputs: Inputs
) -> Target:
    """Sale and refunds alike belong to the month of the sale and come free with it, so many days after its earning
    event."""
    claim, document = due.payable.claim, due.document
    return Target(
        key=TargetKey(
            plan_id=claim.plan.id,
            component_id=due.component.id,
            line_id=line_id,
            credited_partner_id=claim.credit.partner.id,
            partner_id=due.partner_id,
            depth=due.depth,
            belongs_on=Period.of(claim.credit.line.occurred_on).starts_on,
        ),
        version_id=claim.version.id,
        slot=claim.plan.slot,
        occurred_on=occurred_on,
        amount_minor=amount_minor,
        currency=document.currency,
        payout_amount_minor=payout_minor,
        payout_currency=document.payout_currency,
        free_on=due.payable.earned_on + timedelta(days=document.hold_days),
        inputs=inputs,
    )


def _inputs(due: Due) -> Inputs:
    payable, credit, component, amount = due.payable, due.credit, due.component, due.amount
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
        cuts=due.cuts,
        paid=due.paid,
        notes=tuple(notes),
    )


def _use(conversion: Conversion) -> RateUse | None:
    row = conversion.row
    return RateUse(row.id, row.base, row.quote, row.published_on, row.rate) if row else None


def _reversed(inputs: Inputs, reversal: Reversal, due: Due) -> Inputs:
    step = reversal.step
    notes = [WINDOW_CLOSED] if isinstance(due.component, MeasuredComponent) else []
    if step.over_refunded:
        notes.append(OVER_REFUNDED)
    return inputs.reversed_by(
        RefundInputs(
            sale_line_id=due.credit.line.id,
            cumulative_share=step.cumulative_share,
            original_minor=reversal.original_minor,
            reversed_before_minor=reversal.reversed_before_minor,
        ),
        tuple(notes),
    )
