"""The pages and the API of a test on history."""

from datetime import date
from typing import Any

import pytest

from incentives.plans.models import Plan, PlanVersion
from incentives.trials.models import Backtest
from incentives.trials.work import work_on_backtest
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.commission import NOW, assign, calculate, make_plan, make_product, publish, sell
from tests.support.rows import nothing_written_in

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
OLD = [{"id": "base", "type": "rate", "rate": "0.08"}]
TIERS = [{"from": "0", "rate": "0.04"}, {"from": "1000", "rate": "0.12"}]
NEW = [
    {"id": "volume", "title": "Volume", "type": "tiers", "mode": "retroactive", "measure": "revenue",
     "window": "quarter", "tiers": TIERS}
]  # fmt: skip


@pytest.fixture
def draft(cast: Cast) -> PlanVersion:
    """Northwind sold 900.00 and Southwind 2,000.00 in January at 8 %; a draft pays 4 %, and 12 % from 1,000."""
    with tenant_context(cast.acme.id):
        plan: Plan = make_plan()
        publish(plan, OLD)
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 900_00)
        sell(cast.southwind, product, "B1", date(2026, 1, 11), 2_000_00)
        version = PlanVersion.objects.create(
            plan=plan, number=2, document={"currency": "EUR", "components": NEW},
            starts_on=date(2026, 12, 1), edited_at=NOW, edited_by_user_id=cast.felix.actor.user_id,
        )  # fmt: skip
    calculate(cast.acme, JAN)
    return version


def work(cast: Cast) -> Backtest:
    with tenant_context(cast.acme.id):
        started = Backtest.objects.get(state="running")
    work_on_backtest(tenant_id=cast.acme.id, backtest_id=started.id, now=lambda: NOW)
    return started


def test_a_version_is_tested_from_its_page_and_the_result_is_read_there(
    cast: Cast, draft: PlanVersion
) -> None:
    finance = client_of(cast.vera)
    version_page = f"/acme/m/plans/versions/{draft.id}/"
    assert "was not tested yet" in finance.get(version_page).content.decode()
    told = {"first_on": "2026-01-01", "last_on": "2026-02-01", "throughout": "own"}
    with nothing_written_in(cast.acme):
        refused = finance.post(f"{version_page}backtest/", told)
    assert (refused.status_code, "in force on no day" in refused.content.decode()) == (422, True)
    started = finance.post(f"{version_page}backtest/", told | {"throughout": "all"})
    page = started["Location"]
    waiting = finance.get(page).content.decode()
    assert "Stop the test" in waiting
    assert finance.get(f"{page}progress/").status_code == 200
    work(cast)
    assert finance.get(f"{page}progress/")["HX-Refresh"] == "true"
    shown = finance.get(page).content.decode()
    for text in (
        "Version 2 costs €276.00 instead of €232.00: +€44.00 (+19%)",
        "Next to a bound",
        "€72.00",
        "−50%",
    ):
        assert text in shown, text
    large = finance.get(f"{page}?show=loss").content.decode()
    assert ("Northwind" in large, "Southwind" in large.split("Who gains")[1].split("Next to")[0]) == (
        True,
        False,
    )
    assert "€276.00 instead of €232.00" in finance.get(version_page).content.decode()
    table = finance.get(f"{page}export.csv").content.decode()
    assert f"{cast.southwind.code},Southwind,2026-01,EUR,160.00,160.00,240.00,80.00" in table
    assert finance.get(f"{page}export.xlsx").content[:2] == b"PK"


def test_the_page_of_the_version_warns_when_the_test_is_stale(cast: Cast, draft: PlanVersion) -> None:
    admin = client_of(cast.vera)
    path = f"/acme/m/plans/versions/{draft.id}/"
    told = {"first_on": "2026-01-01", "last_on": "2026-01-01", "throughout": "all"}
    admin.post(f"{path}backtest/", told)
    work(cast)
    assert "may have changed" not in admin.get(path).content.decode()
    with tenant_context(cast.acme.id):
        PlanVersion.objects.filter(id=draft.id).update(revision=2)
    assert "edited after this test" in admin.get(path).content.decode()


def test_a_machine_starts_a_test_and_reads_what_partners_would_get(cast: Cast, draft: PlanVersion) -> None:
    machine = Machine(make_key(cast.acme, "plans:read", "plans:write", "earnings:read"))
    body: dict[str, Any] = {"first_on": "2026-01-15", "last_on": "2026-01-31", "throughout": True}
    started = machine.post(f"plan-versions/{draft.id}/backtests", body)
    assert (started.status_code, started.json()["state"]) == (202, "running")
    again = machine.post(f"plan-versions/{draft.id}/backtests", body)
    assert (again.status_code, problem_of(again)["code"]) == (409, "backtest_going_on")
    work(cast)
    path = started["Location"].removeprefix("/api/v1/")
    read = machine.get(path).json()
    assert read["state"] == "done"
    assert read["totals"] == [{"currency": "EUR", "old": "232.00", "new": "276.00", "difference": "44.00"}]
    rows = machine.get(f"{path}/amounts").json()["data"]
    assert {row["partner"]: row["new"] for row in rows} == {
        cast.northwind.code: "36.00",
        cast.southwind.code: "240.00",
    }
