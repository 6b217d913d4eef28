"""Beside what a sale earned: the rules that paid it nothing, each with what was asked and what there was."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings

from incentives.earnings.entries import explain_entry
from incentives.earnings.models import Entry
from incentives.earnings.one_credit import read_credit
from incentives.earnings.unmatched import ALL_MET, OUTRANKED, Unmatched
from incentives.earnings.wording import SpokenRule, speak_rules
from incentives.plans import facts as plan_facts
from incentives.plans.board import Outcome
from incentives.plans.facts import Facts
from incentives.plans.payables import Claim
from incentives.plans.reasons import CAPPED, PAID_ABOVE, ZERO_AMOUNT
from incentives.plans.reference import evaluate
from incentives.plans.unpaid import why_unpaid
from incentives.plans.world import World
from partners.directory.models import Partner, PartnerParent, PartnerStanding
from partners.products.models import Product
from partners.sales.models import SaleLine
from prm.accounts.actor import Actor
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.generated_facts import known_facts
from tests.support.stored_facts import store, with_uuids

JAN, LATER = date(2026, 1, 1), datetime(2026, 4, 3, tzinfo=UTC)
YEAR = (date(2026, 1, 1), date(2027, 1, 1))


def asks(fact: str, value: Any, op: str = "eq") -> dict[str, Any]:
    return {"where": {"all": [{"fact": fact, "op": op, "value": value}]}}


def rate(component_id: str, value: str = "0.1", **more: Any) -> dict[str, Any]:
    return {"id": component_id, "type": "rate", "rate": value, **more}


EXTRAS = [
    rate("base"),
    rate("german", title="Germany", **asks("country", "DE")),
    rate("bikes", **asks("category", "bikes")),
    rate("spring", **{"from": "2026-03-01"}),
    {"id": "years", "type": "recurring", "rate": "0.1", "months": 12},
    {"id": "deal", "type": "registered_deal", "rate": "0.1"},
    {"id": "above", "type": "override", "levels": [{"up": 1, "rate": "0.1"}]},
    {"id": "once", "type": "bonus", "measure": "revenue", "steps": [{"goal": "1000000", "amount": "5"}]},
    rate("cents", "0.00001"),
]


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """One sale of a sock by Northwind of France; the plan's base rate alone pays it."""
    with tenant_context(cast.acme.id):
        stand(cast.northwind, country="FR")
        plan = make_plan()
        publish(plan, EXTRAS)
        assign(plan)
        sell(cast.northwind, make_product("SOCK", "clothing"), "A1", date(2026, 1, 6), 100_00)
    calculate(cast.acme, JAN)
    return cast


def stand(partner: Partner, **facts: str) -> None:
    PartnerStanding.objects.filter(partner=partner).delete()
    PartnerStanding.objects.create(
        partner=partner, starts_on=date(2020, 1, 1), partner_type="reseller", **facts
    )


@contextmanager
def seat_of(person: Person) -> Iterator[Actor]:
    """As the person's own requests read: a partner behind its wall."""
    partner_id = person.actor.partner_id
    scope: dict[str, Any] = {"scope": "partner", "partner_ids": [partner_id]} if partner_id else {}
    with tenant_context(person.tenant.id, **scope):
        yield person.actor


def unmatched(person: Person, entry: Entry) -> list[Unmatched]:
    with seat_of(person) as actor:
        return explain_entry(actor, entry.id).unmatched


def the_entry(cast: Cast, **which: Any) -> Entry:
    with tenant_context(cast.acme.id):
        return Entry.objects.get(**which)


def spoken(rules: list[Unmatched], language: str = "en") -> dict[str, SpokenRule]:
    with translation.override(language):
        return {
            rule.component.id if rule.component else rule.plan_name: told
            for rule, told in zip(rules, speak_rules(rules, {}), strict=True)
        }


WHY_NOT = {
    "german": "where_failed",
    "bikes": "where_failed",
    "spring": "outside_dates",
    "years": "no_subscription",
    "deal": "not_registered",
    "above": "nobody_above",
    "once": "counted_for_bonus",
    "cents": ALL_MET,
}


def test_each_rule_that_paid_nothing_says_why_to_both_sides(acme: Cast) -> None:
    entry = the_entry(acme)
    for person in (acme.vera, acme.paul):
        rules = unmatched(person, entry)
        assert {rule.component.id: rule.reason for rule in rules if rule.component} == WHY_NOT


def test_a_failed_condition_stands_beside_what_the_sale_has(acme: Cast) -> None:
    rules = unmatched(acme.paul, the_entry(acme))
    told = spoken(rules)["german"]
    assert (told.plan, told.rule, told.sentence) == ("Base", "Germany", "Pays 10% of net sales.")
    assert told.text == "The plan asks that country is DE; this sale has: FR. Correct that if it is wrong."
    russian = spoken(rules, "ru")["bikes"]
    assert (russian.label, russian.text) == (
        "Условия не выполнены",
        "Условие плана: категория — bikes; в этой продаже: clothing. Если это неверно, исправьте.",
    )


