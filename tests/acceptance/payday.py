"""A vendor that pays: finance, a partner with bank details, and payout runs from the closed month to the bank's file.

Promise: everything goes through the pages; bank details rest their 72 hours by the clock alone. Called by the
acceptance cases whose numbers are paid."""

import re
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any
from unittest import mock

from django.core import mail
from django.utils import timezone

from tests.acceptance.door import Door, join, now, open_door
from tests.support.cast import PASSWORD
from tests.support.messages import work_off
from tests.support.visitor import Visitor

LONG_ENOUGH = timedelta(days=4)  # bank details count 72 hours after they were confirmed


def paying_door(slug: str, first_period_on: date, opened_at: datetime | None = None) -> tuple[Door, Visitor]:
    """The vendor, with a product and partner A, which has told its account; and its person of finance."""
    with clock_from(opened_at or now() - LONG_ENOUGH):
        door = open_door(slug, currency="EUR", first_period_on=first_period_on)
        door.load("partners:batch", "partners", [{"code": "A", "name": "Partner A"}])
        door.load("products:batch", "products", [{"code": "P", "name": "Product"}])
        finance = _invited(door, f"finance@{slug}.example", role="finance")
        _bank_details(door, finance)
    return door, finance


def clock_from(moment: datetime) -> AbstractContextManager[object]:
    """The clock begins at the moment and goes on from there."""
    ahead = moment - now()

    def told() -> datetime:
        return now() + ahead

    return mock.patch.object(timezone, "now", told)


def log_in(door: Door, finance: Visitor) -> None:
    """Once more, where days have passed."""
    for person, name in ((door.author, "author"), (door.publisher, "publisher"), (finance, "finance")):
        person.submit("/account/login/", login=f"{name}@{door.tenant.slug}.example", password=PASSWORD)


def _invited(door: Door, email: str, **told: str) -> Visitor:
    letters = len(mail.outbox)
    door.author.submit(door.address("members/invite/"), email=email, **told)
    return join(str(mail.outbox[letters].body), email.partition("@")[0].title())


def _bank_details(door: Door, finance: Visitor) -> None:
    """Told by the partner's own person, confirmed by the vendor's finance."""
    page = door.author.open(door.address("members/invite/"))
    found = re.search(r'<option value="([0-9a-f-]{36})"', page.text)
    assert found is not None, page.text
    told = {"role": "partner_admin", "partner_id": found[1], "sees_money": "on"}
    partner = _invited(door, f"paul@partner-of-{door.tenant.slug}.example", **told)
    partner.submit(
        f"/{door.tenant.slug}/p/bank/", currency="EUR", holder="Partner A", account="DE89370400440532013000",
        bank_code="COBADEFF", city="Berlin", country="DE",
    )  # fmt: skip
    waiting = finance.open(door.address("bank/"))
    account = re.search(rf"{door.address('bank/')}[0-9a-f-]{{36}}/", waiting.text)
    assert account is not None, waiting.text
    confirmed = finance.submit(account[0], to="/confirm/")
    assert "Confirmed" in confirmed.text, confirmed.text


def pay(door: Door, finance: Visitor, period_on: date, **asked: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The payout run up to a closed month, approved and written for the bank if it pays: the run, and A's part."""
    told = {"period": period_on.isoformat(), "currency": "EUR", **asked}
    page = door.author.submit(door.address("payouts/new/"), **told)
    work_off(door.tenant.id)
    run = page.path.rstrip("/").rpartition("/")[2]
    item = _part_of_a(door, run)
    if item["state"] == "reserved":
        door.author.submit(page.path, to="/submit/", total=item["amount"])
        finance.submit(page.path, to="/approve/", total=item["amount"])
        finance.submit(page.path, to="/export/")
        work_off(door.tenant.id)
    return door.read(f"payouts/{run}"), _part_of_a(door, run)


def _part_of_a(door: Door, run: str) -> dict[str, Any]:
    parts = door.read(f"payouts/{run}/items")["data"]
    (item,) = [part for part in parts if part["partner_code"] == "A"]
    found: dict[str, Any] = item
    return found
