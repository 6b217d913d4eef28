"""What keeps a draft from being published: listed on its page, told by the API, refused by both steps."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from incentives.plans.actions import (
    PlanInvalid,
    create_plan,
    draft_version,
    propose_version,
    publish_version,
)
from incentives.plans.messages import fault_text
from incentives.plans.models import Plan, PlanVersion
from partners.products.models import Product
from partners.segments.actions import create_segment
from partners.tiers.actions import define_tier
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.funds import refuse
from tests.support.plan_facts import rate, tiers
from tests.support.rows import nothing_written_in
from tests.support.sales import stock
from tests.support.training import make_course

SPAN = (date(2026, 1, 1), date(2026, 7, 1))
YEARLY = tiers("marginal", [("0", "0.05")], "base", window="year")


def asks(fact: str, op: str, value: Any) -> dict[str, Any]:
    return {"all": [{"fact": fact, "op": op, "value": value}]}


@pytest.fixture
def rooms(cast: Cast) -> Cast:
    """With a product, a segment, a tier and a course."""
    stock(cast)
    with tenant_context(cast.acme.id):
        rule = {"all": [{"fact": "status", "op": "eq", "value": "active"}]}
        define_tier(actor=cast.vera.actor, facts={"name": "Gold", "rank": 1, "rule": rule}, at=NOW)
        create_segment(actor=cast.vera.actor, facts={"code": "key", "name": "Key", "kind": "list"}, at=NOW)
        make_course(cast, "C-101")
    return cast


@pytest.fixture
def plan(rooms: Cast) -> Plan:
    with tenant_context(rooms.acme.id):
        return create_plan(actor=rooms.vera.actor, code="base", name="Base", slot="main", at=NOW)


@pytest.fixture
def acme(rooms: Cast, plan: Plan) -> Iterator[Cast]:
    with tenant_context(rooms.acme.id):
        yield rooms


def draft(cast: Cast, plan: Plan, *components: dict[str, Any], currency: str = "EUR") -> PlanVersion:
    return draft_version(
        actor=cast.vera.actor,
        plan=plan,
        document={"currency": currency, "components": list(components)},
        starts_on=SPAN[0],
        ends_on=SPAN[1],
        at=NOW,
    )


def refused(cast: Cast, step: Callable[..., Any], version: PlanVersion) -> list[tuple[str, str]]:
    refusal = refuse(PlanInvalid, lambda: step(actor=cast.vasily.actor, version=version, at=NOW))
    assert isinstance(refusal, PlanInvalid)
    return [(error.pointer, error.code) for error in refusal.errors]


RIGHT_AND_WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "segment": (
        rate(where=asks("segment", "eq", "key")), rate(where=asks("segment", "eq", "kye")),
        "/components/0/where/all/0/value", "value_unknown_near",
    ),
    "tier": (
        rate(where=asks("tier", "in", ["Gold"])), rate(where=asks("tier", "in", ["Gold", "gold"])),
        "/components/0/where/all/0/value/1", "value_unknown_near",
    ),
    "product": (
        rate(where=asks("product", "ne", "BIKE")), rate(where=asks("product", "ne", "BICYCLE")),
        "/components/0/where/all/0/value", "value_unknown",
    ),
    "category": (
        YEARLY | {"measure_where": asks("category", "eq", "bikes")},
        YEARLY | {"measure_where": asks("category", "eq", "hats")},
        "/components/0/measure_where/all/0/value", "value_unknown",
    ),
    "certificate": (
        rate(where=asks("certificate", "not_in", ["C-101"])), rate(where=asks("certificate", "not_in", ["C-102"])),
        "/components/0/where/all/0/value/0", "value_unknown_near",
    ),
    "partner": (
        rate(where=asks("partner", "eq", "NW")), rate(where=asks("partner", "eq", "NN")),
        "/components/0/where/all/0/value", "value_unknown",
    ),
    "partner type": (
        rate(where=asks("partner_type", "eq", "reseller")), rate(where=asks("partner_type", "eq", "friend")),
        "/components/0/where/all/0/value", "value_unknown",
    ),
    "country": (
        rate(where=asks("country", "eq", "DE")), rate(where=asks("country", "eq", "Germany")),
        "/components/0/where/all/0/value", "value_unknown_near",
    ),
    "exclusion": (
        rate(where=asks("country", "eq", "DE")),
        rate(where={"all": asks("country", "eq", "DE")["all"] + asks("country", "eq", "FR")["all"]}),
        "/components/0/where/all/1", "condition_contradicts",
    ),
    "dates": (
        rate(**{"from": "2026-03-01"}), rate(**{"from": "2026-07-01"}), "/components/0/from", "starts_after_version",
    ),
    "limit": (rate(cap={"sale": "1"}), rate(cap={"sale": "0"}), "/components/0/cap/sale", "limit_of_nothing"),
}  # fmt: skip


@pytest.mark.parametrize("step", [publish_version, propose_version])
@pytest.mark.parametrize(("right", "wrong", "pointer", "code"), RIGHT_AND_WRONG.values(), ids=RIGHT_AND_WRONG)
def test_a_rule_that_never_pays_is_refused_at_its_place_and_nothing_is_written(
    acme: Cast, plan: Plan, step: Any, right: Any, wrong: Any, pointer: str, code: str
) -> None:
    assert refused(acme, step, draft(acme, plan, wrong)) == [(pointer, code)]
    step(actor=acme.vasily.actor, version=draft(acme, plan, right), at=NOW)


def test_what_rooms_write_freely_is_not_looked_up(acme: Cast, plan: Plan) -> None:
    """The first customer of an industry may still come."""
    components = [
        rate(component_id=fact, where=asks(fact, "eq", "not yet seen")) for fact in ("industry", "region", "source")
    ]  # fmt: skip
    publish_version(actor=acme.vasily.actor, version=draft(acme, plan, *components), at=NOW)


@pytest.mark.parametrize("step", [publish_version, propose_version])
def test_all_faults_are_told_at_once_in_reading_order(acme: Cast, plan: Plan, step: Any) -> None:
    publish_version(actor=acme.vasily.actor, version=draft(acme, plan, rate()), at=NOW)
    wrong = draft(
        acme,
        plan,
        YEARLY,
        rate(component_id="more", where=asks("segment", "eq", "none"), to="2025-01-01"),
        currency="USD",
    )
    assert refused(acme, step, wrong) == [
        ("/components/0/type", "component_became_another"),
        ("/components/1/to", "ends_before_version"),
        ("/components/1/where/all/0/value", "value_unknown"),
        ("/currency", "settings_differ_between_versions"),
        ("/payout_currency", "settings_differ_between_versions"),
    ]


SENTENCES = {
    "en": [
        "“base” has another type or window in a published version. Give this component a new id.",
        "“kye” is not known (segment). Did you mean “key”?",
        "The published versions have EUR here: Plan currency stays the same in all versions of a plan. Set it back, or "
        "make another plan.",
        "The published versions have EUR here: Payout currency stays the same in all versions of a plan. Set it back, "
        "or make another plan.",
    ],
    "ru": [
        "У составляющей «base» в опубликованной версии другой тип или период. Дайте этой новый идентификатор.",
        "Значение «kye» неизвестно (сегмент). Возможно, имелось в виду «key»?",
        "В опубликованных версиях здесь EUR: настройка «Валюта плана» одинакова во всех версиях плана. Верните её или "
        "создайте другой план.",
        "В опубликованных версиях здесь EUR: настройка «Валюта выплаты» одинакова во всех версиях плана. Верните её "
        "или создайте другой план.",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_fault_says_in_words_how_to_mend_it(acme: Cast, plan: Plan, language: str) -> None:
    publish_version(actor=acme.vasily.actor, version=draft(acme, plan, rate()), at=NOW)
    wrong = draft(acme, plan, YEARLY | {"where": asks("segment", "eq", "kye")}, currency="USD")
    with pytest.raises(PlanInvalid) as refusal, translation.override(language):
        propose_version(actor=acme.vera.actor, version=wrong, at=NOW)
    with translation.override(language):
        assert [fault_text(error) for error in refusal.value.errors] == SENTENCES[language]


@pytest.fixture
def dollars(rooms: Cast, plan: Plan) -> PlanVersion:
    """A draft with an unknown segment, in another currency than the published version."""
    with tenant_context(rooms.acme.id):
        publish_version(actor=rooms.vasily.actor, version=draft(rooms, plan, rate()), at=NOW)
        unknown = rate(title="Flat", where=asks("segment", "eq", "kye"))
        return draft(rooms, plan, unknown, currency="USD")


def test_the_page_lists_the_faults_before_anybody_tries(cast: Cast, dollars: PlanVersion) -> None:
    page = f"/acme/m/plans/versions/{dollars.id}/"
    answer = client_of(cast.vasily).get(page)
    assert answer.context["publishing"] == {"state": "faulty"}
    assert [(fault["of"], fault["pointer"], fault["link"]) for fault in answer.context["faults"]] == [
        ("Flat", "/components/0/where/all/0/value", f"{page}components/0/"),
        ("Dates and settings", "/currency", f"{page}edit/"),
        ("Dates and settings", "/payout_currency", f"{page}edit/"),
    ]
    seen = answer.content.decode()
    assert "Did you mean “key”?" in seen
    assert "Propose for publishing" not in seen
    assert "Pays 5% of net sales." in seen
    for step in ("publish", "propose"):
        with nothing_written_in(cast.acme):
            client_of(cast.vasily).post(f"{page}{step}/")


def test_a_draft_without_faults_is_ready_on_its_page(cast: Cast, dollars: PlanVersion) -> None:
    """The same draft, mended."""
    mended = rate(title="Flat", where=asks("segment", "eq", "key"))
    with tenant_context(cast.acme.id):
        right = draft(cast, dollars.plan, mended)
    answer = client_of(cast.vasily).get(f"/acme/m/plans/versions/{right.id}/")
    assert (answer.context["publishing"], answer.context["faults"]) == ({"state": "ready"}, [])
    client_of(cast.vasily).post(f"/acme/m/plans/versions/{right.id}/publish/")
    with tenant_context(cast.acme.id):
        assert PlanVersion.objects.get(id=right.id).published_by_user_id == cast.vasily.user.id


def test_a_published_version_has_no_faults_whatever_is_gone(cast: Cast, plan: Plan) -> None:
    with tenant_context(cast.acme.id):
        asking = [draft(cast, plan, rate(where=asks("product", "eq", "BIKE"))) for _ in range(2)]
        publish_version(actor=cast.vasily.actor, version=asking[0], at=NOW)
        Product.objects.filter(code="BIKE").update(code="GONE")
    pages = [client_of(cast.felix).get(f"/acme/m/plans/versions/{one.id}/") for one in asking]
    assert [page.context["publishing"]["state"] for page in pages] == ["published", "faulty"]
    assert [len(page.context["faults"]) for page in pages] == [0, 1]


def test_the_api_points_at_each_fault(cast: Cast, plan: Plan) -> None:
    machine = Machine(make_key(cast.acme, "plans:read", "plans:write"))
    with tenant_context(cast.acme.id):
        wrong, right = (draft(cast, plan, rate(where=asks("segment", "eq", code))) for code in ("kye", "key"))
    with nothing_written_in(cast.acme):
        problem = problem_of(machine.post(f"plan-versions/{wrong.id}:propose"))
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
        ("/document/components/0/where/all/0/value", "value_unknown_near")
    ]
    assert "Did you mean “key”?" in str(problem["errors"])
    assert machine.post(f"plan-versions/{right.id}:propose").status_code == 200
