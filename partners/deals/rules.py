"""What a claim is on, when the vendor must have decided, and when a protection is about to end.

Pure; called by deals actions, queries and forms."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

from partners.customers.rules import tax_key
from prm.kit.text import company_key

PROTECTION_DAYS, EXTENSION_DAYS, DECISION_HOURS = 90, 30, 48
REMINDER_DAYS = (14, 7, 1)
SATURDAY = 5
LONGEST_KEY = 300
_DOMAIN = re.compile(r"(?:[a-z0-9а-яё](?:[a-z0-9а-яё-]*[a-z0-9а-яё])?\.)+[a-zа-яё]{2,}")
# Addresses of everybody: they say nothing about the company.
PUBLIC_DOMAINS = frozenset(
    {
        "gmail.com",
        "mail.ru",
        "yandex.ru",
        "outlook.com",
        "hotmail.com",
        "icloud.com",
        "bk.ru",
        "inbox.ru",
        "ya.ru",
    }
)
STAGE_CHANCES = {
    "qualified": Decimal("0.20"),
    "proposal": Decimal("0.50"),
    "negotiation": Decimal("0.80"),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What two registrations are compared by; `basis` says which of the three it is."""

    key: str
    basis: str


def claim_of(customer: str, tax_id: str, domain: str) -> Claim:
    """The tax id; else the domain of the company's own; else the folded name."""
    number, own_domain = tax_key(tax_id), plain_domain(domain)
    if number:
        return Claim(f"tax:{number}"[:LONGEST_KEY], "tax_id")
    if own_domain and own_domain not in PUBLIC_DOMAINS:
        return Claim(f"web:{own_domain}"[:LONGEST_KEY], "domain")
    return Claim(f"name:{company_key(customer)}"[:LONGEST_KEY], "name")


def plain_domain(typed: str) -> str:
    """`https://www.Acme.de/shop` and `info@acme.de` are acme.de; "" for what is no domain."""
    text = typed.strip().casefold()
    if "@" in text:
        text = text.rsplit("@", 1)[1]
    host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    host = host.removeprefix("www.")
    return host if _DOMAIN.fullmatch(host) else ""


def decide_by(submitted_at: datetime, hours: int = DECISION_HOURS) -> datetime:
    """After so many hours of working days (Monday to Friday, all of their hours), in the zone of `submitted_at`."""
    moment, left = _on_a_working_day(submitted_at), timedelta(hours=hours)
    while True:
        midnight = _midnight_after(moment)
        if left <= midnight - moment:
            return moment + left
        left -= midnight - moment
        moment = _on_a_working_day(midnight)


def _on_a_working_day(moment: datetime) -> datetime:
    while moment.weekday() >= SATURDAY:
        moment = _midnight_after(moment)
    return moment


def _midnight_after(moment: datetime) -> datetime:
    return (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def protected_until(starts_on: date, days: int) -> date:
    """The first day that is not protected any more."""
    return starts_on + timedelta(days=days)


def due_reminder(ends_on: date, today: date) -> int | None:
    """The nearest of 14, 7 and 1 days that is reached; None before, and once the protection is over."""
    left = (ends_on - today).days
    return min((days for days in REMINDER_DAYS if left <= days), default=None) if left > 0 else None


def weighted(amount_minor: int, stage: str) -> int:
    """What an open deal is worth by the chance of its stage, to the minor unit."""
    return int((amount_minor * STAGE_CHANCES.get(stage, Decimal(0))).quantize(Decimal(1)))
