"""Calculations and entries for machines: start one, follow it, read what was earned and why."""

import re
from datetime import UTC, date, datetime

import pytest

from incentives.earnings.models import CalculationRun, Entry
from incentives.earnings.work import work_on_run
from partners.sales.models import SaleLine
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.rows import nothing_written_in

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
LATER = datetime(2026, 3, 1, 12, tzinfo=UTC)
BIKES = {"all": [{"fact": "category", "op": "eq", "value": "bikes"}]}


@pytest.fixture
def machine(cast: Cast) -> Machine:
    machine = Machine(make_key(cast.acme, "earnings:read", "calculations:write"))
    machine.get("entries")  # the first use of a key is noted
    return machine


@pytest.fixture
def line(cast: Cast) -> SaleLine:
    """10 % on bikes for everyone; two sales in January, one of them no bike."""
    with tenant_context(cast.acme.id):
        bike, sock = make_product("BIKE", "bikes"), make_product("SOCK", "clothing")
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1", "where": BIKES}])
        assign(plan)
        sell(cast.northwind, sock, "S1", date(2026, 1, 8), 50_00)
        return sell(cast.northwind, bike, "B1", date(2026, 1, 9), 100_00)


def test_a_calculation_is_started_and_followed(cast: Cast, machine: Machine, line: SaleLine) -> None:
    answer = machine.post("calculations", {"period_on": "2026-01-20"})
    started = answer.json()
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/calculations/{started['id']}")
    assert (started["state"], started["period_on"], started["parts_done"]) == ("queued", "2026-01-01", 0)
    with tenant_context(cast.acme.id):
        run = CalculationRun.objects.get()
    work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=lambda: LATER)
    told = machine.get(f"calculations/{run.id}").json()
    assert (told["state"], told["parts_done"], told["entries"]) == ("calculated", told["parts"], 1)
    assert (told["earned"], told["payable"]) == ({"EUR": "10.00"}, {"EUR": "10.00"})
    assert told["funnel"] == {
        "looked_at": 2,
        "earned": 1,
        "reasons": [{"code": "where_failed", "label": "Conditions not met", "lines": 1}],
    }
    assert [row["id"] for row in machine.get("calculations").json()["data"]] == [str(run.id)]


def test_a_retried_start_is_the_same_calculation(cast: Cast, machine: Machine, line: SaleLine) -> None:
    answers = [machine.post("calculations", {"period_on": "2026-01-01"}, key="once") for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    with tenant_context(cast.acme.id):
        assert CalculationRun.objects.count() == 1


def test_a_second_calculation_waits_for_the_first(cast: Cast, machine: Machine, line: SaleLine) -> None:
    machine.post("calculations", {"period_on": "2026-01-01"})
    with nothing_written_in(cast.acme):
        problem = problem_of(machine.post("calculations", {"period_on": "2026-01-01"}))
    assert (problem["status"], problem["code"]) == (409, "calculation_already_open")
    assert problem["detail"] == "A calculation is going on. Wait until it has finished."


@pytest.mark.parametrize(
    ("day", "code"), [("2025-12-01", "period_before_first"), ("2026-02-01", "earlier_period_first")]
)
def test_months_are_calculated_in_their_order(
    cast: Cast, machine: Machine, line: SaleLine, day: str, code: str
) -> None:
    with nothing_written_in(cast.acme):
        problem = problem_of(machine.post("calculations", {"period_on": day}))
    assert (problem["status"], problem["code"]) == (409, code)


def test_entries_are_listed_by_month_and_partner(cast: Cast, machine: Machine, line: SaleLine) -> None:
    run = calculate(cast.acme, JAN)
    (entry,) = machine.get("entries").json()["data"]
    assert {name: entry[name] for name in ("partner_code", "plan_code", "line_external_id", "amount", "currency")} == {
        "partner_code": "NW", "plan_code": "base", "line_external_id": "B1", "amount": "10.00", "currency": "EUR",
    }  # fmt: skip

    def count(**query: str) -> int:
        return len(machine.get("entries", **query).json()["data"])

    assert count(period_on="2026-01-31", partner="NW", calculation_id=str(run.id)) == 1
    assert (count(period_on="2026-02-01"), count(partner="SW"), count(partner="nobody")) == (0, 0, 0)


def test_entries_come_in_pages(cast: Cast, machine: Machine, line: SaleLine) -> None:
    with tenant_context(cast.acme.id):
        for place in range(3):
            sell(cast.northwind, line.product, f"B{place + 2}", date(2026, 1, 9), 100_00)
    calculate(cast.acme, JAN)
    first = machine.get("entries", limit=3).json()
    rest = machine.get("entries", limit=3, cursor=first["next_cursor"]).json()
    assert (len(first["data"]), len(rest["data"]), rest["has_more"]) == (3, 1, False)


def test_an_entry_explains_itself_in_the_callers_language(
    cast: Cast, machine: Machine, line: SaleLine
) -> None:
    calculate(cast.acme, JAN)
    with tenant_context(cast.acme.id):
        entry = Entry.objects.get()
    told = machine.get(f"entries/{entry.id}").json()
    assert told["explanation"]["sentence"].startswith("€10.00: 10% of €100.00 under Base, version 1.")
    assert {"text", "result"} == set(told["explanation"]["steps"][0])
    assert told["inputs"]["rate"] == "0.1"
    assert (told["replays"], told["window_on"]) == (True, None)
    russian = Machine(make_key(cast.acme, "earnings:read", name="RU"), language="ru")
    steps = russian.get(f"entries/{entry.id}").json()["explanation"]["steps"]
    assert all(re.search("[а-я]{3}", step["text"]) for step in steps)
