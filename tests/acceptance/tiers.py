"""The tier example through the public door: warned on 1 May with what is missing, fallen or kept on 1 July to the cent.

Promise: sales, tiers and reviews go through the API with the clock put to the day; called by the acceptance command."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from analytics.facts.actions import mark_everything, refresh_facts
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number, sale
from tests.acceptance.door import Door, now, open_door

FIRST_OF_MAY, LAST_OF_JUNE, FIRST_OF_JULY = date(2026, 5, 1), date(2026, 6, 30), date(2026, 7, 1)


def tier_example() -> Iterator[Number]:
    """One partner ends a cent short, the other exactly at the mark."""
    door = open_door("tiers", currency="EUR", first_period_on=date(2026, 1, 1))
    rows = [
        {"code": code, "name": code, "joined_on": "2026-01-01", "tier": "Gold"} for code in ("SHORT", "EXACT")
    ]
    door.load("partners:batch", "partners", rows)
    door.load("products:batch", "products", [{"code": "P", "name": "Product"}])
    for rank, (name, amount) in enumerate((("Silver", "50000"), ("Gold", "150000")), 1):
        rule = {"all": [{"fact": "sales_volume", "with": {"over": "12m"}, "op": "gte", "value": amount}]}
        assert door.send("tiers", {"name": name, "rank": rank, "rule": rule}).status_code == 201
    door.sell([sale(code, "2026-03-10", "140000.00", code) for code in ("SHORT", "EXACT")])
    _review(door, FIRST_OF_MAY)
    warned = _previewed(door, FIRST_OF_MAY + timedelta(days=1))["SHORT"]
    yield Number("tier: missing on 1 May", "10000", warned["missing"][0]["lacks"])
    yield Number("tier: warned, not fallen", "Gold", warned["tier"])
    for code, amount in (("SHORT", "9999.99"), ("EXACT", "10000.00")):
        door.sell([sale(f"{code} june", LAST_OF_JUNE.isoformat(), amount, code)])
    _review(door, LAST_OF_JUNE)
    yield Number("tier: still on 30 June", "Gold", _previewed(door, LAST_OF_JUNE)["SHORT"]["tier"])
    counts = _review(door, FIRST_OF_JULY)
    yield Number("tier: falls on 1 July", "1", str(counts["fall"]))
    after = _previewed(door, FIRST_OF_JULY + timedelta(days=1))
    yield Number("tier: 149,999.99", "Silver", after["SHORT"]["tier"])
    yield Number("tier: 150,000.00", "Gold", after["EXACT"]["tier"])


def _review(door: Door, day: date) -> dict[str, int]:
    _roll_up(door)
    at = datetime(day.year, day.month, day.day, 1, 40, tzinfo=UTC)
    with patch.object(timezone, "now", lambda: at):
        counts: dict[str, int] = door.send("tier-review", {}).json()
    return counts


def _previewed(door: Door, day: date) -> dict[str, dict[str, Any]]:
    answer = door.client.get("/api/v1/tier-review", {"on": day.isoformat()}, headers=door.headers)
    return {row["partner_code"]: row for row in answer.json()["data"]}


def _roll_up(door: Door) -> None:
    with tenant_context(door.tenant.id):
        mark_everything(at=now())
    with tenant_context(door.tenant.id):
        refresh_facts()
