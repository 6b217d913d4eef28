"""Cells as people write them: read exactly, or refused with a code."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from prm.imports import cells
from prm.imports.cells import CellInvalid
from prm.imports.kinds import Parser, Reading, Style


def read(parser: Parser, cell: str, *, style: str = "auto", **row: str) -> Any:
    return parser(cell, Reading(row, Style(style)))


AMOUNT = cells.amount("currency")


@pytest.mark.parametrize(
    ("parser", "cell", "value"),
    [
        (cells.text(5), " Ёлка ", "Ёлка"),
        (cells.day(), "31.12.2026", date(2026, 12, 31)),
        (cells.day(), "2026-12-31", date(2026, 12, 31)),
        (cells.day(), "2026-12-31 00:00:00", date(2026, 12, 31)),
        (cells.decimal(places=2), "1 234,5", Decimal("1234.5")),
        (cells.decimal(places=2), "0.25", Decimal("0.25")),
        (cells.whole(), "1 000", 1000),
        (cells.flag(), "Да", True),
        (cells.flag(), "no", False),
        (cells.choice({"sale": ("продажа",)}), "Продажа", "sale"),
        (cells.currency(), "eur", "EUR"),
        (cells.country(), "de", "DE"),
    ],
)
def test_what_is_meant_is_read(parser: Parser, cell: str, value: Any) -> None:
    assert read(parser, cell) == value


@pytest.mark.parametrize(
    ("cell", "currency", "minor"),
    [
        ("1 234,50", "EUR", 123450),
        ("1,234.50", "EUR", 123450),
        ("1234.5", "usd", 123450),
        ("1234567", "JPY", 1234567),
        ("1,25", "KWD", 1250),
    ],
)
def test_amounts_are_minor_units_of_their_rows_currency(cell: str, currency: str, minor: int) -> None:
    assert read(AMOUNT, cell, currency=currency) == minor


def test_a_style_settles_what_could_mean_two_amounts() -> None:
    with pytest.raises(CellInvalid) as doubt:
        read(AMOUNT, "1.234", currency="EUR")
    assert doubt.value.code == "amount_ambiguous"
    assert read(AMOUNT, "1.234", style=",", currency="EUR") == 123400
    assert read(AMOUNT, "1,234", style=".", currency="EUR") == 123400
    assert read(AMOUNT, "12,34", style=",", currency="EUR") == 1234


@pytest.mark.parametrize(
    ("parser", "cell", "code"),
    [
        (cells.text(3), "four", "text_long"),
        (cells.text(9), "a\tb", "text_characters"),
        (cells.day(), "12/31/2026", "day_format"),
        (cells.day(), "31.02.2026", "day_format"),
        (cells.day(), "01.01.1700", "day_range"),
        (cells.decimal(places=2), "1.255", "number_places"),
        (cells.decimal(places=2), "abc", "number_format"),
        (cells.decimal(places=2), "-1", "number_negative"),
        (cells.decimal(places=2, digits=4), "100", "number_range"),
        (cells.whole(), "1.5", "whole_format"),
        (cells.flag(), "maybe", "flag_format"),
        (cells.choice({"sale": ()}), "gift", "choice_unknown"),
        (cells.currency(), "ZZZ", "currency_unknown"),
        (cells.country(), "Germany", "country_format"),
    ],
)
def test_what_is_not_meant_is_refused(parser: Parser, cell: str, code: str) -> None:
    with pytest.raises(CellInvalid) as refused:
        read(parser, cell)
    assert refused.value.code == code
    assert str(cells.FAULT_TEXTS[code]) % refused.value.params


@pytest.mark.parametrize(
    ("cell", "currency", "code"),
    [
        ("1.255", "USD", "amount_ambiguous"),
        ("1.5", "JPY", "amount_precision"),
        ("-1.00", "EUR", "amount_negative"),
    ],
)
def test_amounts_that_do_not_fit_are_refused(cell: str, currency: str, code: str) -> None:
    with pytest.raises(CellInvalid) as refused:
        read(AMOUNT, cell, currency=currency)
    assert refused.value.code == code


def test_without_its_currency_an_amount_says_nothing() -> None:
    assert read(AMOUNT, "12", currency="") is None