def test_a_parent_is_told_nothing_of_what_the_partner_below_sold(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        PartnerParent.objects.create(
            partner=acme.northwind, parent=acme.southwind, starts_on=date(2020, 1, 1)
        )
    calculate(acme.acme, JAN)
    override = the_entry(acme, depth=1)
    assert unmatched(acme.sven, override) == []
    assert "german" in {rule.component.id for rule in unmatched(acme.vera, override) if rule.component}
    own = the_entry(acme, depth=0)
    by_component = {rule.component.id: rule.reason for rule in unmatched(acme.paul, own) if rule.component}
    assert by_component["above"] == PAID_ABOVE


def test_staff_alone_are_told_which_plans_another_kept_out(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        closer = make_plan("closer")
        publish(closer, [rate("own", "0.2")])
        assign(closer, audience="partner", target=str(acme.northwind.id))
    calculate(acme.acme, JAN)
    entry = the_entry(acme, component_id="own")
    kept_out = [rule for rule in unmatched(acme.vera, entry) if rule.reason == OUTRANKED]
    assert [(rule.plan_name, rule.facts) for rule in kept_out] == [("Base", {"plans": "Closer"})]
    assert spoken(kept_out)["Base"].text.startswith(
        "On that day Closer is assigned to the partner more closely"
    )
    assert unmatched(acme.paul, entry) == []


def test_what_no_longer_earns_says_what_it_lacks_now(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        Product.objects.update(earns=False, changed_at=LATER)
    calculate(acme.acme, JAN, at=LATER)
    withdrawn = the_entry(acme, cause="withdrawn")
    reasons = {rule.component.id: rule.reason for rule in unmatched(acme.paul, withdrawn) if rule.component}
    assert reasons["base"] == "not_earning"


def test_a_line_that_is_withdrawn_has_no_rules_left(acme: Cast) -> None:
    entry = the_entry(acme)
    assert unmatched(acme.paul, entry)
    with tenant_context(acme.acme.id):
        SaleLine.objects.update(voided=True)
    assert unmatched(acme.paul, entry) == []


def test_another_slot_says_what_the_calculation_kept_of_it(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        side = make_plan("spiff", slot="spiff")
        publish(side, [rate("alps", **asks("country", "AT"))])
        assign(side)
    calculate(acme.acme, JAN)
    for person in (acme.vera, acme.paul):
        (told,) = [rule for rule in unmatched(person, the_entry(acme)) if rule.component is None]
        assert (told.plan_name, told.reason, told.facts["actual"]) == ("spiff", "where_failed", "FR")


def test_the_page_and_the_machine_are_told_the_same(acme: Cast) -> None:
    entry = the_entry(acme)
    wanted = "The plan asks that country is DE; this sale has: FR."
    for person, face in ((acme.vera, "m"), (acme.paul, "p")):
        page = client_of(person).get(f"/acme/{face}/earnings/{entry.id}/").content.decode()
        assert "Rules that paid nothing" in page
        assert wanted in page
    machine = Machine(make_key(acme.acme, "earnings:read"))
    rules = machine.get(f"entries/{entry.id}").json()["explanation"]["unmatched"]
    assert [rule["reason"] for rule in rules] == list(WHY_NOT.values())
    assert rules[0]["text"].startswith(wanted)


def test_the_number_of_queries_does_not_grow_with_the_rules(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        spiff = make_plan("spiff", slot="spiff")
        publish(spiff, [rate("first"), *(rate(f"r{place}", **asks("country", "DE")) for place in range(20))])
        assign(spiff)
    calculate(acme.acme, JAN)
    counts = {}
    for component_id in ("base", "first"):
        entry = the_entry(acme, component_id=component_id)
        with seat_of(acme.vera) as actor, CaptureQueriesContext(connection) as asked:
            counts[component_id] = len(explain_entry(actor, entry.id).unmatched), len(asked)
    assert (counts["base"][0], counts["first"][0]) == (8, 20)
    assert counts["base"][1] == counts["first"][1]


def of_outcome(known: Facts, outcome: Outcome, world: World) -> tuple[plan_facts.Plan, plan_facts.Version]:
    line = next(line for line in known.lines if line.id == outcome.line_id)
    partner = world.partners[str(outcome.partner_id)]
    (choice,) = [c for c in world.chooser.choices(partner, line.occurred_on) if c.slot == outcome.slot]
    assert choice.version is not None
    return choice.plans[0], choice.version


@pytest.mark.django_db
@settings(
    max_examples=int(os.environ.get("PRM_EXAMPLES", "6")), deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(known=known_facts())
def test_one_credit_alone_has_the_reason_that_the_engine_found(known: Facts) -> None:
    known = with_uuids(known)
    world, tenant = World(known, YEAR[1]), store(known, *YEAR)
    with tenant_context(tenant.id):
        for outcome in evaluate(known, *YEAR).outcomes:
            if outcome.component_id is None or outcome.partner_id is None:
                continue
            if outcome.partner_id not in {credit.partner.id for credit in world.credits[outcome.line_id]}:
                assert outcome.reason == CAPPED  # of somebody above
                continue
            plan, version = of_outcome(known, outcome, world)
            credit = read_credit(UUID(outcome.line_id), UUID(outcome.partner_id))
            assert credit is not None
            alone = World(credit.facts(plan_facts.Plan(plan.id, plan.code, (version,), plan.slot)), YEAR[1])
            (claimed,) = alone.credits[outcome.line_id]
            found = why_unpaid(
                alone, Claim(claimed, plan, version), version.document.component(outcome.component_id)
            )
            if outcome.reason in (CAPPED, ZERO_AMOUNT):
                assert found is None or found.reason == PAID_ABOVE
            else:
                assert (found and (found.reason, found.facts)) == (outcome.reason, outcome.facts)
