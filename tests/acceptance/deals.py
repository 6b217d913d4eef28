"""S7, the protected deal, through the public door: registrations, decisions and an extension at their own moments.

Promise: everything goes through the API with the clock put to the moment of the story; called by the acceptance
command and its test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from partners.deals.deadlines import settle_due
from prm.accounts.actor import system_actor
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number
from tests.acceptance.door import Door, open_door


def _at(month: int, day: int, *clock: int) -> datetime:
    hour, minute, second = clock or (12, 0, 0)
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def _send(door: Door, moment: datetime, path: str, body: dict[str, Any]) -> Any:
    with patch.object(timezone, "now", lambda: moment):
        return door.send(path, body)


def _claim(partner: str, customer: str, **more: Any) -> dict[str, Any]:
    return {
        "partner": partner,
        "customer": customer,
        "tax_id": "7707083893",
        "line": "software",
        "amount": "60000.00",
        "currency": "EUR",
        "closes_on": "2026-06-01",
        **more,
    }


def protected_deal() -> Iterator[Number]:
    """P1 first; P2 queued and approved on condition; an extension; a third on the last evening; P2's turn."""
    door = open_door("case-s7", currency="EUR", first_period_on=date(2026, 1, 1))
    with patch.object(timezone, "now", lambda: _at(1, 1)):
        rows = [{"code": code, "name": code, "joined_on": "2026-01-01"} for code in ("P1", "P2", "P3")]
        door.load("partners:batch", "partners", rows)
        door.load(
            "product-categories:batch", "product_categories", [{"code": "software", "name": "Software"}]
        )
    first = _send(door, _at(1, 10), "deals", _claim("P1", "Acme")).json()
    approved = _send(door, _at(1, 12), f"deals/{first['id']}:approve", {}).json()
    yield Number("S7 P1 protected from", "2026-01-12", approved["protected_from"])
    yield Number("S7 P1 protected until", "2026-04-12", approved["protected_until"])
    refused = _send(door, _at(2, 20), "deals", _claim("P2", "ACME Gmbh"))
    yield Number("S7 P2 without the queue", "409", str(refused.status_code))
    second = _send(door, _at(2, 20), "deals", _claim("P2", "ACME Gmbh", join_queue=True)).json()
    yield Number("S7 P2's place", "2", str(second["place"]))
    queued = _send(door, _at(2, 21), f"deals/{second['id']}:approve", {}).json()
    yield Number("S7 P2 on condition", "queued", queued["state"])
    extended = _send(door, _at(4, 5), f"deals/{first['id']}:extend", {"days": 30}).json()
    yield Number("S7 P1 extended until", "2026-05-12", extended["protected_until"])
    evening = _at(5, 11, 23, 59, 59)
    third = _send(door, evening, "deals", _claim("P3", "Acme", join_queue=True)).json()
    yield Number("S7 the third's place", "3", str(third["place"]))
    with tenant_context(door.tenant.id):
        settle_due(actor=system_actor(door.tenant.id), today=date(2026, 5, 13), at=_at(5, 13))
    turn = _read(door, second["id"])
    yield Number("S7 P2 protected from", "2026-05-12", turn["protected_from"])
    yield Number("S7 P1 afterwards", "expired", _read(door, first["id"])["state"])
    yield Number("S7 the third still waits", "submitted", _read(door, third["id"])["state"])


def _read(door: Door, deal_id: str) -> dict[str, Any]:
    answer = door.client.get(f"/api/v1/deals/{deal_id}", headers=door.headers)
    told: dict[str, Any] = answer.json()
    return told
