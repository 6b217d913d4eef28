"""What a claim is on, when the vendor must have decided, and when a protection is about to end.

Pure; called by deals actions, queries and forms."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from partners.customers.rules import CustomerKeys, customer_keys
from prm.kit.domains import PUBLIC_DOMAINS, plain_domain

__all__ = ["PUBLIC_DOMAINS", "Claim", "Terms", "claim_of", "keys_of", "plain_domain"]

REMINDER_DAYS = (14, 7, 1)
ANSWER_REMINDER_DAYS = 3
SATURDAY = 5
STAGE_CHANCES = {
    "qualified": Decimal("0.20"),
    "proposal": Decimal("0.50"),
    "negotiation": Decimal("0.80"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The vendor's clock and what it gives: days of protection and of an extension, working hours to decide, days for a
    partner to answer a question."""

    protection_days: int = 90
    extension_days: int = 30
    decision_hours: int = 48
    answer_days: int = 14


@dataclass(frozen=True, slots=True)
class Claim:
    """What two registrations are compared by; `basis` says which of the three it is."""

    key: str
    basis: str


def claim_of(customer: str, tax_id: str, domain: str) -> Claim:
    """The tax id; else the domain of the company's own; else the folded name."""
    keys = customer_keys(customer, tax_id, domain)
    if keys.tax:
        return Claim(keys.tax, "tax_id")
    if keys.web:
        return Claim(keys.web, "domain")
    return Claim(keys.name, "name")


def keys_of(customer: str, tax_id: str, domain: str) -> CustomerKeys:
    """Everything that is known of the claimed company, whatever decides."""
    return customer_keys(customer, tax_id, domain)


def decide_by(submitted_at: datetime, hours: int) -> datetime:
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


def last_protected(ends_on: date) -> date:
    """What people are told of days that end before `ends_on`: the last one that is protected."""
    return ends_on - timedelta(days=1)


def due_reminder(ends_on: date, today: date) -> int | None:
    """The nearest of 14, 7 and 1 days that is reached; None before, and once the protection is over."""
    left = (ends_on - today).days
    return min((days for days in REMINDER_DAYS if left <= days), default=None) if left > 0 else None


def weighted(amount_minor: int, stage: str) -> int:
    """What open deals are worth by the chance of their stage, to the minor unit."""
    return int((amount_minor * STAGE_CHANCES.get(stage, Decimal(0))).quantize(Decimal(1)))
