"""Publishing exchange rates.

Promise: a row is added, never changed; a correction is a later row for the same day; the same rate again adds nothing.
Called by: currencies interfaces and the import of rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.currencies.models import ExchangeRate
from prm.currencies.rules import rate_faults
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

FAULT_TEXTS = {
    "currency_unknown": _("This is not a currency code in use."),
    "currencies_equal": _("Choose two different currencies."),
    "rate_not_positive": _("A rate is greater than zero."),
    "rate_precision": _("A rate has at most 10 decimal places."),
    "rate_range": _("The rate is too large."),
    "day_too_far_ahead": _("The day lies more than 7 days ahead."),
}


class RateInvalid(Exception):
    """The rate cannot be published; `faults` names each field with its code."""

    code = "rate_invalid"
    status = 422

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in faults.items()))
        self.faults = faults


@dataclass(frozen=True)
class PublishedRate:
    """What one publication says: one unit of `base` is `rate` units of `quote` on the day."""

    base: str
    quote: str
    published_on: date
    rate: Decimal
    source: str = "manual"

    @property
    def key(self) -> tuple[str, str, date]:
        return (self.base, self.quote, self.published_on)


def publish_rate(*, actor: Actor, rate: PublishedRate, at: datetime) -> tuple[ExchangeRate, bool]:
    """Publish one rate; the second value says whether a row was added (the same rate again adds none)."""
    return publish_rates(actor=actor, rates=[rate], at=at)[0]


def publish_rates(
    *, actor: Actor, rates: Sequence[PublishedRate], at: datetime
) -> list[tuple[ExchangeRate, bool]]:
    """Publish several in their order, all or none. Raises `RateInvalid` for the first that cannot stand."""
    today = at.astimezone(current_tenant().zone).date()
    for rate in rates:
        faults = rate_faults(rate.base, rate.quote, rate.published_on, rate.rate, today)
        if faults:
            raise RateInvalid(faults)
    standing = _rows_in_force(rates)
    results = []
    for rate in rates:
        row = standing.get(rate.key)
        added = row is None or row.rate != rate.rate
        if added:
            row = standing[rate.key] = _add(actor=actor, rate=rate, corrected=row, at=at)
        assert row is not None
        results.append((row, added))
    return results


def _rows_in_force(rates: Sequence[PublishedRate]) -> dict[tuple[str, str, date], ExchangeRate]:
    if not rates:
        return {}
    wanted = Q()
    for base, quote in {(rate.base, rate.quote) for rate in rates}:
        days = {rate.published_on for rate in rates if (rate.base, rate.quote) == (base, quote)}
        wanted |= Q(base=base, quote=quote, published_on__in=days)
    rows = (
        ExchangeRate.objects.filter(wanted)
        .order_by("base", "quote", "published_on", "-id")
        .distinct("base", "quote", "published_on")
    )
    return {(row.base, row.quote, row.published_on): row for row in rows}


def _add(*, actor: Actor, rate: PublishedRate, corrected: ExchangeRate | None, at: datetime) -> ExchangeRate:
    row = ExchangeRate.objects.create(
        base=rate.base,
        quote=rate.quote,
        published_on=rate.published_on,
        rate=rate.rate,
        source=rate.source or "manual",
        recorded_at=at,
    )
    record(
        actor=actor,
        action="rate.corrected" if corrected else "rate.published",
        subject=row,
        at=at,
        before={"rate": corrected.rate} if corrected else None,
        after={"rate": rate.rate, "source": row.source},
    )
    emit(
        "rate.published",
        rate_id=row.id,
        base=row.base,
        quote=row.quote,
        published_on=row.published_on.isoformat(),
    )
    return row
