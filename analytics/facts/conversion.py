"""What amounts of a month are worth in the programme currency: by the rate of the month's last day.

Promise: what has no rate is named, never guessed; sums stay exact until they are rounded once. Called by
analytics.facts."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from analytics.facts.models import DaySales
from analytics.facts.rules import Span
from prm.currencies.queries import last_rates_of_months
from prm.kit.currencies import exponent_of
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant


def conversion_factors(span: Span) -> tuple[list[dict[str, str]], list[str]]:
    """For statements: what a minor unit of each currency sold in is worth in each month; and what has no rate."""
    rows = DaySales.objects.filter(sold_on__gte=span.starts_on, sold_on__lt=span.ends_on)
    currencies = set(rows.order_by().values_list("currency", flat=True).distinct())
    worth, missing = worth_of(currencies, span, own=current_tenant().currency)
    factors = [
        {"month_on": month_on.isoformat(), "currency": currency, "factor": factor}
        for (month_on, currency), factor in worth.items()
    ]
    return factors, missing


def worth_of(currencies: set[str], span: Span, *, own: str) -> tuple[dict[tuple[date, str], str], list[str]]:
    """In `own`, by month and currency, as a decimal; and the currencies that lack a rate in some month of the span."""
    others = sorted(currencies - {own})
    worth = {(month_on, own): "1" for month_on in span.months()} if own in currencies else {}
    if not others:
        return worth, []
    until = Period.of(span.months()[-1]).ends_on
    rates = last_rates_of_months(others, own, span.starts_on, until)
    missing = set()
    for month_on in span.months():
        for other in others:
            rate = rates.get((other, month_on))
            if rate is None:
                missing.add(other)
                continue
            shift = exponent_of(own) - exponent_of(other)
            worth[month_on, other] = f"{rate.rate.scaleb(shift):f}"
    return worth, sorted(missing)


def converted(amounts: Iterable[tuple[date, str, int]], worth: dict[tuple[date, str], str]) -> Fraction:
    """The exact sum of amounts of months and currencies; those without a rate are left out."""
    parts = [
        Fraction(worth[month_on, currency]) * amount
        for month_on, currency, amount in amounts
        if (month_on, currency) in worth
    ]
    return sum(parts, Fraction(0))
