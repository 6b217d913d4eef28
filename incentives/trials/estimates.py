"""What a sale that was not made yet would earn: calculated without it and with it, then rolled back.

Promises: the engine's own statements; what the sale changes on earlier ones is told apart; a fact that a plan asks for
and nobody told is named; nothing is written.
Called by: trials.{deal_estimates,api}."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from incentives.earnings.actions import assign_members
from incentives.earnings.calculation import calculate_shard
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry
from incentives.earnings.scope import Scope, load_scope
from incentives.plans.world import months_after
from incentives.trials.offered import ASKED_BY, Fact, Told, read_offered
from incentives.trials.rehearsal import newest_run, rolled_back
from partners.sales.models import SaleLine, SalePayment, SaleSplit
from prm.kit.ids import uuid7

SMALL_SHARDS = 4096
"""So many that a shard holds little more than the partners that are paid for each other's sales."""
MOMENT = timedelta(microseconds=1)
SOURCE = "estimate"
LONGEST_SUBSCRIPTION = 60


@dataclass(frozen=True, slots=True)
class OfferedLine:
    """A product of it, with what is known: None is what nobody told. `months`: so many monthly lines of a subscription,
    `amount_minor` and `cost_minor` of each; 0: sold once."""

    product_id: UUID
    amount_minor: int
    quantity: Decimal | None = None
    cost_minor: int | None = None
    months: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """A sale as it might be made. `parts`: the weights of those who share it, by partner. `subscription_ref`: of a
    subscription that goes on already."""

    partner_id: UUID
    lines: Sequence[OfferedLine]
    currency: str
    occurred_on: date
    customer_id: UUID | None = None
    deal_id: UUID | None = None
    parts: Mapping[UUID, int] | None = None
    subscription_ref: str = ""


