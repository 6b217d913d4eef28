"""The engine on real sales: seven plans in seven slots over resellers' sales, in one calculation."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db.models import Count, Sum

from incentives.earnings.models import Entry
from incentives.ledger.models import Period as LedgerPeriod
from partners.directory.models import Partner
from prm.kit.money import format_plain
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.commission import assign, calculate, make_plan, publish
from tests.support.sample_cases import CASES, SAMPLES, WHOLES, Y2019, Expected, folder_of
from tests.support.stored_sales import load_sample

LATER = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("sample", SAMPLES)
def test_to_the_cent(own_database: str, tmp_path: Path, sample: str) -> None:
    whole = WHOLES[sample]
    tenant = load_sample(folder_of(sample, tmp_path), whole.first.starts_on)
    plans = _plans_in_force(tenant)
    _close(tenant, whole.first, whole.last)
    run = calculate(tenant, whole.last.starts_on, shard_count=8)
    assert (run.state, run.failure) == ("calculated", "")
    assert run.funnel == {"looked_at": whole.lines, "earned": whole.lines, "reasons": {}}
    with tenant_context(tenant.id):
        for name, case in CASES.items():
            expected = case.expected[sample]
            assert (name, _earned(plans[name], len(expected.largest))) == (name, expected)


def _plans_in_force(tenant: Tenant) -> dict[str, UUID]:
    """The plan of each case, in a slot of its own where it covers one year."""
    plans = {}
    with tenant_context(tenant.id):
        for place, (name, case) in enumerate(CASES.items()):
            starts_on, ends_on = case.days
            plan = make_plan(f"case{place}", slot=f"slot{place}" if case.days == Y2019 else "main")
            publish(plan, case.components, starts_on=date(2017, 1, 1), currency="USD")
            assign(plan, starts_on=starts_on, ends_on=ends_on)
            plans[name] = plan.id
    return plans


def _close(tenant: Tenant, month: Period, until: Period) -> None:
    with tenant_context(tenant.id):
        while month < until:
            LedgerPeriod.objects.create(starts_on=month.starts_on, closed_at=LATER)
            month = month.plus(1)


def _earned(plan_id: UUID, places: int) -> Expected:
    found = Entry.objects.filter(plan_id=plan_id)
    summed = found.aggregate(entries=Count("id"), whole=Sum("amount_minor"))
    names = dict(Partner.objects.values_list("id", "code"))
    top = found.values("partner_id").annotate(whole=Sum("amount_minor")).order_by("-whole")[:places]
    largest = {names[row["partner_id"]]: format_plain(row["whole"], "USD") for row in top}
    return Expected(summed["entries"], format_plain(summed["whole"], "USD"), largest)
