"""Goals of single partners: set, changed, taken away; what is no goal is refused and nothing is written."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from incentives.plans import partner_goals
from incentives.plans.models import PartnerGoal, Plan
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import make_plan, publish
from tests.support.plan_facts import target
from tests.support.rows import nothing_written_in

TARGET = target([("0", "0.05"), ("1", "x1.5")], "300000", window="quarter")
APRIL = date(2026, 4, 1)


@pytest.fixture
def plan(cast: Cast) -> Plan:
    with tenant_context(cast.acme.id):
        made = make_plan()
        publish(made, [TARGET])
    return made


def set_goal(cast: Cast, plan: Plan, **more: Any) -> None:
    given: dict[str, Any] = {
        "actor": cast.vera.actor,
        "plan": plan,
        "target": partner_goals.targets_of(plan)["goal"],
        "partner": cast.northwind,
        "window_on": APRIL,
        "amount": Decimal("250000.50"),
        "at": NOW,
    }
    partner_goals.set_goal(**(given | more))


def test_a_goal_is_set_changed_and_taken_away(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        for amount in (Decimal("250000.50"), Decimal(7), None):
            set_goal(cast, plan, amount=amount)
            assert PartnerGoal.objects.get().amount == amount
        told = AuditRecord.objects.filter(action="plan.goal_set")
        assert told.count() == 3
        assert list(partner_goals.list_goals(cast.vera.actor, plan)) == []


def test_the_same_goal_again_changes_nothing(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        set_goal(cast, plan)
    with nothing_written_in(cast.acme), tenant_context(cast.acme.id):
        set_goal(cast, plan)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"window_on": date(2026, 4, 2)}, partner_goals.GoalWindowWrong),
        ({"window_on": date(2026, 5, 1)}, partner_goals.GoalWindowWrong),
        ({"amount": Decimal("0.001")}, partner_goals.GoalPlacesWrong),
    ],
)
def test_what_is_no_goal_is_refused(
    cast: Cast, plan: Plan, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with nothing_written_in(cast.acme), tenant_context(cast.acme.id), pytest.raises(refusal):
        set_goal(cast, plan, **wrong)


def test_the_page_sets_a_goal_and_takes_it_away(cast: Cast, plan: Plan) -> None:
    client, path = client_of(cast.vera), f"/acme/m/plans/{plan.id}/goals/"
    page = client.get(path).content.decode()
    assert "No partner has a goal of its own" in page
    place = page.split('<option value="goal ')[1].split('"')[0]
    given = {"partner": str(cast.northwind.id), "place": f"goal {place}", "amount": "250000.50"}
    assert client.post(path, given).status_code == 302
    with tenant_context(cast.acme.id):
        goal = PartnerGoal.objects.get()
    assert (goal.amount, goal.window_on.isoformat()) == (Decimal("250000.50"), place)
    assert "€250,000.50" in client.get(path).content.decode()
    assert client.post(f"/acme/m/plans/goals/{goal.id}/remove/").status_code == 302
    with tenant_context(cast.acme.id):
        assert PartnerGoal.objects.get().amount is None


@pytest.mark.parametrize(
    "wrong", [{"amount": "0"}, {"amount": ""}, {"place": "goal 2026-04-02"}, {"partner": "x"}]
)
def test_the_page_refuses_what_is_no_goal(cast: Cast, plan: Plan, wrong: dict[str, str]) -> None:
    client, path = client_of(cast.vera), f"/acme/m/plans/{plan.id}/goals/"
    place = client.get(path).content.decode().split('<option value="goal ')[1].split('"')[0]
    given = {"partner": str(cast.northwind.id), "place": f"goal {place}", "amount": "5"}
    with nothing_written_in(cast.acme):
        assert client.post(path, given | wrong).status_code == 422


def row(**changed: Any) -> dict[str, Any]:
    return {"partner": "NW", "component": "goal", "window_on": "2026-04-01", "goal": "250000.50"} | changed


def test_a_machine_sets_goals_and_takes_them_away(cast: Cast, plan: Plan) -> None:
    machine, path = Machine(make_key(cast.acme, "plans:read", "plans:write")), f"plans/{plan.id}/goals"
    rows = [row(), row(window_on="2026-07-01", goal="7")]
    told = [line["effect"] for line in machine.post(f"{path}:batch", {"goals": rows}).json()["results"]]
    assert told == ["created", "created"]
    again = machine.post(f"{path}:batch", {"goals": [rows[0], row(window_on="2026-07-01", goal=None)]})
    assert [line["effect"] for line in again.json()["results"]] == ["unchanged", "updated"]
    stands = machine.get(path).json()["data"]
    assert [(goal["partner"], goal["window_on"], goal["goal"]) for goal in stands] == [
        ("NW", "2026-04-01", "250000.5")
    ]


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"partner": "nobody"}, "/partner", "unknown_partner"),
        ({"component": "base"}, "/component", "unknown_component"),
        ({"window_on": "2026-05-01"}, "/window_on", "goal_window_wrong"),
        ({"goal": "0.001"}, "/goal", "goal_places_wrong"),
        ({"goal": "0"}, "/goal", "goal_range"),
        ({"goal": 5}, "/goal", "rate_format"),
    ],
)
def test_a_machine_is_told_what_is_no_goal(
    cast: Cast, plan: Plan, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    machine = Machine(make_key(cast.acme, "plans:read", "plans:write"))
    assert machine.get(f"plans/{plan.id}/goals").json()["data"] == []
    body = {"mode": "atomic", "goals": [row(), row(window_on="2026-07-01") | wrong]}
    with nothing_written_in(cast.acme):
        answer = machine.post(f"plans/{plan.id}/goals:batch", body)
    assert answer.status_code == 422
    (error,) = answer.json()["results"][1]["problem"]["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
