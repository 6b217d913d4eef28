"""S4, the clawback chain, through the public door: paid, taken back, carried forward, paid again.

Promise: amounts are read from the payout runs of the API; bank details rest their 72 hours by the clock alone. Called
by the acceptance command and its test."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from unittest import mock

from django.core import mail
from django.utils import timezone

from prm.kit.periods import Period
from tests.acceptance.cases import Number, sale
from tests.acceptance.door import Door, join, now, open_door
from tests.acceptance.stories import refund
from tests.support.cast import PASSWORD
from tests.support.messages import work_off
from tests.support.visitor import Visitor

MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))
LONG_ENOUGH = timedelta(days=4)  # bank details count 72 hours after they were confirmed


def clawback() -> Iterator[Number]:
    """12,000.00 at 10 % paid in March, then returned in two parts while little is earned."""
    with _earlier():
        door = open_door("case-s4", currency="EUR", first_period_on=MARCH)
        door.load("partners:batch", "partners", [{"code": "A", "name": "Partner A"}])
        door.load("products:batch", "products", [{"code": "P", "name": "Product"}])
        finance = _invited(door, "finance@case-s4.example", role="finance")
        _bank_details(door, finance)
    for person, email in ((door.author, "author"), (door.publisher, "publisher"), (finance, "finance")):
        person.submit("/account/login/", login=f"{email}@case-s4.example", password=PASSWORD)
    rate = [{"id": "base", "type": "rate", "rate": "0.1"}]
    door.plan("main", rate, currency="EUR", days=(MARCH, None), minimum_payout="50.00")
    door.sell([sale("march", "2026-03-10", "12000.00", "A")])
    yield from _month(door, finance, MARCH, "1200.00", "1200.00")
    door.sell(
        [
            sale("april", "2026-04-05", "3200.00", "A"),
            refund("back", "2026-04-09", "5000.00", "march", "A"),
        ]
    )
    yield from _month(door, finance, APRIL, "-180.00", "0.00")
    door.sell(
        [sale("may", "2026-05-05", "9000.00", "A"), refund("rest", "2026-05-09", "7000.00", "march", "A")]
    )
    yield from _month(door, finance, MAY, "20.00", "0.00")
    door.sell(
        [sale("june", "2026-06-05", "400.00", "A"), refund("rest", "2026-05-09", "7000.00", "march", "A")]
    )
    yield from _month(door, finance, JUNE, "60.00", "60.00")


def _earlier() -> AbstractContextManager[object]:
    return mock.patch.object(timezone, "now", _some_days_ago)


def _some_days_ago() -> datetime:
    return now() - LONG_ENOUGH


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
    partner = _invited(door, "paul@a.example", **told)
    partner.submit(
        f"/{door.tenant.slug}/p/bank/", currency="EUR", holder="Partner A", account="DE89370400440532013000",
        bank_code="COBADEFF", city="Berlin", country="DE",
    )  # fmt: skip
    waiting = finance.open(door.address("bank/"))
    account = re.search(rf"{door.address('bank/')}[0-9a-f-]{{36}}/", waiting.text)
    assert account is not None, waiting.text
    confirmed = finance.submit(account[0], to="/confirm/")
    assert "Confirmed" in confirmed.text, confirmed.text


def _month(door: Door, finance: Visitor, period_on: date, balance: str, paid: str) -> Iterator[Number]:
    """Close the month and make its payout run; one that pays is approved and written for the bank."""
    door.settle(period_on)
    asked = {"period": period_on.isoformat(), "currency": "EUR"}
    page = door.author.submit(door.address("payouts/new/"), **asked)
    work_off(door.tenant.id)
    run = page.path.rstrip("/").rpartition("/")[2]
    (item,) = door.read(f"payouts/{run}/items")["data"]
    if item["state"] == "reserved":
        door.author.submit(page.path, to="/submit/", total=item["amount"])
        finance.submit(page.path, to="/approve/", total=item["amount"])
        finance.submit(page.path, to="/export/")
        work_off(door.tenant.id)
        (item,) = door.read(f"payouts/{run}/items")["data"]
    month = Period.of(period_on)
    yield Number(f"S4 {month}, balance", balance, item["gross"])
    yield Number(f"S4 {month}, paid", paid, item["amount"] if item["state"] == "sent" else "0.00")
