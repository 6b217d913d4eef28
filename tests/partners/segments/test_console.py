"""Pages of segments: the builder says what saving would do, and saves what it says."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from partners.segments.actions import create_segment
from partners.segments.models import Segment
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of

NEW = "/acme/m/segments/new/"


def rows(*conditions: dict[str, Any], joint: str = "all") -> dict[str, Any]:
    """A post of one group with these conditions."""
    post: dict[str, Any] = {"joint": "all", "g0-joint": joint}
    for place, condition in enumerate(conditions):
        post |= {f"g0-c{place}-{name}": value for name, value in condition.items()}
    return post


NORTH = {"fact": "region", "op": "in", "value": ["North"]}
LARGE = {"fact": "sales_volume", "op": "gte", "value": "150 000,5", "with-over": "12m"}
NAMED = {"name": "Northern", "code": "north", "purpose": ""}


@pytest.fixture
def vera(cast: Cast) -> Client:
    return client_of(cast.vera)


def only_segment(cast: Cast) -> Segment:
    with tenant_context(cast.acme.id):
        return Segment.objects.get()


def test_the_preview_counts_and_names_whom_the_rule_takes(cast: Cast, vera: Client) -> None:
    page = vera.post("/acme/m/segments/preview/", rows(NORTH)).content.decode()
    assert "<b>2</b> of 2 partners today" in page
    assert "2 enter, 0 leave." in page
    assert "Northwind" in page


def test_saving_makes_the_segment_with_its_members(cast: Cast, vera: Client) -> None:
    answer = vera.post(NEW, {**NAMED, **rows(NORTH, LARGE, joint="any")})
    segment = only_segment(cast)
    assert answer.headers["Location"] == f"/acme/m/segments/{segment.id}/"
    assert segment.rule == {
        "any": [
            {"fact": "region", "op": "in", "value": ["North"]},
            {"fact": "sales_volume", "with": {"over": "12m"}, "op": "gte", "value": "150000.5"},
        ]
    }
    assert segment.member_count == 2


def test_two_groups_become_two_levels_and_come_back_as_rows(cast: Cast, vera: Client) -> None:
    post = rows(NORTH) | {"joint": "any", "g1-joint": "all", "g1-c0-fact": "code", "g1-c0-op": "in"}
    vera.post(NEW, {**NAMED, **post, "g1-c0-value": "SW"})
    segment = only_segment(cast)
    assert list(segment.rule or {}) == ["any"]
    page = vera.get(f"/acme/m/segments/{segment.id}/edit/").content.decode()
    assert 'name="g1-c0-fact"' in page
    assert 'value="SW"' in page


def test_an_incomplete_row_is_marked_and_nothing_is_written(cast: Cast, vera: Client) -> None:
    answer = vera.post(NEW, {**NAMED, **rows(NORTH, {**LARGE, "value": "many"})})
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Enter a number such as 150000 or −20." in page
    assert 'value="many"' in page
    with tenant_context(cast.acme.id):
        assert not Segment.objects.exists()


def test_a_fresh_form_shows_no_fault(cast: Cast, vera: Client) -> None:
    assert "field-error" not in vera.get(NEW).content.decode()


@pytest.mark.parametrize(
    ("step", "kept"), [("add:g0", ["g0-c0-fact", "g0-c1-fact"]), ("add-group", ["g0-c0-fact", "g1-c0-fact"])]
)
def test_without_a_script_the_buttons_add_rows(cast: Cast, vera: Client, step: str, kept: list[str]) -> None:
    page = vera.post(NEW, {**NAMED, **rows(NORTH), "step": step}).content.decode()
    assert [name for name in ("g0-c0-fact", "g0-c1-fact", "g1-c0-fact") if f'name="{name}"' in page] == kept
    with tenant_context(cast.acme.id):
        assert not Segment.objects.exists()


def test_a_row_can_be_dropped(cast: Cast, vera: Client) -> None:
    page = vera.post(NEW, {**NAMED, **rows(NORTH, LARGE), "step": "drop:g0-c0"}).content.decode()
    assert 'name="g0-c0-fact"' not in page
    assert 'name="g0-c1-fact"' in page


def made(cast: Cast, **facts: Any) -> Segment:
    rule = {"all": [{"fact": "region", "op": "eq", "value": "North"}]}
    with tenant_context(cast.acme.id):
        told: Any = {"code": "north", "name": "Northern", "rule": rule, **facts}
        return create_segment(actor=cast.vera.actor, facts=told, at=NOW)


def test_the_page_says_the_rule_and_why_each_is_in(cast: Cast, vera: Client) -> None:
    page = vera.get(f"/acme/m/segments/{made(cast).id}/?on=2026-04-01").content.decode()
    assert "Region is North" in page
    assert 'Region: <b class="num">North</b>' in page


def test_a_manager_sees_the_own_portfolio_alone(cast: Cast) -> None:
    page = client_of(cast.nina).get(f"/acme/m/segments/{made(cast).id}/?on=2026-04-01").content.decode()
    assert "Northwind" in page
    assert "Southwind" not in page


def test_a_rule_too_deep_for_rows_is_left_alone(cast: Cast, vera: Client) -> None:
    leaf = {"fact": "region", "op": "eq", "value": "North"}
    segment = made(cast, rule={"all": [{"any": [leaf, {"all": [leaf]}]}]})
    address = f"/acme/m/segments/{segment.id}/edit/"
    assert "nested deeper" in vera.get(address).content.decode()
    vera.post(address, {**NAMED, "name": "Renamed", "version": 1})
    changed = only_segment(cast)
    assert (changed.name, changed.rule) == ("Renamed", segment.rule)


def test_another_editor_is_met(cast: Cast, vera: Client) -> None:
    segment = made(cast)
    address = f"/acme/m/segments/{segment.id}/edit/"
    vera.post(address, {**NAMED, **rows(NORTH), "name": "First", "version": 1})
    answer = vera.post(address, {**NAMED, **rows(NORTH), "name": "Second", "version": 1})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert only_segment(cast).name == "First"


def test_a_list_is_kept_by_code(cast: Cast, vera: Client) -> None:
    vera.post("/acme/m/segments/new-list/", {**NAMED})
    segment = only_segment(cast)
    address = f"/acme/m/segments/{segment.id}/members/"
    vera.post(address, {"codes": "NW, SW"})
    assert only_segment(cast).member_count == 2
    answer = vera.post(address, {"codes": "XX"})
    assert "No partner has these codes: XX." in answer.content.decode()
    vera.post(address, {"codes": "SW", "remove": "1"})
    assert only_segment(cast).member_count == 1


def test_recalculating_all_opens_a_job(cast: Cast, vera: Client) -> None:
    made(cast)
    answer = vera.post("/acme/m/segments/")
    assert answer.headers["Location"].startswith("/acme/m/jobs/")


def test_a_recalculation_that_moves_nobody_leaves_a_line(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        rule = {"all": [{"fact": "region", "op": "in", "value": ["North"]}]}
        facts: Any = {"code": "north", "name": "North", "rule": rule}
        made = create_segment(actor=cast.vera.actor, facts=facts, at=NOW)
    client, line = client_of(cast.vera), "Recalculated, no change"
    assert line not in client.get(f"/acme/m/segments/{made.id}/").content.decode()
    client.post(f"/acme/m/segments/{made.id}/recalculate/")
    page = client.get(f"/acme/m/segments/{made.id}/").content.decode()
    assert page.count(line) == 1
    client.post(f"/acme/m/segments/{made.id}/recalculate/")
    assert client.get(f"/acme/m/segments/{made.id}/").content.decode().count(line) == 1


def test_round_weights_are_offered_as_people_write_them(vera: Client) -> None:
    assert 'value="20"' in vera.get("/acme/m/resources/engagement/").content.decode()
