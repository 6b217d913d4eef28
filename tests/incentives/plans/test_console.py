"""The plan pages: what people see and do there."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from partners.customers.models import Customer
from partners.segments.actions import create_segment
from partners.tiers.actions import define_tier
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.inputs import inputs_of
from tests.support.rows import nothing_written_in

SETTINGS = {
    "starts_on": "2026-01-01",
    "currency": "EUR",
    "payout_currency": "EUR",
    "period": "quarter",
    "hold_days": "0",
    "minimum_payout": "50.00",
    "earning_event": "order",
    "refund_policy": "original_rate",
}
TIERS = {
    "id": "volume",
    "mode": "marginal",
    "measure": "revenue",
    "window": "quarter",
    "negative": "pay",
    "pays": "rate",
    "measured": "paid",
    "from_0": "0",
    "pays_0": "5",
    "from_1": "100000",
    "pays_1": "7",
}


@pytest.fixture
def vera(cast: Cast) -> Client:
    return client_of(cast.vera)


@pytest.fixture
def version(cast: Cast, vera: Client) -> PlanVersion:
    vera.post("/acme/m/plans/new/", {"code": "base", "name": "Base", "slot": "main"})
    with tenant_context(cast.acme.id):
        plan = Plan.objects.get()
    vera.post(f"/acme/m/plans/{plan.id}/versions/new/", SETTINGS)
    with tenant_context(cast.acme.id):
        return PlanVersion.objects.select_related("plan").get()


def test_a_plan_is_drafted_tiered_and_published_by_a_second_person(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/"
    assert vera.post(page + "components/new/tiers/", TIERS).status_code == 302
    own = vera.get(page).content.decode()
    assert "each slice of the volume earns its own rate" in own
    assert "another person has to publish it" in own
    assert client_of(cast.felix).post(page + "publish/", follow=True).status_code == 200
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.published_by_user_id == cast.felix.user.id
        assert version.document["components"][0]["tiers"][1] == {"from": "100000", "rate": "0.07"}


def test_what_a_published_version_settled_stays_in_the_next(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/"
    assert vera.post(page + "components/new/tiers/", TIERS).status_code == 302
    client_of(cast.felix).post(page + "publish/")
    again = f"/acme/m/plans/{version.plan_id}/versions/new/"
    form = vera.get(again).context["form"]
    assert [str(value) for _label, value in form.facts] == ["EUR", "EUR", "Quarter"]
    assert form.fields["minimum_payout"].label == "Minimum payout, EUR"
    told = {**SETTINGS, "currency": "USD", "payout_currency": "", "period": "year", "hold_days": "5"}
    assert vera.post(again, told).status_code == 302
    with tenant_context(cast.acme.id):
        later = PlanVersion.objects.get(number=2).document
    assert (later["currency"], later["payout_currency"], later["period"]) == ("EUR", "EUR", "quarter")
    assert later["hold_days"] == 5


def test_a_wrong_tier_is_named_at_its_field_and_nothing_is_saved(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    answer = vera.post(f"/acme/m/plans/versions/{version.id}/components/new/tiers/", {**TIERS, "from_1": "0"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["from_1"] == ["Each row must start above the one before it."]
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.document["components"] == []


TARGET = {
    "id": "goal", "mode": "marginal", "measure": "revenue", "window": "quarter", "negative": "pay",
    "measured": "paid", "goal": "300000", "from_0": "0", "pays_0": "5", "from_1": "100", "pays_1": "x1.5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"from_1": "0"}, "from_1", "Each row must start above the one before it."),
        ({"from_0": "1"}, "from_0", "The first row must start at 0."),
        ({"pays_0": "×2"}, "pays_0", "The first step carries the base rate; later ones may multiply it."),
        ({"pays_1": "×30"}, "pays_1", "A rate is a fraction of 1: 5 % is written 0.05."),
        ({"pays_1": "much"}, "pays_1", "Enter a number."),
        ({"pays_1": ""}, "pays_1", "Fill in both, or neither."),
        ({"goal": "0"}, "goal", "The goal must be more than 0; leave it out where each partner has its own."),
        ({"goal": "0.001"}, "goal", "EUR has 2 decimal places; 0.001 has more."),
    ],
)
def test_a_wrong_goal_is_named_at_its_field_and_nothing_is_saved(
    cast: Cast, vera: Client, version: PlanVersion, wrong: dict[str, str], field: str, text: str
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/components/new/target/"
    answer = vera.post(page, TARGET | wrong)
    assert (answer.status_code, answer.context["form"].errors.get(field)) == (422, [text])
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.document["components"] == []
    assert vera.post(page, TARGET).status_code == 302


def test_the_editor_who_publishes_is_told_why_not(cast: Cast, vera: Client, version: PlanVersion) -> None:
    vera.post(
        f"/acme/m/plans/versions/{version.id}/components/new/rate/",
        {"id": "base", "percent": "5", "basis": "revenue", "negative": "pay"},
    )
    answer = vera.post(f"/acme/m/plans/versions/{version.id}/publish/", follow=True)
    assert "another person must publish it" in answer.content.decode()
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.published_at is None


def test_a_manager_reads_but_does_not_change(cast: Cast, vera: Client, version: PlanVersion) -> None:
    nina = client_of(cast.nina)
    assert nina.get(f"/acme/m/plans/versions/{version.id}/").status_code == 200
    assert nina.post("/acme/m/plans/new/", {"code": "x", "name": "X", "slot": "main"}).status_code == 403
    with tenant_context(cast.acme.id):
        assert Plan.objects.count() == 1


def test_an_assignment_that_overlaps_is_refused_at_its_field(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    where = f"/acme/m/plans/{version.plan_id}/assignments/new/"
    assert vera.post(where, {"audience": "everyone", "starts_on": "2026-01-01"}).status_code == 302
    again = vera.post(where, {"audience": "everyone", "starts_on": "2026-06-01"})
    assert again.status_code == 422
    assert "starts_on" in again.context["form"].errors
    with tenant_context(cast.acme.id):
        assert PlanAssignment.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_plans(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    with CaptureQueriesContext(connection) as one:
        vera.get("/acme/m/plans/")
    for number in range(5):
        vera.post("/acme/m/plans/new/", {"code": f"p{number}", "name": f"P{number}", "slot": f"s{number}"})
    with CaptureQueriesContext(connection) as six:
        vera.get("/acme/m/plans/")
    assert len(six) == len(one)


def test_the_facts_of_the_rooms_are_conditions_of_a_component(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    rooms(cast)
    page = f"/acme/m/plans/versions/{version.id}/components/new/rate/"
    told = {
        "id": "base",
        "percent": "5",
        "basis": "revenue",
        "negative": "pay",
        **row("where-0", "tier", "in", "Gold"),
        **row("where-1-0", "segment", "in", "key"),
        **row("where-1-1", "industry", "not_in", more="retail\r\n\r\nfood, drinks"),
        **row("where-1-2", "customer_is_new", "eq", "yes"),
        "where-1-joint": "any",
    }
    assert vera.post(page, told).status_code == 302
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        (component,) = version.document["components"]
        assert component["where"] == {
            "all": [
                {"fact": "tier", "op": "in", "value": ["Gold"]},
                {
                    "any": [
                        {"fact": "segment", "op": "in", "value": ["key"]},
                        {"fact": "industry", "op": "not_in", "value": ["retail", "food, drinks"]},
                        {"fact": "customer_is_new", "op": "eq", "value": True},
                    ]
                },
            ]
        }


def row(path: str, fact: str, op: str, *values: str, more: str = "") -> dict[str, Any]:
    """A condition as the form sends it."""
    told = {f"{path}-fact": fact, f"{path}-was": fact, f"{path}-op": op, f"{path}-value": list(values)}
    return told | ({f"{path}-more": more} if more else {})


RATE = {"id": "base", "percent": "5", "basis": "revenue", "negative": "pay"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (row("where-0", "segment", "in"), "Choose at least one."),
        (row("where-0", "product", "eq", " "), "Enter a value."),
        ({"where-0-fact": ""}, "Choose what to look at."),
        (row("where-0", "segment", "eq", "key") | {"where-0-was": "tier"}, "Choose at least one."),
    ],
    ids=["nothing chosen", "nothing typed", "no fact", "chosen of another fact"],
)
def test_a_condition_that_is_not_whole_is_marked_and_nothing_is_saved(
    cast: Cast, vera: Client, version: PlanVersion, typed: dict[str, Any], text: str
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/components/new/rate/"
    with nothing_written_in(cast.acme):
        answer = vera.post(page, RATE | typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"__all__": ["Complete the conditions that are marked."]}
    assert [one.error for one in answer.context["form"].where.rows] == [text]
    assert vera.post(page, RATE | row("where-0", "segment", "eq", "key")).status_code == 302


def test_what_the_language_says_of_a_condition_stands_beside_it(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    """An empty group before it counts for nothing."""
    page = f"/acme/m/plans/versions/{version.id}/components/new/rate/"
    many = "\n".join(str(number) for number in range(1001))
    typed = {"where-0-joint": "any"} | row("where-1", "product", "in", more=many)
    with nothing_written_in(cast.acme):
        answer = vera.post(page, RATE | typed)
    assert [one.error for one in answer.context["form"].where.rows] == [
        "A list of 1 to 1000 values is expected."
    ]


@pytest.mark.parametrize(
    ("step", "paths"),
    [
        ("add:where", ["where-0", "where-1"]),
        ("add-group:where", ["where-0", "where-1-0"]),
        ("drop:where-0", []),
        ("", ["where-0"]),
    ],
)
@pytest.mark.parametrize("by_script", [True, False])
def test_a_step_changes_the_rows_and_saves_nothing(
    cast: Cast, vera: Client, version: PlanVersion, step: str, paths: list[str], by_script: bool
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/components/"
    typed = RATE | row("where-0", "segment", "in", "key") | {"step": step, "title": "Mine", "tree": "where"}
    with nothing_written_in(cast.acme):
        answer = vera.post(f"{page}conditions/" if by_script else f"{page}new/rate/", typed)
    tree = answer.context["tree"] if by_script else answer.context["form"].where
    assert (answer.status_code, [one.path for one in tree.rows]) == (200, paths)
    if not by_script:
        assert (answer.context["form"]["title"].value(), answer.context["form"].errors) == ("Mine", {})


def test_only_conditions_are_asked_for_by_name(cast: Cast, vera: Client, version: PlanVersion) -> None:
    answer = vera.post(f"/acme/m/plans/versions/{version.id}/components/conditions/", {"tree": "floor"})
    assert answer.status_code == 404


def test_a_new_row_offers_what_the_rooms_know(cast: Cast, vera: Client, version: PlanVersion) -> None:
    rooms(cast)
    with tenant_context(cast.acme.id):
        Customer.objects.create(code="ROAD", name="Road Club", industry="leisure", changed_at=NOW)
    offered = {
        "segment": ("key", "Key"),
        "tier": ("Gold", "Gold"),
        "industry": ("leisure", "leisure"),
        "region": ("North", "North"),
        "partner": ("NW", "Northwind (NW)"),
        "country": ("DE", "Germany"),
    }
    for fact, choice in offered.items():
        typed = row("where-0", fact, "in") | {"tree": "where"}
        answer = vera.post(f"/acme/m/plans/versions/{version.id}/components/conditions/", typed)
        (shown,) = answer.context["tree"].rows
        assert choice in shown.choices, fact


def rooms(cast: Cast) -> None:
    """A tier and a fixed list to choose."""
    rule = {"all": [{"fact": "status", "op": "eq", "value": "active"}]}
    with tenant_context(cast.acme.id):
        define_tier(actor=cast.vera.actor, facts={"name": "Gold", "rank": 1, "rule": rule}, at=NOW)
        create_segment(actor=cast.vera.actor, facts={"code": "key", "name": "Key", "kind": "list"}, at=NOW)


def hold(cast: Cast, version: PlanVersion, *components: dict[str, Any]) -> None:
    """Let the draft hold these, as the API would write them."""
    with tenant_context(cast.acme.id):
        document = version.document | {"components": list(components)}
        PlanVersion.objects.filter(id=version.id).update(document=document)


MARGIN = {"id": "base", "type": "rate", "rate": "0.05", "basis": "margin", "negative": "zero"}
UNITS = {
    "id": "units",
    "type": "tiers",
    "mode": "retroactive",
    "measure": "units",
    "window": "month",
    "tiers": [{"from": "0", "amount": "1.5"}, {"from": "10", "amount": "2"}],
    "measure_where": {"all": [{"fact": "segment", "op": "in", "value": ["gone"]}]},
}


GOAL = {
    "id": "goal",
    "type": "target",
    "mode": "marginal",
    "measure": "revenue",
    "window": "quarter",
    "goal": "300000",
    "steps": [
        {"from_attainment": "0", "rate": "0.05"},
        {"from_attainment": "1", "multiplier": "1.5"},
        {"from_attainment": "1.2", "rate": "0.1"},
    ],
    "cap": {"window": "14000"},
}


@pytest.mark.parametrize("component", [MARGIN, UNITS, GOAL], ids=["margin", "units", "goal"])
def test_saving_a_form_as_it_was_opened_loses_nothing(
    cast: Cast, vera: Client, version: PlanVersion, component: dict[str, Any]
) -> None:
    hold(cast, version, component)
    page = f"/acme/m/plans/versions/{version.id}/components/0/"
    typed = inputs_of(vera.get(page).content.decode())
    typed["title"] = "Same"
    assert vera.post(page, typed).status_code == 302
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.document["components"] == [component | {"title": "Same"}]


def test_a_component_that_the_form_would_mangle_is_not_offered_but_can_be_removed(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    spaced = {"all": [{"fact": "product", "op": "eq", "value": " A1"}]}
    hold(cast, version, {"id": "base", "type": "rate", "rate": "0.05", "where": spaced})
    page = f"/acme/m/plans/versions/{version.id}/"
    assert "Changed through the API" in vera.get(page).content.decode()
    assert vera.get(page + "components/0/").status_code == 404
    with nothing_written_in(cast.acme):
        assert vera.post(page + "components/0/", RATE).status_code == 404
        assert vera.post(page + "components/1/", {"remove": "1"}).status_code == 404
    assert vera.post(page + "components/0/", {"remove": "1"}).status_code == 302
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.document["components"] == []


@pytest.mark.parametrize("revision", ["x", "²", "9" * 30, "-1"])
def test_a_revision_that_is_no_number_saves_nothing(
    cast: Cast, vera: Client, version: PlanVersion, revision: str
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/components/new/rate/"
    told = {"id": "base", "percent": "5", "basis": "revenue", "negative": "pay", "revision": revision}
    assert vera.post(page, told).status_code == 200
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.document["components"] == []


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ({"audience": "tier", "tier": "Gold"}, "Gold"),
        ({"audience": "segment", "segment": "key"}, "key"),
        ({"audience": "type", "type": "reseller"}, "reseller"),
    ],
    ids=["tier", "segment", "type"],
)
def test_a_plan_is_assigned_to_what_the_rooms_have(
    cast: Cast, vera: Client, version: PlanVersion, told: dict[str, str], target: str
) -> None:
    rooms(cast)
    where = f"/acme/m/plans/{version.plan_id}/assignments/new/"
    assert vera.post(where, {**told, "starts_on": "2026-01-01"}).status_code == 302
    with tenant_context(cast.acme.id):
        assignment = PlanAssignment.objects.get()
        assert (assignment.audience, assignment.target) == (told["audience"], target)


def test_an_audience_without_its_target_is_refused_at_its_field(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    rooms(cast)
    where = f"/acme/m/plans/{version.plan_id}/assignments/new/"
    with nothing_written_in(cast.acme):
        answer = vera.post(where, {"audience": "segment", "tier": "Gold", "starts_on": "2026-01-01"})
    assert answer.context["form"].errors == {"segment": ["Choose one."]}


@pytest.fixture
def assignment(cast: Cast, version: PlanVersion) -> PlanAssignment:
    with tenant_context(cast.acme.id):
        return PlanAssignment.objects.create(
            plan=version.plan,
            slot="main",
            audience="everyone",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 6, 1),
            created_at=NOW,
        )


def test_an_assignment_is_ended_earlier(cast: Cast, vera: Client, assignment: PlanAssignment) -> None:
    vera.post(f"/acme/m/plans/assignments/{assignment.id}/end/", {"ends_on": "2026-03-01"})
    with tenant_context(cast.acme.id):
        assignment.refresh_from_db()
        assert assignment.ends_on == date(2026, 3, 1)
        assert Event.objects.get(name="plan.assigned").payload["starts_on"] == "2026-03-01"


@pytest.mark.parametrize("ends_on", ["2026-07-01", "2026-06-01", "2026-01-01", "2025-12-01", "soon", ""])
def test_an_end_that_is_no_earlier_one_changes_nothing(
    cast: Cast, vera: Client, assignment: PlanAssignment, ends_on: str
) -> None:
    with nothing_written_in(cast.acme):
        answer = vera.post(f"/acme/m/plans/assignments/{assignment.id}/end/", {"ends_on": ends_on})
    assert answer.status_code == 422
    assert f'href="#end-{assignment.id}-ends_on"' in answer.content.decode()


def test_a_manager_reads_no_names_outside_the_own_portfolio(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    with tenant_context(cast.acme.id):
        for partner in (cast.northwind, cast.southwind):
            PlanAssignment.objects.create(
                plan=version.plan,
                slot="main",
                audience="partner",
                target=str(partner.id),
                starts_on=date(2026, 1, 1),
                created_at=NOW,
            )
    for page in ("", f"{version.plan_id}/"):
        seen = client_of(cast.nina).get(f"/acme/m/plans/{page}").content.decode()
        assert ("Northwind" in seen, "Southwind" in seen) == (True, False)
        assert "A partner outside your portfolio" in seen


def test_a_draft_is_proposed_and_waits_in_the_queue_of_who_publishes(
    cast: Cast, vera: Client, version: PlanVersion
) -> None:
    page = f"/acme/m/plans/versions/{version.id}/"
    told = {"id": "base", "percent": "5", "basis": "revenue", "negative": "pay"}
    vera.post(page + "components/new/rate/", told)
    assert vera.post(page + "propose/").status_code == 302
    assert "Proposed" in client_of(cast.felix).get(page).content.decode()
    vera.post(page + "components/0/", {**told, "percent": "6"})
    with tenant_context(cast.acme.id):
        version.refresh_from_db()
        assert version.proposed_at is None


def test_a_draft_with_faults_is_not_proposed(cast: Cast, vera: Client, version: PlanVersion) -> None:
    with nothing_written_in(cast.acme):
        answer = vera.post(f"/acme/m/plans/versions/{version.id}/propose/")
    assert answer.status_code == 302