@dataclass(frozen=True, slots=True)
class Estimated:
    """What one beneficiary would get from one component: in all, and how much of it on sales made earlier."""

    partner_id: UUID
    plan_id: UUID
    version_id: UUID
    component_id: str
    currency: str
    amount_minor: int
    earlier_minor: int
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Why a plan pays a partner nothing for a product."""

    partner_id: UUID
    product_id: UUID
    reason: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Estimate:
    """`missing`: facts that a plan asks for and nobody told, in a fixed order; without them the amounts are not all.
    `unpaid`: why nothing is paid, for other reasons than a missing fact."""

    amounts: Sequence[Estimated]
    missing: Sequence[Fact] = ()
    unpaid: Sequence[Unpaid] = ()


def estimate(offer: Offer, *, at: datetime) -> Estimate:
    with rolled_back():
        lines = _offered(offer, at)
        run = newest_run(
            offer.occurred_on, max(line.occurred_on for line in lines), at=at, shard_count=SMALL_SHARDS
        )
        assign_members(run)
        number = CalculationMember.objects.values_list("shard_number", flat=True).get(
            run_id=run.id, partner_id=offer.partner_id
        )
        scope, ids = load_scope(run), [line.id for line in lines]
        _calculate(run, scope, number, at)
        SaleLine.objects.filter(id__in=ids).update(voided=False)
        told: list[Told] = []
        _calculate(run, scope, number, at + MOMENT, lambda: told.append(read_offered(scope, ids)))
        return _answer(offer, lines, _summed(run, set(ids), at + MOMENT), told[0])


def _answer(offer: Offer, lines: Sequence[SaleLine], amounts: Sequence[Estimated], told: Told) -> Estimate:
    untold = {
        (line.id, fact)
        for line, said in zip(lines, _each_month(offer), strict=True)
        for fact, value in (
            (Fact.COST, said.cost_minor),
            (Fact.QUANTITY, said.quantity),
            (Fact.SUBSCRIPTION, None),
        )
        if value is None
    }
    missing = {fact for asked in told.asked & untold for fact in asked[1:]}
    products = {line.id: line.product_id for line in lines}
    paid = {(partner, products[line], slot) for line, partner, slot in told.paid}
    unpaid = {
        (one.partner_id, products[one.line_id], one.slot): one
        for one in reversed(told.unpaid)
        if ASKED_BY.get(one.reason) not in missing
    }
    return Estimate(
        amounts,
        [fact for fact in Fact if fact in missing],
        [
            Unpaid(one.partner_id, products[one.line_id], one.reason, one.facts)
            for key, one in unpaid.items()
            if key not in paid
        ],
    )


def _each_month(offer: Offer) -> list[OfferedLine]:
    """One per line of the sale: each product as often as it is sold."""
    return [line for line in offer.lines for _month in range(max(line.months, 1))]


def _offered(offer: Offer, at: datetime) -> list[SaleLine]:
    """The sale, not counting yet: partners are put together with it, the first calculation passes it over."""
    sale = str(uuid7())
    lines = [
        _line(offer, told, months_after(offer.occurred_on, month), f"{sale}-{place}-{month}", sale, at)
        for place, told in enumerate(offer.lines)
        for month in range(max(told.months, 1))
    ]
    SaleLine.objects.filter(id__in=[line.id for line in lines]).update(voided=True)
    return lines


def _line(offer: Offer, told: OfferedLine, day: date, external_id: str, sale: str, at: datetime) -> SaleLine:
    """Invoiced and paid whole on its day; what is sold on one day is one order."""
    of_subscription = told.months or offer.subscription_ref
    line = SaleLine.objects.create(
        source=SOURCE,
        external_id=external_id,
        partner_id=None if offer.parts else offer.partner_id,
        product_id=told.product_id,
        customer_id=offer.customer_id,
        deal_id=offer.deal_id,
        occurred_on=day,
        invoiced_on=day,
        order_number=f"{sale}-{day}",
        quantity=Decimal(1) if told.quantity is None else told.quantity,
        amount_minor=told.amount_minor,
        cost_minor=told.cost_minor,
        currency=offer.currency,
        subscription_ref=(offer.subscription_ref or f"{SOURCE}-{sale}") if of_subscription else "",
        recorded_at=at,
        first_recorded_at=at,
    )
    if told.amount_minor:
        SalePayment.objects.create(
            line=line,
            source=SOURCE,
            external_id=external_id,
            paid_on=day,
            amount_minor=told.amount_minor,
            currency=offer.currency,
            recorded_at=at,
            received_at=at,
        )
    for partner_id, weight in (offer.parts or {}).items():
        SaleSplit.objects.create(line=line, partner_id=partner_id, parts=weight)
    return line


def _calculate(
    run: CalculationRun, scope: Scope, number: int, at: datetime, look: Callable[[], None] = lambda: None
) -> None:
    calculate_shard(CalculationShard(run=run, number=number), scope, at=at, look=look)


def _summed(run: CalculationRun, line_ids: set[UUID], at: datetime) -> list[Estimated]:
    """Largest first."""
    found: dict[tuple[UUID, UUID, str], list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(run_id=run.id, recorded_at=at).order_by("id"):
        found[entry.partner_id, entry.plan_id, entry.component_id].append(entry)
    told = [_told(entries, line_ids) for entries in found.values()]
    return sorted(told, key=lambda one: (-one.amount_minor, str(one.partner_id), one.component_id))


def _told(entries: list[Entry], line_ids: set[UUID]) -> Estimated:
    first = next((entry for entry in entries if entry.line_id in line_ids), entries[0])
    return Estimated(
        partner_id=first.partner_id,
        plan_id=first.plan_id,
        version_id=first.version_id,
        component_id=first.component_id,
        currency=first.currency,
        amount_minor=sum(entry.amount_minor for entry in entries),
        earlier_minor=sum(entry.amount_minor for entry in entries if entry.line_id not in line_ids),
        inputs=first.inputs,
    )
