"""Reads of exchange rates: the rate of a day, those of the ends of months, and the published history.

Promise: the last recorded row of the latest day at most 7 days back, in the stored direction only; never a guess.
Called by: currencies interfaces, incentives, imports."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth
from django.shortcuts import get_object_or_404

from prm.currencies.models import ExchangeRate
from prm.currencies.rules import oldest_usable_day


def rate_on(base: str, quote: str, day: date) -> ExchangeRate | None:
    """The row that counts on `day`, or None: then nothing may be converted. Within one currency nobody asks."""
    if base == quote:
        raise ValueError(f"{base} needs no rate to itself")
    return (
        ExchangeRate.objects.filter(base=base, quote=quote, published_on__range=(oldest_usable_day(day), day))
        .order_by("-published_on", "-id")
        .first()
    )


def last_rates_of_months(
    bases: Iterable[str], quote: str, since: date, until: date
) -> dict[tuple[str, date], ExchangeRate]:
    """The row that counts on the last day of each month from one first of a month until another; of a running month the
    newest it has. By base and first of the month, in one query; months without any rate are absent."""
    rows = (
        ExchangeRate.objects.filter(
            base__in=set(bases), quote=quote, published_on__gte=since, published_on__lt=until
        )
        .annotate(month_on=TruncMonth("published_on"))
        .order_by("base", "month_on", "-published_on", "-id")
        .distinct("base", "month_on")
    )
    return {(row.base, row.published_on.replace(day=1)): row for row in rows}


def list_rates(
    *, base: str = "", quote: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[ExchangeRate]:
    """Every published row, corrections included, of a pair and a span of days (both ends in)."""
    rows = ExchangeRate.objects.all()
    if base:
        rows = rows.filter(base=base)
    if quote:
        rows = rows.filter(quote=quote)
    if since:
        rows = rows.filter(published_on__gte=since)
    return rows.filter(published_on__lte=until) if until else rows


def list_latest_rates() -> list[ExchangeRate]:
    """The row in force of each pair ever published, however old."""
    return list(
        ExchangeRate.objects.order_by("base", "quote", "-published_on", "-id").distinct("base", "quote")
    )


def superseded_ids(rows: Iterable[ExchangeRate]) -> set[UUID]:
    """Of the given rows, those that a later row for the same pair and day corrected."""
    listed = list(rows)
    last = (
        ExchangeRate.objects.filter(
            base__in={row.base for row in listed},
            quote__in={row.quote for row in listed},
            published_on__in={row.published_on for row in listed},
        )
        .order_by("base", "quote", "published_on", "-id")
        .distinct("base", "quote", "published_on")
        .values_list("id", flat=True)
    )
    return {row.id for row in listed} - set(last)


def access_rate(rate_id: UUID) -> ExchangeRate:
    """The row by its id; a missing or foreign one answers 404."""
    return get_object_or_404(ExchangeRate, id=rate_id)
