"""Files of exchange rates."""

from datetime import date
from decimal import Decimal

import pytest

from prm.currencies.models import ExchangeRate
from prm.imports.kinds import ImportScope, ParsedRow
from prm.imports.rates import RATES
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast

ROW = {
    "base": "EUR",
    "quote": "USD",
    "published_on": date(2026, 3, 31),
    "rate": Decimal("1.0835"),
    "source": None,
}


@pytest.fixture
def take(cast: Cast):
    with tenant_context(cast.acme.id):

        def apply(*rows: dict):
            scope = ImportScope(cast.felix.actor, NOW, uuid7(), "ecb-file")
            return RATES.apply(scope, [ParsedRow(n, {**ROW, **row}) for n, row in enumerate(rows, 2)])

        yield apply


def test_rows_are_published_and_repeated_ones_left(take):
    assert [row.effect for row in take({}, {"quote": "GBP", "rate": Decimal("0.85")})] == [
        "created",
        "created",
    ]
    assert [row.effect for row in take({}, {"rate": Decimal("1.09")})] == ["unchanged", "created"]
    assert list(ExchangeRate.objects.order_by("id").values_list("quote", "rate", "source")) == [
        ("USD", Decimal("1.0835"), "ecb-file"),
        ("GBP", Decimal("0.85"), "ecb-file"),
        ("USD", Decimal("1.09"), "ecb-file"),
    ]


def test_fault_names_its_column(take):
    results = take({"quote": "EUR"}, {"published_on": date(2030, 1, 1)}, {})
    assert [[(e.column, e.code) for e in row.errors] for row in results] == [
        [("quote", "currencies_equal")],
        [("published_on", "day_too_far_ahead")],
        [],
    ]
    assert ExchangeRate.objects.count() == 1


def test_same_pair_and_day_in_other_case_is_one_record():
    assert RATES.identity_of(
        {"base": "eur", "quote": "USD", "published_on": "2026-03-31"}
    ) == RATES.identity_of({"base": "EUR", "quote": "usd", "published_on": "2026-03-31"})
