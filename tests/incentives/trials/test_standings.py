"""Goals of a partner: what it reached, what the next step pays, where it leads."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from incentives.plans.document import BonusComponent, Tier
from incentives.terms.actions import ask_partners
from incentives.trials.models import Standing
from incentives.trials.rules import forecast, steps_of
from incentives.trials.standings import goals_of, refresh_standings
from partners.directory.models import PartnerStanding
from partners.training.models import Course
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell

NOW = datetime(2026, 2, 14, 12, tzinfo=UTC)
TIERS = [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]
VOLUME = {"id": "volume", "title": "Volume", "type": "tiers", "mode": "marginal", "measure": "revenue",
          "window": "quarter", "tiers": TIERS}  # fmt: skip
STEPS = [{"from_attainment": "0", "rate": "0.01"}, {"from_attainment": "1", "rate": "0.02"}]
GOAL = {"id": "goal", "title": "Goal", "type": "target", "measure": "revenue", "window": "quarter",
        "goal": "2000", "steps": STEPS}  # fmt: skip
BONUS = {"id": "bonus", "title": "Bonus", "type": "bonus", "measure": "revenue", "window": "quarter",
         "steps": [{"goal": "1000", "amount": "50", "prorate": True}, {"goal": "3000", "rate": "0.01"}]}  # fmt: skip
GOAL_BONUS = {"id": "goal-bonus", "title": "For the goal", "type": "bonus",
              "steps": [{"from_attainment": "0.9", "amount": "200"}]}  # fmt: skip


def test_steps_are_shares_of_the_goal_and_the_forecast_is_the_pace_so_far() -> None:
    rows = (Tier(Decimal(0), Decimal("0.01")), Tier(Decimal("1.2"), Decimal("0.02")))
    bounds = [(int(s.bound), int(s.missing)) for s in steps_of(rows, volume=Decimal(900), goal=Decimal(1000))]
    assert bounds == [(0, 0), (1200, 300)]
    quarter = (date(2026, 1, 1), date(2026, 4, 1))
    assert forecast(Decimal(900), *quarter, date(2026, 2, 14)) == 1800
    assert forecast(Decimal(0), *quarter, date(2026, 2, 14)) is None


def test_a_partner_sees_how_far_it_is_and_nobody_elses(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        product, plan = make_product(), make_plan()
        publish(plan, [VOLUME, GOAL])
        assign(plan)
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 700_00)
        sell(cast.northwind, product, "A2", date(2026, 2, 10), 200_00)
        sell(cast.southwind, product, "B1", date(2026, 2, 10), 1_500_00)
        refresh_standings(at=NOW)
        refresh_standings(at=NOW, everyone=True)
        goals = {goal.standing.component_id: goal for goal in goals_of(cast.northwind.id)}
        untouched = Standing.objects.filter(partner=cast.southwind, component_id="volume").get()
    assert (int(untouched.volume), untouched.earned_minor) == (1500, 100_00)
    volume, goal = goals["volume"], goals["goal"]
    assert (int(volume.standing.volume), volume.standing.earned_minor) == (900, 45_00)
    assert volume.next_step is not None
    assert volume.forecast is not None
    assert (int(volume.next_step.missing), int(volume.forecast), volume.days_left) == (100, 1800, 46)
    assert goal.standing.goal is not None
    assert (int(goal.standing.goal), goal.standing.earned_minor) == (2000, 9_00)
    page = client_of(cast.paul).get("/acme/p/goals/").content.decode()
    assert "€900.00 of €2,000.00 (45%)" in page
    assert "€100.00 to the next step, which pays 10%." in page
    assert "1,500" not in page
    staff = client_of(cast.vera).get(f"/acme/m/partners/{cast.southwind.id}/").content.decode()
    assert "€1,500.00 of €2,000.00 (75%)" in staff


def test_a_bonus_tells_what_is_missing_to_the_next_step_before_it_pays_anything(cast: Cast) -> None:
    """Of a window of 90 days southwind has 45, and half of what is prorated; its steps of the goal are shares of half
    the goal."""
    with tenant_context(cast.acme.id):
        product, plan = make_product(), make_plan()
        publish(plan, [GOAL, BONUS, GOAL_BONUS])
        assign(plan, audience="partner", target=str(cast.northwind.id))
        assign(plan, audience="partner", target=str(cast.southwind.id), starts_on=date(2026, 2, 15))
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 700_00)
        sell(cast.northwind, product, "A2", date(2026, 2, 10), 400_00)
        refresh_standings(at=NOW + timedelta(days=2))
        told = {partner: _told(partner.id) for partner in (cast.northwind, cast.southwind)}
    assert told[cast.northwind] == {
        "bonus": (1100, 50_00, [(1000, 0), (3000, 1900)]),
        "goal-bonus": (1100, 0, [(1800, 700)]),
    }
    assert told[cast.southwind] == {
        "bonus": (0, 0, [(500, 500), (3000, 3000)]),
        "goal-bonus": (0, 0, [(900, 900)]),
    }
    page = client_of(cast.paul).get("/acme/p/goals/").content.decode()
    assert "€1,900.00 to the next step, which pays 1% of the whole volume." in page
    assert "€700.00 to the next step, which pays €200.00." in page
    assert "90% of the goal" in page
    staff = client_of(cast.vera).get(f"/acme/m/partners/{cast.southwind.id}/").content.decode()
    assert "prorated from €1,000.00" not in page
    assert "prorated from €1,000.00" in staff


def _told(partner_id: UUID) -> dict[str, tuple[int, int, list[tuple[int, int]]]]:
    return {
        goal.component.id: (
            int(goal.standing.volume),
            goal.standing.earned_minor,
            [(int(step.bound), int(step.missing)) for step in goal.steps],
        )
        for goal in goals_of(partner_id)
        if isinstance(goal.component, BonusComponent)
    }


def _bonus(code: str, *members: Any, **own: object) -> dict[str, object]:
    where = {"where": {"all": list(members)}} if members else {}
    return BONUS | {"id": code, "title": code.title()} | where | own


def test_a_goal_says_which_condition_the_partner_fails_and_what_it_can_do(cast: Cast) -> None:
    gold = {"fact": "tier", "op": "eq", "value": "Gold"}
    taught = {"fact": "certificate", "op": "in", "value": ["C-1"]}
    product_1 = {"fact": "product", "op": "eq", "value": "P1"}
    fast = {"fact": "segment", "op": "eq", "value": "fast"}
    with tenant_context(cast.acme.id):
        PartnerStanding.objects.filter(partner=cast.northwind).update(tier="Silver")
        PartnerStanding.objects.filter(partner=cast.southwind).update(tier="Gold")
        Course.objects.create(code="C-1", title="First course", state="published", changed_at=NOW)
        product, plan = make_product(), make_plan()
        publish(
            plan,
            [
                _bonus("gold", gold),
                _bonus("gold-or-taught", {"any": [gold, taught]}, product_1),
                _bonus("fast", fast),
                _bonus("open", where={"any": [gold, product_1]}),
                _bonus("later", to="2026-02-01"),
            ],
            terms={"en": "Terms"},
            pays_after_acceptance=True,
        )
        assign(plan)
        ask_partners(at=NOW)
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 700_00)
        refresh_standings(at=NOW)
        told = {
            partner: {row.component_id: row.barriers for row in Standing.objects.filter(partner=partner)}
            for partner in (cast.northwind, cast.southwind)
        }
    kept = told[cast.northwind]
    assert kept["gold"] == [[gold | {"actual": "Silver"}]]
    assert kept["fast"] == [[fast | {"actual": ""}]]
    assert [condition["fact"] for condition in kept["gold-or-taught"][0]] == ["tier", "certificate"]
    assert kept["open"] == kept["later"] == []
    assert {code for code, barriers in told[cast.southwind].items() if barriers} == {"fast"}

    page = client_of(cast.paul).get("/acme/p/goals/").content.decode()
    assert page.count("Not eligible") == 4
    assert "tier is Gold (it is: Silver)" in page
    assert "tier is Gold or certificate is one of First course" in page
    assert "segment is fast</li>" in page
    assert "Only where: (tier is Gold or product is P1)." in page
    assert "Until before 1 Feb 2026." in page
    assert page.count('href="/acme/p/tier/">See how') == 2
    assert page.count('href="/acme/p/learn/">Go to') == 1
    assert "is paid after its terms are accepted" in page
    assert "Read and accept the terms" in page
    staff = client_of(cast.vera).get(f"/acme/m/partners/{cast.northwind.id}/").content.decode()
    assert "tier is Gold (it is: Silver)" in staff
    assert "See how tiers are reached" not in staff


def rows() -> set[tuple[object, ...]]:
    names = ("partner_id", "component_id", "volume", "goal", "earned_minor", "as_of")
    return set(Standing.objects.values_list(*names))


def test_after_a_calculation_those_whom_its_sales_touch_are_looked_at_and_the_others_stay(cast: Cast) -> None:
    """Noon of tomorrow is after all that the cast wrote by the clock of the product, so that what was recorded since a
    moment is known; and three hours before it is the same day, whenever the test runs."""
    today = datetime.now(tz=UTC).date() + timedelta(days=1)
    now = datetime.combine(today, time(12), UTC)
    long_ago = now - timedelta(days=400)
    with tenant_context(cast.acme.id):
        product, plan = make_product(), make_plan()
        publish(plan, [VOLUME, GOAL], at=long_ago, starts_on=date(2020, 1, 1))
        assign(plan, at=long_ago, starts_on=date(2020, 1, 1))
        Event.objects.update(recorded_at=long_ago)
        for code, partner in (("A1", cast.northwind), ("B1", cast.southwind)):
            sell(partner, product, code, today, 700_00, at=long_ago)
        early = now - timedelta(hours=3)
        refresh_standings(at=early)
    calculate(cast.acme, today.replace(day=1), at=early + timedelta(minutes=1))
    with tenant_context(cast.acme.id):
        assert refresh_standings(at=early + timedelta(minutes=2)) == 0
        assert len(rows()) == 4
        sell(cast.northwind, product, "A2", today, 200_00, at=now)
        assert refresh_standings(at=now) == 2
        kept = rows()
        assert refresh_standings(at=now, everyone=True) == 4
        assert rows() == kept
