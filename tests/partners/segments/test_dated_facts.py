"""Facts answer for the day they are asked for: status, words of profiles, open deals, shares of countries."""

from datetime import date, timedelta
from typing import Any

import pytest

from analytics.facts.actions import mark_everything, refresh_facts
from partners.customers.actions import create_customer
from partners.deals.actions import close_deal
from partners.directory.actions import change_partner
from partners.profiles import fields, terms
from partners.profiles.actions import write_profile
from partners.segments.actions import create_segment
from partners.segments.builder import Builder
from partners.segments.language import RuleInvalid, read_rule
from partners.segments.selection import matching, measures
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import make_product, sell
from tests.support.deals import approve, make_line, register

DAY = NOW.date()
LATER = NOW + timedelta(days=30)


def held(raw: dict[str, Any], on: date) -> list[str]:
    """Names of partners for which a condition holds on a day."""
    from partners.directory.models import Partner

    found = matching(read_rule({"all": [raw]}), on)
    return sorted(Partner.objects.filter(id__in=found).values_list("name", flat=True))


def value(cast: Cast, raw: dict[str, Any], on: date) -> Any:
    _holds, facts = measures(read_rule({"all": [raw]}), on)[cast.northwind.id]
    return facts[0]["value"]


@pytest.fixture
def acme(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        yield cast


def turn(cast: Cast, status: str, at: Any) -> None:
    changes: Any = {"status": status}
    change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=changes, at=at)


def test_the_status_is_that_of_the_day(acme: Cast) -> None:
    paused = {"fact": "status", "op": "eq", "value": "paused"}
    turn(acme, "paused", NOW)
    turn(acme, "active", LATER)
    assert held(paused, DAY - timedelta(days=1)) == []
    assert held(paused, DAY) == ["Northwind"]
    assert held(paused, LATER.date()) == []


def test_who_left_was_there_before(acme: Cast) -> None:
    anybody = {"fact": "region", "op": "eq", "value": "North"}
    turn(acme, "left", LATER)
    assert held(anybody, DAY) == ["Northwind", "Southwind"]
    assert held(anybody, LATER.date()) == ["Southwind"]


def test_words_are_those_of_the_day(acme: Cast) -> None:
    word: Any = {"kind": "industry", "code": "food", "label_en": "Food"}
    terms.add_term(actor=acme.vera.actor, facts=word, at=NOW)
    for codes, at in ((["food"], NOW), ([], LATER)):
        write_profile(actor=acme.vera.actor, partner=acme.northwind, told={"industries": codes}, at=at)
    asked = {"fact": "industry", "op": "in", "value": ["food"]}
    assert held(asked, DAY - timedelta(days=1)) == []
    assert held(asked, DAY) == ["Northwind"]
    assert held(asked, LATER.date()) == []


def test_deals_count_while_they_were_open(cast: Cast) -> None:
    make_line(cast)
    deal = approve(cast.vera, register(cast.paul))
    asked = {"fact": "open_pipeline", "op": "gt", "value": "0"}
    with tenant_context(cast.acme.id):
        close_deal(actor=cast.vera.actor, deal=deal, outcome="won", at=LATER)
        assert value(cast, asked, DAY - timedelta(days=1)) == "0"
        assert value(cast, asked, DAY) == "60000"
        assert value(cast, asked, LATER.date()) == "0"


def test_a_share_of_sales_in_a_country(acme: Cast) -> None:
    product = make_product()
    for place, (country, amount) in enumerate((("DE", 30_000), ("FR", 10_000), ("", 10_000))):
        facts: Any = {"code": f"C{place}", "name": f"C{place}", "country": country}
        customer = create_customer(actor=acme.vera.actor, facts=facts, at=NOW)
        sell(acme.northwind, product, f"L{place}", date(2026, 2, 10), amount, customer=customer)
    mark_everything(at=NOW)
    refresh_facts()
    terms_of = {"country": "DE", "over": "12m"}
    asked = {"fact": "territory_share", "with": terms_of, "op": "gte", "value": "60"}
    assert value(acme, asked, DAY) == "60"
    assert held(asked, DAY) == ["Northwind"]
    assert held({**asked, "with": {**terms_of, "country": "FR"}}, DAY) == []


@pytest.mark.parametrize(
    ("kind", "said", "op", "wanted"),
    [
        ("number", "12", "gte", "10"),
        ("date", "2026-01-31", "lt", "2026-02-01"),
        ("yes_no", "yes", "eq", True),
        ("choice", "low", "in", ["low"]),
        ("text", "Rail", "eq", "Rail"),
    ],
)
def test_an_own_field_is_a_fact(acme: Cast, kind: str, said: str, op: str, wanted: Any) -> None:
    options = [{"code": "low", "en": "Low", "ru": ""}] if kind == "choice" else []
    facts: Any = {"code": "own", "label_en": "Own", "kind": kind, "options": options}
    field = fields.define_field(actor=acme.vera.actor, facts=facts, at=NOW)
    told = {"custom_fields": {"own": said}}
    write_profile(actor=acme.vera.actor, partner=acme.northwind, told=told, at=NOW)
    asked = {"fact": "custom.own", "op": op, "value": wanted}
    assert held(asked, DAY) == ["Northwind"]
    fields.turn_field(actor=acme.vera.actor, field=field, at=NOW)
    assert held(asked, DAY) == ["Northwind"]  # a rule that asks for it goes on
    builder = Builder.of_rule({"all": [asked]})
    assert builder is not None
    assert builder.rule()["all"][0]["fact"] == "custom.own"


def test_a_field_that_nobody_defined_is_no_fact(acme: Cast) -> None:
    with pytest.raises(RuleInvalid) as refusal:
        read_rule({"all": [{"fact": "custom.none", "op": "eq", "value": "x"}]})
    assert refusal.value.faults[0].code == "fact_unknown"


def test_the_builder_says_that_an_own_field_is_todays(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        facts: Any = {"code": "own", "label_en": "Engineers", "kind": "number"}
        fields.define_field(actor=cast.vera.actor, facts=facts, at=NOW)
        rule = {"all": [{"fact": "custom.own", "op": "gte", "value": "1"}]}
        told: Any = {"code": "own", "name": "Own", "rule": rule}
        made = create_segment(actor=cast.vera.actor, facts=told, at=NOW)
    page = client_of(cast.vera).get(f"/acme/m/segments/{made.id}/edit/").content.decode()
    assert "Engineers" in page
    assert "What the profile says today" in page
