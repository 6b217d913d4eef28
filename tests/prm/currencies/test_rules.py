"""What a rate must be, and how old it may be."""

from datetime import date
from decimal import Decimal

import pytest

from prm.currencies.rules import oldest_usable_day, rate_faults

TODAY = date(2026, 4, 1)


def test_a_rate_is_usable_for_seven_days():
    assert oldest_usable_day(date(2026, 4, 8)) == TODAY


@pytest.mark.parametrize(
    ("rate", "faults"),
    [
        (("EUR", "USD", TODAY, "1.0835"), {}),
        (("EUR", "USD", date(2026, 4, 8), "1.0835000000"), {}),
        (("EUR", "EUR", TODAY, "1"), {"quote": "currencies_equal"}),
        (("EUR", "XXX", TODAY, "1"), {"quote": "currency_unknown"}),
        (("eur", "USD", TODAY, "1"), {"base": "currency_unknown"}),
        (("EUR", "USD", TODAY, "0"), {"rate": "rate_not_positive"}),
        (("EUR", "USD", TODAY, "NaN"), {"rate": "rate_not_positive"}),
        (("EUR", "USD", TODAY, "0.00000000001"), {"rate": "rate_precision"}),
        (("EUR", "USD", TODAY, "10000000000"), {"rate": "rate_range"}),
        (("EUR", "USD", date(2026, 4, 9), "1"), {"published_on": "day_too_far_ahead"}),
    ],
)
def test_faults_are_named_by_field(rate, faults):
    base, quote, day, number = rate
    assert rate_faults(base, quote, day, Decimal(number), TODAY) == faults
