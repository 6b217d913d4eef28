"""However the work is cut, the result is the same: the same rows calculated from nothing in 1, 7 and 64 shards, each in
a copy of its own, so that what a cut loses is seen."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count, Sum

from incentives.earnings.models import Entry
from incentives.ledger.queries import partners_with_balance
from incentives.payouts.actions import prepare_run, work_on_run
from incentives.payouts.models import PayoutAllocation, PayoutItem, PayoutRun, PayoutShard
from partners.directory.models import PartnerParent
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.concurrency.copies import in_a_copy
from tests.support.cast import Cast, make_partner, make_tenant, stage
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import close_month, give_account, tick

pytestmark = pytest.mark.race

CUTS = (1, 7, 64)
JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
PARTNERS, LINES = 24, 240
RATE = {"id": "flat", "type": "rate", "rate": "0.1"}
TIERS = {
    "id": "tiers", "type": "tiers", "mode": "marginal", "window": "quarter",
    "tiers": [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.08"}],
}  # fmt: skip


@pytest.fixture
def tenant(own_database: str) -> Tenant:
    """24 partners, half of them in three trees; 240 lines in March, every tenth split between neighbours."""
    tenant = make_tenant("shards", "Shards", first_period_on=MARCH)
    partners = [make_partner(tenant, f"P{n:02}", f"Partner {n}", id=UUID(int=n + 1)) for n in range(PARTNERS)]
    with tenant_context(tenant.id):
        for place in range(12):
            if place % 4:
                parent = partners[place - place % 4]
                PartnerParent.objects.create(
                    partner=partners[place], parent=parent, starts_on=date(2020, 1, 1)
                )
        plan = make_plan()
        publish(plan, [RATE, TIERS])
        assign(plan)
        product = make_product()
        for place in range(LINES):
            partner, neighbour = partners[place % PARTNERS], partners[(place + 1) % PARTNERS]
            split = {partner.id: 1, neighbour.id: 1} if place % 10 == 0 else None
            sell(partner, product, f"L{place}", MARCH + timedelta(days=place % 28), 200_00, split=split)
    return tenant


@dataclass(frozen=True)
class Result:
    """What a calculation says of itself, and what stands in its books."""

    result_hash: str
    entry_count: int
    totals: Any
    funnel: Any
    per_partner: tuple[tuple[UUID, int, int], ...]
    owed: tuple[tuple[UUID, int], ...]
    second_count: int
    second_hash: str


def calculated_from_nothing(tenant: Tenant, shard_count: int) -> Result:
    run = calculate(tenant, MARCH, at=NOW, shard_count=shard_count)
    again = calculate(tenant, MARCH, at=NOW, shard_count=shard_count)
    with tenant_context(tenant.id):
        sums = Entry.objects.order_by("partner_id").values("partner_id")
        counted = sums.annotate(number=Count("id"), total=Sum("amount_minor"))
        return Result(
            run.result_hash,
            run.entry_count,
            run.totals,
            run.funnel,
            tuple((row["partner_id"], row["number"], row["total"]) for row in counted),
            tuple(sorted((row.partner_id, row.owed_minor) for row in partners_with_balance())),
            again.entry_count,
            again.result_hash,
        )


def test_a_calculation_does_not_depend_on_its_shards(tenant: Tenant, own_database: str) -> None:
    results = []
    for shard_count in CUTS:
        with in_a_copy(own_database):
            results.append(calculated_from_nothing(tenant, shard_count))
    first = results[0]
    assert results == [first] * len(CUTS)
    # 216 whole lines and 24 halved ones, each under two components; 10 % of every line goes out, whoever gets it.
    assert first.entry_count == 2 * (LINES + LINES // 10)
    assert len(first.per_partner) == PARTNERS
    with in_a_copy(own_database):
        calculate(tenant, MARCH, at=NOW, shard_count=7)
        with tenant_context(tenant.id):
            flat = Entry.objects.filter(component_id="flat").aggregate(total=Sum("amount_minor"))["total"]
    assert flat == LINES * 20_00
    assert (first.second_count, first.second_hash) == (0, first.result_hash)


@pytest.fixture
def cast(own_database: str) -> Cast:
    """A closed January in which 24 partners earned; every fourth has no bank details."""
    cast = stage()
    partners = [
        make_partner(cast.acme, f"P{n:02}", f"Partner {n}", id=UUID(int=n + 1)) for n in range(PARTNERS)
    ]
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [RATE])
        assign(plan)
        product = make_product()
        for place, partner in enumerate(partners):
            for number in range(2):
                day = JANUARY + timedelta(days=number)
                sell(partner, product, f"L{place}-{number}", day, 1_000_00 + place * 100)
    for place, partner in enumerate(partners):
        if place % 4:
            give_account(cast, partner, cast.vera)
    close_month(cast, JANUARY)
    return cast


def paid_from_nothing(cast: Cast, shard_count: int) -> tuple[Any, ...]:
    with tenant_context(cast.acme.id):
        run = prepare_run(
            actor=cast.vera.actor, period_on=JANUARY, currency="EUR", pays_on=date(2026, 12, 5), at=tick(),
            shard_count=shard_count,
        )  # fmt: skip
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=tick)
    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get(id=run.id)
        assert PayoutShard.objects.filter(run_id=run.id).count() == shard_count
        items = PayoutItem.objects.filter(run_id=run.id).order_by("partner__code")
        taken = PayoutAllocation.objects.aggregate(
            number=Count("entry_id", distinct=True), total=Sum("amount_minor")
        )
        return (
            run.content_hash,
            run.item_count,
            run.total_minor,
            run.funnel,
            list(items.values_list("partner__code", "state", "reason", "gross_minor", "amount_minor")),
            taken,
        )


def test_a_payout_does_not_depend_on_its_shards(cast: Cast, own_database: str) -> None:
    results = []
    for shard_count in CUTS:
        with in_a_copy(own_database):
            results.append(paid_from_nothing(cast, shard_count))
    first = results[0]
    assert results == [first] * len(CUTS)
    total = sum(2 * (100_00 + place * 10) for place in range(PARTNERS) if place % 4)
    assert first[1:4] == (18, total, {"no_bank_details": 6})
    assert first[5] == {"number": 36, "total": total}
