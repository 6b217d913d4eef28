"""The engine on real sales: seven plans in seven slots over the AdventureWorks resellers, in one calculation."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import Count, Sum

from incentives.earnings.models import Entry
from incentives.ledger.models import Period as LedgerPeriod
from partners.directory.models import Partner
from prm.kit.money import format_plain
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from tests.incentives.plans.test_real_sales import CASES, Y2019
from tests.support.adventureworks import sample_folder
from tests.support.commission import assign, calculate, make_plan, publish
from tests.support.stored_sales import load_sample

pytestmark = pytest.mark.skipif(sample_folder() is None, reason="PRM_SAMPLE_DATA names no folder")

FIRST, LAST = Period(2017, 7), Period(2020, 5)
LATER = datetime(2999, 1, 1, tzinfo=UTC)


def test_to_the_cent(own_database: str) -> None:
    folder = sample_folder()
    assert folder is not None
    tenant = load_sample(folder, FIRST.starts_on)
    with tenant_context(tenant.id):
        codes = {}
        for place, (name, (components, (starts_on, ends_on), *_)) in enumerate(CASES.items()):
            plan = make_plan(f"case{place}", slot="main" if ends_on != Y2019[1] else f"slot{place}")
            publish(plan, components, starts_on=date(2017, 1, 1), currency="USD")
            assign(plan, starts_on=starts_on, ends_on=ends_on)
            codes[name] = plan.id
        month = FIRST
        while month < LAST:
            LedgerPeriod.objects.create(starts_on=month.starts_on, closed_at=LATER)
            month = month.plus(1)
    run = calculate(tenant, LAST.starts_on, shard_count=8)
    assert (run.state, run.failure) == ("calculated", "")
    assert run.funnel == {"looked_at": 57851, "earned": 57851, "reasons": {}}
    with tenant_context(tenant.id):
        names = dict(Partner.objects.values_list("id", "code"))
        for name, (_, _, entries, whole, largest) in CASES.items():
            found = Entry.objects.filter(plan_id=codes[name])
            summed = found.aggregate(entries=Count("id"), whole=Sum("amount_minor"))
            assert (name, summed["entries"], format_plain(summed["whole"], "USD")) == (name, entries, whole)
            top = (
                found.values("partner_id")
                .annotate(whole=Sum("amount_minor"))
                .order_by("-whole")[: len(largest)]
            )
            assert {names[row["partner_id"]]: format_plain(row["whole"], "USD") for row in top} == largest
