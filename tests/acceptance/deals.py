"""S7, the protected deal, through the public door: registrations, decisions and an extension at their own moments.

Promise: everything goes through the API and the pages, deals with the clock put to the moment of the story, of a vendor
whose days begin hours after those of UTC; called by the acceptance command and its test."""

import re
from collections.abc import Generator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from django.utils import timezone

from partners.deals.deadlines import settle_due
from prm.accounts.actor import system_actor
from prm.kit.money import format_plain
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number, sale
from tests.acceptance.door import Door, open_door
from tests.acceptance.stories import sums

ZONE = "America/New_York"
MAY = date(2026, 5, 1)
ACME_TAX_ID = "7707083893"


def _at(month: int, day: int, *clock: int) -> datetime:
    """A moment of the vendor's day, as the server's clock tells it."""
    hour, minute, second = clock or (12, 0, 0)
    return datetime(2026, month, day, hour, minute, second, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _send(door: Door, moment: datetime, path: str, body: dict[str, Any]) -> Any:
    with patch.object(timezone, "now", lambda: moment):
        return door.send(path, body)


def claim_of(partner: str, customer: str, **more: Any) -> dict[str, Any]:
    """A registration as its body."""
    return {
        "partner": partner,
        "customer": customer,
        "tax_id": ACME_TAX_ID,
        "line": "software",
        "amount": "60000.00",
        "currency": "EUR",
        "closes_on": "2026-06-01",
        **more,
    }


def protected_deal() -> Iterator[Number]:
    """P1 first; P2 queued and approved on condition; an extension; a third on the last evening; P2's turn; what sales
    of the two of them earn."""
    door = deals_door("case-s7")
    first = _send(door, _at(1, 10), "deals", claim_of("P1", "Acme")).json()
    approved = _send(door, _at(1, 12), f"deals/{first['id']}:approve", {}).json()
    yield Number("S7 P1 protected from", "2026-01-12", approved["protected_from"])
    yield Number("S7 P1 protected until", "2026-04-12", approved["protected_until"])
    second = yield from _second_in_the_queue(door, first)
    extended = _send(door, _at(4, 5), f"deals/{first['id']}:extend", {"days": 30}).json()
    yield Number("S7 P1 extended until", "2026-05-12", extended["protected_until"])
    evening = _at(5, 11, 23, 59, 59)
    third = _send(door, evening, "deals", claim_of("P3", "Acme", join_queue=True)).json()
    yield Number("S7 the third's place", "3", str(third["place"]))
    yield Number("S7 the third, submitted at", "2026-05-12T03:59:59Z", third["submitted_at"])
    with tenant_context(door.tenant.id):
        settle_due(actor=system_actor(door.tenant.id), today=date(2026, 5, 13), at=_at(5, 13))
    turn = _read(door, second["id"])
    yield Number("S7 P2 protected from", "2026-05-12", turn["protected_from"])
    yield Number("S7 P1 afterwards", "expired", _read(door, first["id"])["state"])
    yield Number("S7 the third still waits", "submitted", _read(door, third["id"])["state"])
    yield from _what_sales_earn(door)


def deals_door(slug: str) -> Door:
    """A vendor of New York with three partners and one product line."""
    door = open_door(slug, currency="EUR", first_period_on=MAY, time_zone=ZONE)
    with patch.object(timezone, "now", lambda: _at(1, 1)):
        rows = [{"code": code, "name": code, "joined_on": "2026-01-01"} for code in ("P1", "P2", "P3")]
        door.load("partners:batch", "partners", rows)
        door.load(
            "product-categories:batch", "product_categories", [{"code": "software", "name": "Software"}]
        )
        door.load("products:batch", "products", [{"code": "P", "name": "P", "category_code": "software"}])
    return door


def _second_in_the_queue(door: Door, first: dict[str, Any]) -> Generator[Number, None, dict[str, Any]]:
    """P2 with the same customer under another spelling: refused, flagged beside P1's, and queued."""
    claim = claim_of("P2", "ACME Gmbh")
    refused = _send(door, _at(2, 20), "deals", claim)
    yield Number("S7 P2 without the queue", "409", str(refused.status_code))
    yield Number("S7 P2 without the queue, its place", "2", place_told(refused.json()))
    second: dict[str, Any] = _send(door, _at(2, 20), "deals", claim | {"join_queue": True}).json()
    yield Number("S7 P2's place", "2", str(second["place"]))
    page = door.author.open(door.address(f"deals/{second['id']}/"))
    yield Number("S7 P2's page flags P1's deal", "1", str(page.text.count(f"deals/{first['id']}/")))
    queued = _send(door, _at(2, 21), f"deals/{second['id']}:approve", {}).json()
    yield Number("S7 P2 on condition", "queued", queued["state"])
    return second


def place_told(problem: dict[str, Any]) -> str:
    told = re.search(r"your place would be number (\d+)", problem["detail"])
    return told[1] if told else str(problem)


def _what_sales_earn(door: Door) -> Iterator[Number]:
    """10 %, and 5 % to whoever holds the deal: P2 invoices 60,000.00 while P1 is protected, and on the first day of its
    own protection."""
    customer = {"code": "ACME", "name": "Acme GmbH", "tax_id": ACME_TAX_ID}
    door.load("customers:batch", "customers", [customer])
    base = {"id": "base", "type": "rate", "rate": "0.1"}
    registered = {"id": "registered", "type": "registered_deal", "rate": "0.05"}
    door.plan("main", [base, registered], currency="EUR", days=(MAY, None))
    days = ("2026-05-10", "2026-05-12")
    door.sell([sale(day, day, "60000.00", "P2", customer="ACME") for day in days])
    door.settle(MAY)
    got = sums(door, MAY, "occurred_on", "partner")
    for day, partner, amount in (
        ("2026-05-10", "P2", "6000.00"),
        ("2026-05-10", "P1", "3000.00"),
        ("2026-05-12", "P2", "9000.00"),
        ("2026-05-12", "P1", "0.00"),
    ):
        yield Number(f"S7 sold on {day}, {partner}", amount, format_plain(got[day, partner], "EUR"))


def _read(door: Door, deal_id: str) -> dict[str, Any]:
    answer = door.client.get(f"/api/v1/deals/{deal_id}", headers=door.headers)
    told: dict[str, Any] = answer.json()
    return told
