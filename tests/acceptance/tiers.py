"""The tier example through the public door: warned on 1 May with what is missing, fallen or kept on 1 July to the cent.

Promise: sales, certificates, tiers and reviews go through the API with the clock put to the day; called by the
acceptance command."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from analytics.facts.actions import mark_everything, refresh_facts
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number, sale
from tests.acceptance.door import Door, now, open_door

FIRST_OF_APRIL, FIRST_OF_MAY = date(2026, 4, 1), date(2026, 5, 1)
LAST_OF_JUNE, FIRST_OF_JULY = date(2026, 6, 30), date(2026, 7, 1)
SHORT, EXACT, LONELY = "SHORT", "EXACT", "LONELY"
VOLUMES = (("Silver", "50000"), ("Gold", "150000"))


def tier_example() -> Iterator[Number]:
    """One partner ends a cent short, one exactly at the mark, one sells enough and lacks a certified person."""
    door = open_door("tiers", currency="EUR", first_period_on=date(2026, 1, 1))
    _open_programme(door)
    for code, people in ((SHORT, 2), (EXACT, 2), (LONELY, 1)):
        _certify(door, code, people, FIRST_OF_APRIL)
    door.sell([sale(code, "2026-03-10", "140000.00", code) for code in (SHORT, EXACT)])
    door.sell([sale(LONELY, "2026-03-10", "160000.00", LONELY)])
    _review(door, FIRST_OF_MAY)
    warned = _previewed(door, FIRST_OF_MAY + timedelta(days=1))
    yield Number("tier: missing on 1 May", "10000", _lacks(warned[SHORT], "sales_volume"))
    yield Number("tier: warned, not fallen", "Gold", warned[SHORT]["tier"])
    yield Number("tier: one certified of two", "1", _lacks(warned[LONELY], "certified_people"))
    for code, amount in ((SHORT, "9999.99"), (EXACT, "10000.00")):
        door.sell([sale(f"{code} june", LAST_OF_JUNE.isoformat(), amount, code)])
    _certify(door, LONELY, 2, LAST_OF_JUNE)
    _review(door, LAST_OF_JUNE)
    yield Number("tier: still on 30 June", "Gold", _previewed(door, LAST_OF_JUNE)[SHORT]["tier"])
    yield Number("tier: falls on 1 July by itself", "1", str(_review(door, FIRST_OF_JULY)["fall"]))
    after = _previewed(door, FIRST_OF_JULY + timedelta(days=1))
    yield Number("tier: 149,999.99", "Silver", after[SHORT]["tier"])
    yield Number("tier: 150,000.00", "Gold", after[EXACT]["tier"])
    yield Number("tier: a second certified person", "Gold", after[LONELY]["tier"])


def _open_programme(door: Door) -> None:
    """Gold asks for 150,000 in the trailing twelve months and two certified people."""
    told = {"joined_on": "2026-01-01", "tier": "Gold"}
    rows = [{"code": code, "name": code, **told} for code in (SHORT, EXACT, LONELY)]
    door.load("partners:batch", "partners", rows)
    door.load("products:batch", "products", [{"code": "P", "name": "Product"}])
    people = {"fact": "certified_people", "op": "gte", "value": "2"}
    for rank, (name, amount) in enumerate(VOLUMES, 1):
        volume = {"fact": "sales_volume", "with": {"over": "12m"}, "op": "gte", "value": amount}
        rule = {"all": [volume, people] if name == "Gold" else [volume]}
        assert door.send("tiers", {"name": name, "rank": rank, "rule": rule}).status_code == 201
    course = door.send("courses", {"code": "C", "title": "Course"}).json()["id"]
    door.send(f"courses/{course}/lessons", {"title": "Lesson", "body": "Text"})
    door.send(f"courses/{course}/questions", {"text": "One?", "choices": ["a", "b"], "right": [1]})
    assert door.send(f"courses/{course}:publish", {}).status_code == 200


def _certify(door: Door, code: str, people: int, day: date) -> None:
    """Certificates of as many people, issued on a day; who has one already has then two, and counts once."""
    for number in range(people):
        told = {"partner": code, "course": "C", "person": f"{code} {number}"}
        with _clock_at(day):
            assert door.send("certificates", told).status_code == 201


def _lacks(row: dict[str, Any], fact: str) -> str:
    return str(next(short["lacks"] for short in row["missing"] if short["fact"] == fact))


def _review(door: Door, day: date) -> dict[str, int]:
    _roll_up(door)
    with _clock_at(day):
        counts: dict[str, int] = door.send("tier-review", {}).json()
    return counts


def _clock_at(day: date) -> Any:
    at = datetime(day.year, day.month, day.day, 1, 40, tzinfo=UTC)
    return patch.object(timezone, "now", lambda: at)


def _previewed(door: Door, day: date) -> dict[str, dict[str, Any]]:
    answer = door.client.get("/api/v1/tier-review", {"on": day.isoformat()}, headers=door.headers)
    return {row["partner_code"]: row for row in answer.json()["data"]}


def _roll_up(door: Door) -> None:
    with tenant_context(door.tenant.id):
        mark_everything(at=now())
    with tenant_context(door.tenant.id):
        refresh_facts()
