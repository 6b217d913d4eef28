"""Amounts from text and back."""

import pytest

from prm.kit.money import (
    AmountInvalid,
    CurrencyMismatch,
    CurrencyUnknown,
    Money,
    exponent_of,
    format_plain,
    parse_amount,
    parse_human_amount,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234.50", "EUR", 123450),
        ("1234.5", "EUR", 123450),
        ("-0.01", "USD", -1),
        ("1234567", "JPY", 1234567),
        ("1000.125", "KWD", 1000125),
        ("0", "KWD", 0),
    ],
)
def test_plain(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("1.234", "EUR", "amount_precision"),
        ("1.230", "EUR", "amount_precision"),
        ("1.0", "JPY", "amount_precision"),
        ("1e3", "EUR", "amount_format"),
        ("", "EUR", "amount_format"),
        (".5", "EUR", "amount_format"),
        ("１２", "EUR", "amount_format"),
        ("NaN", "EUR", "amount_format"),
        ("1,5", "EUR", "amount_format"),
        ("99999999999999999999", "EUR", "amount_range"),
    ],
)
def test_plain_refused(text: str, currency: str, code: str) -> None:
    with pytest.raises(AmountInvalid) as caught:
        parse_amount(text, currency)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1 234,5", 123450),
        ("1234.5", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234\u202f567,89", 123456789),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1'234.50", 123450),
        ("1,234,567", 123456700),
        ("1.234.567", 123456700),
        ("0,5", 50),
        ("−3", -300),
    ],
)
def test_human(text: str, minor: int) -> None:
    assert parse_human_amount(text, "EUR") == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,234", "amount_ambiguous"),
        ("1.234", "amount_ambiguous"),
        ("12,34,567", "amount_format"),
        ("1.2.3,4", "amount_format"),
        ("1,2.3.4", "amount_format"),
        ("0,125", "amount_precision"),
        ("ten", "amount_format"),
    ],
)
def test_human_refused(text: str, code: str) -> None:
    with pytest.raises(AmountInvalid) as caught:
        parse_human_amount(text, "EUR")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "EUR", "1234.50"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (7, "JPY", "7"),
        (50006, "KWD", "50.006"),
    ],
)
def test_format_reads_back(minor: int, currency: str, text: str) -> None:
    assert format_plain(minor, currency) == text
    assert parse_amount(text, currency) == minor


def test_exponents() -> None:
    assert [exponent_of(code) for code in ("JPY", "EUR", "RUB", "KWD")] == [0, 2, 2, 3]
    with pytest.raises(CurrencyUnknown):
        exponent_of("XXX")


def test_money_adds_its_own_currency_only() -> None:
    assert Money(100, "EUR") + Money(-30, "EUR") == Money(70, "EUR")
    assert -(Money(100, "EUR") - Money(30, "EUR")) == Money(-70, "EUR")
    assert str(Money.parse("12.30", "EUR")) == "12.30"
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(TypeError):
        Money(1.0, "EUR")  # type: ignore[arg-type]
