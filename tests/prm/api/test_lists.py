"""Cursor lists, versions and batches."""

from typing import Any

import pytest

from prm.tenancy.context import tenant_context
from prm.tenancy.models import DocumentCounter
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import Cast

pytestmark = pytest.mark.urls("tests.prm.api.resources")


@pytest.fixture
def machine(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "counters:read", "counters:write"))


def make_counters(cast: Cast, *numbers: int) -> None:
    with tenant_context(cast.acme.id):
        for index, number in enumerate(numbers):
            DocumentCounter.objects.create(kind=f"c{index}", last_number=number)
    with tenant_context(cast.zenith.id):
        DocumentCounter.objects.create(kind="c-foreign", last_number=3)


def walk(machine: Machine, **query: Any) -> list[list[str]]:
    pages = []
    cursor = ""
    while True:
        answer = machine.get("counters", **query, **({"cursor": cursor} if cursor else {})).json()
        pages.append([row["external_id"] for row in answer["data"]])
        assert answer["has_more"] == (answer["next_cursor"] is not None)
        if not answer["has_more"]:
            return pages
        cursor = answer["next_cursor"]


def test_pages_hold_every_row_once_in_order(machine: Machine, cast: Cast) -> None:
    make_counters(cast, 1, 5, 5, 5, 9)
    assert walk(machine, limit=2) == [["c4", "c3"], ["c2", "c1"], ["c0"]]
    assert walk(machine) == [["c4", "c3", "c2", "c1", "c0"]]


def test_a_row_added_in_front_moves_nothing(machine: Machine, cast: Cast) -> None:
    make_counters(cast, 1, 2, 3)
    first = machine.get("counters", limit=2).json()
    with tenant_context(cast.acme.id):
        DocumentCounter.objects.create(kind="c-new", last_number=10)
    second = machine.get("counters", limit=2, cursor=first["next_cursor"]).json()
    assert [row["external_id"] for row in second["data"]] == ["c0"]


def test_an_empty_list(machine: Machine) -> None:
    assert machine.get("counters").json() == {"data": [], "next_cursor": None, "has_more": False}


def test_a_cursor_belongs_to_its_list_filters_and_tenant(machine: Machine, cast: Cast) -> None:
    make_counters(cast, 1, 2, 3)
    cursor = machine.get("counters", limit=1).json()["next_cursor"]
    stranger = Machine(make_key(cast.zenith, "counters:read"))
    answers = [
        machine.get("counters", cursor=cursor[:-2]),
        machine.get("counters", cursor="rubbish"),
        machine.get("counters", cursor=cursor, most=2),
        stranger.get("counters", cursor=cursor),
    ]
    for answer in answers:
        document = problem_of(answer)
        assert (document["status"], document["code"]) == (422, "cursor_invalid")
        assert document["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.0", "²", "9999999999"])
def test_a_limit_outside_the_range(machine: Machine, limit: str) -> None:
    assert problem_of(machine.get("counters", limit=limit))["code"] == "limit_range"


def test_a_change_names_the_version_it_was_made_from(machine: Machine, cast: Cast) -> None:
    make_counters(cast, 7)
    path = f"counters/{machine.get('counters').json()['data'][0]['id']}"
    etag = machine.get(path)["ETag"]
    assert etag == '"7"'
    assert problem_of(machine.send("PATCH", path, {}))["status"] == 428
    for stale in ('"6"', "7", 'W/"7"', "*"):
        refused = machine.send("PATCH", path, {}, if_match=stale)
        assert (problem_of(refused)["code"], refused["ETag"]) == ("stale_version", '"7"')
    changed = machine.send("PATCH", path, {}, if_match='"6", "7"')
    assert (changed.status_code, changed["ETag"]) == (200, '"8"')
    assert problem_of(machine.send("PATCH", path, {}, if_match=etag))["status"] == 412


def row(external_id: str, **changes: Any) -> dict[str, Any]:
    return {"external_id": external_id, "amount": "1.00", "currency": "EUR", **changes}


def written(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(
            DocumentCounter.objects.filter(kind__startswith="c")
            .order_by("kind")
            .values_list("kind", flat=True)
        )


MIXED = [row("c1"), row("c2", amount=5), row("taken"), row("c3"), row("c4"), row("c4", amount="2.00"), "text"]


def test_a_batch_tells_the_truth_per_row(machine: Machine, cast: Cast) -> None:
    answer = machine.post("counters:batch", {"counters": MIXED})
    assert answer.status_code == 207
    assert answer.json()["summary"] == {
        "received": 7,
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "failed": 5,
    }
    lines = [
        (line["index"], line["external_id"], line["status"], line.get("problem", {}).get("code"))
        for line in answer.json()["results"]
    ]
    assert lines == [
        (0, "c1", 201, None),
        (1, "c2", 422, "amount_type"),
        (2, "taken", 409, "counter_taken"),
        (3, "c3", 201, None),
        (4, "c4", 422, "duplicate_in_batch"),
        (5, "c4", 422, "duplicate_in_batch"),
        (6, None, 422, "invalid"),
    ]
    assert answer.json()["results"][1]["problem"]["errors"][0]["pointer"] == "/amount"
    assert written(cast) == ["c1", "c3"]


def test_an_atomic_batch_with_one_refusal_writes_nothing(machine: Machine, cast: Cast) -> None:
    answer = machine.post("counters:batch", {"mode": "atomic", "counters": [row("c1"), row("taken")]})
    assert answer.status_code == 422
    assert [line["problem"]["code"] for line in answer.json()["results"]] == ["not_applied", "counter_taken"]
    assert answer.json()["summary"]["created"] == 0
    assert written(cast) == []


def test_all_good_is_200_and_all_bad_is_422(machine: Machine, cast: Cast) -> None:
    assert machine.post("counters:batch", {"counters": [row("c1"), row("c2")]}).status_code == 200
    assert machine.post("counters:batch", {"counters": [row("taken")]}).status_code == 422
    assert written(cast) == ["c1", "c2"]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"counters": []}, "/counters", "row_count"),
        ({"counters": [row("c")] * 501}, "/counters", "row_count"),
        ({"counters": {}}, "/counters", "row_count"),
        ({"counters": [row("c")], "mode": "fast"}, "/mode", "choice_unknown"),
        ({"counters": [row("c")], "more": 1}, "/more", "unknown_field"),
    ],
)
def test_a_batch_that_cannot_be_read(machine: Machine, body: Any, pointer: str, code: str) -> None:
    document = problem_of(machine.post("counters:batch", body))
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [(pointer, code)]
