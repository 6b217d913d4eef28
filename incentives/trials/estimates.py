"""What a sale that was not made yet would earn: calculated without it and with it, then rolled back.

Promises: the engine's own statements; what the sale changes on earlier ones is told apart; nothing is written.
Called by: trials.{deal_estimates,api}."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from incentives.earnings.actions import assign_members
from incentives.earnings.calculation import calculate_shard
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry
from incentives.earnings.scope import load_scope
from incentives.trials.rehearsal import newest_run, rolled_back
from partners.sales.models import SaleLine, SalePayment, SaleSplit
from prm.kit.ids import uuid7

SMALL_SHARDS = 4096
"""So many that a shard holds little more than the partners that are paid for each other's sales."""
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A sale as it might be made. `parts`: the weights of those who share it, by partner."""

    partner_id: UUID
    product_id: UUID
    amount_minor: int
    currency: str
    occurred_on: date
    quantity: Decimal = Decimal(1)
    customer_id: UUID | None = None
    deal_id: UUID | None = None
    parts: Mapping[UUID, int] | None = None


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


def estimate(offer: Offer, *, at: datetime) -> list[Estimated]:
    with rolled_back():
        line = _offered(offer, at)
        run = newest_run(offer.occurred_on, offer.occurred_on, at=at, shard_count=SMALL_SHARDS)
        assign_members(run)
        number = CalculationMember.objects.values_list("shard_number", flat=True).get(
            run_id=run.id, partner_id=offer.partner_id
        )
        _calculate(run, number, at)
        SaleLine.objects.filter(id=line.id).update(voided=False)
        _calculate(run, number, at + MOMENT)
        return _summed(run, line.id, at + MOMENT)


def _offered(offer: Offer, at: datetime) -> SaleLine:
    """The sale, not counting yet: partners are put together with it, the first calculation passes it over."""
    line = SaleLine.objects.create(
        source="estimate",
        external_id=str(uuid7()),
        partner_id=None if offer.parts else offer.partner_id,
        product_id=offer.product_id,
        customer_id=offer.customer_id,
        deal_id=offer.deal_id,
        occurred_on=offer.occurred_on,
        invoiced_on=offer.occurred_on,
        quantity=offer.quantity,
        amount_minor=offer.amount_minor,
        currency=offer.currency,
        recorded_at=at,
        first_recorded_at=at,
    )
    if offer.amount_minor:
        SalePayment.objects.create(
            line=line,
            source="estimate",
            external_id=str(line.id),
            paid_on=offer.occurred_on,
            amount_minor=offer.amount_minor,
            currency=offer.currency,
            recorded_at=at,
            received_at=at,
        )
    for partner_id, weight in (offer.parts or {}).items():
        SaleSplit.objects.create(line=line, partner_id=partner_id, parts=weight)
    SaleLine.objects.filter(id=line.id).update(voided=True)
    return line


def _calculate(run: CalculationRun, number: int, at: datetime) -> None:
    calculate_shard(CalculationShard(run=run, number=number), load_scope(run), at=at, look=lambda: None)


def _summed(run: CalculationRun, line_id: UUID, at: datetime) -> list[Estimated]:
    """Largest first."""
    found: dict[tuple[UUID, UUID, str], list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(run_id=run.id, recorded_at=at).order_by("id"):
        found[entry.partner_id, entry.plan_id, entry.component_id].append(entry)
    told = [_told(entries, line_id) for entries in found.values()]
    return sorted(told, key=lambda one: (-one.amount_minor, str(one.partner_id), one.component_id))


def _told(entries: list[Entry], line_id: UUID) -> Estimated:
    first = next((entry for entry in entries if entry.line_id == line_id), entries[0])
    return Estimated(
        partner_id=first.partner_id,
        plan_id=first.plan_id,
        version_id=first.version_id,
        component_id=first.component_id,
        currency=first.currency,
        amount_minor=sum(entry.amount_minor for entry in entries),
        earlier_minor=sum(entry.amount_minor for entry in entries if entry.line_id != line_id),
        inputs=first.inputs,
    )
