"""S8, marketing funds, through the public door: a budget, two requests and three claims at the pages of both sides.

Promise: amounts are read from the API; the deadline is the night's own work with its clock. Called by the acceptance
command and its test."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from incentives.funds.deadlines import expire_requests
from incentives.ledger.proof import prove_books
from prm.accounts.actor import system_actor
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from tests.acceptance.cases import Number
from tests.acceptance.door import Door, join, now, open_door
from tests.support.visitor import Page, Visitor

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def marketing_funds() -> Iterator[Number]:
    """8,000.00 at half: committed, claimed twice, cut by what is left; the rest asked for again and released."""
    until = now().date() + timedelta(days=60)
    door, partner = funds_door("case-s8", until)
    first = _asked(door, partner, "12000.00")
    yield Number("S8 R1 committed", "6000.00", _request(door, first)["committed"])
    claim = _claimed(door, partner, first, "7400.00", "8880.00")
    yield Number("S8 first claim", "3700.00", claim["paid"])
    claim = _claimed(door, partner, first, "6000.00", "6000.00")
    yield Number("S8 second claim, computed", "3000.00", claim["computed"])
    yield Number("S8 second claim, paid", "2300.00", claim["paid"])
    yield Number("S8 second claim, refused", "700.00", claim["refused"])
    second = _asked(door, partner, "7000.00")
    yield Number("S8 R2 asked for", "3500.00", _request(door, second)["asked"])
    yield Number("S8 R2 committed", "2000.00", _request(door, second)["committed"])
    yield Number("S8 third claim", "1500.00", _claimed(door, partner, second, "3000.00", "3000.00")["paid"])
    with tenant_context(door.tenant.id):
        night = datetime.combine(until + timedelta(days=1), time(3), ZoneInfo("UTC"))
        expire_requests(actor=system_actor(door.tenant.id), at=night)
        broken = [verdict.promise for verdict in prove_books() if not verdict.holds]
    yield Number("S8 released at the deadline", "500.00", _request(door, second)["released"])
    yield Number("S8 the books hold", "[]", str(broken))


def funds_door(slug: str, until: date) -> tuple[Door, Visitor]:
    """A vendor that has allocated 8,000.00 at half until that day, and the partner's person."""
    today = now().date()
    door = open_door(slug, currency="EUR", first_period_on=Period.of(today).starts_on)
    door.load("partners:batch", "partners", [{"code": "P1", "name": "P1", "joined_on": today.isoformat()}])
    partner = _partners_person(door)
    _allocated(door, until)
    return door, partner


def _partners_person(door: Door) -> Visitor:
    """The partner's first person, invited by the vendor's admin."""
    page = door.author.open(door.address("members/invite/"))
    found = re.search(r'<option value="([0-9a-f-]{36})"', page.text)
    assert found is not None, page.text
    letters = len(mail.outbox)
    invited = {
        "email": f"paul@partner-of-{door.tenant.slug}.example",
        "role": "partner_admin",
        "partner_id": found[1],
        "sees_money": "on",
    }
    door.author.submit(page, **invited)
    return join(str(mail.outbox[letters].body), "Paul")


def _allocated(door: Door, until: date) -> None:
    today = now().date().isoformat()
    page = door.author.submit(
        door.address("funds/new/"), name="Events", amount="20000", share_percent="50", starts_on=today,
        ends_on=until.isoformat(), claims_until=until.isoformat(), second_above="10000",
    )  # fmt: skip
    form = door.author.open(page.path + "allocate/")
    found = re.search(r'<option value="([0-9a-f-]{36})"', form.text)
    assert found is not None, form.text
    door.author.submit(form, partner=found[1], amount="8000")


def _asked(door: Door, partner: Visitor, planned: str) -> str:
    """A request of this net cost, approved with what the page offers; answers its id."""
    key = ask(door, partner, planned)
    door.publisher.submit(request_page(door, key), to="decide/", verb="approve")
    return key


def request_page(door: Door, key: str) -> str:
    return door.address(f"funds/requests/{key}/")


def ask(door: Door, partner: Visitor, planned: str) -> str:
    """A request of this net cost, for the vendor to decide; answers its id."""
    (part,) = door.read("funds-allocations")["data"]
    today = now().date().isoformat()
    page = partner.submit(
        f"/{door.tenant.slug}/p/funds/{part['id']}/ask/", activity="Seminar", purpose="Leads",
        starts_on=today, ends_on=today, planned=planned,
    )  # fmt: skip
    return _last_id(page)


def _claimed(door: Door, partner: Visitor, request: str, net: str, gross: str) -> dict[str, Any]:
    """One invoice, handed over and approved as the page shows it."""
    page = partner.submit(f"/{door.tenant.slug}/p/funds/requests/{request}/", to="/claim/")
    today = now().date().isoformat()
    filled = partner.submit(
        page, description="Hall", supplier="Hotel", invoice_number=f"{request}-{net}", invoiced_on=today,
        net=net, gross=gross, file=SimpleUploadedFile("r.pdf", PDF, content_type="application/pdf"),
    )  # fmt: skip
    partner.submit(filled, to="/send/", verb="submit")
    key = _last_id(page)
    door.publisher.submit(door.address(f"funds/claims/{key}/"), to="decide/", verb="approve")
    found: dict[str, Any] = door.read(f"funds-claims/{key}")
    return found


def _request(door: Door, key: str) -> dict[str, Any]:
    found: dict[str, Any] = door.read(f"funds-requests/{key}")
    return found


def _last_id(page: Page) -> str:
    return page.path.rstrip("/").rsplit("/", maxsplit=1)[-1]
