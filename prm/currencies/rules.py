"""Which published rate counts on a day, and what a rate must be.

Pure; called by currencies actions and queries."""

from datetime import date, timedelta
from decimal import Decimal

from prm.kit.currencies import is_currency

OLDEST_RATE = timedelta(days=7)
FURTHEST_AHEAD = timedelta(days=7)  # a central bank publishes tomorrow's rate today
RATE_PLACES = 10
WHOLE_DIGITS = 10


def oldest_usable_day(day: date) -> date:
    """The earliest publication that still counts on `day`."""
    return day - OLDEST_RATE


def rate_faults(base: str, quote: str, published_on: date, rate: Decimal, today: date) -> dict[str, str]:
    """What is wrong with a rate: field → code; empty when it can be published."""
    faults = {
        field: "currency_unknown"
        for field, code in (("base", base), ("quote", quote))
        if not is_currency(code)
    }
    if base == quote:
        faults.setdefault("quote", "currencies_equal")
    if not rate.is_finite() or rate <= 0:
        faults["rate"] = "rate_not_positive"
    elif _too_fine(rate):
        faults["rate"] = "rate_precision"
    elif rate >= Decimal(10) ** WHOLE_DIGITS:
        faults["rate"] = "rate_range"
    if published_on > today + FURTHEST_AHEAD:
        faults["published_on"] = "day_too_far_ahead"
    return faults


def _too_fine(rate: Decimal) -> bool:
    exponent = rate.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < -RATE_PLACES
