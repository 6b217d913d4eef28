"""Parsers of cells: text of a file as people write it, read exactly or refused with a code.

Promise: nothing is guessed, rounded or cut; called by the columns of every ImportKind."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.imports.kinds import Parser, Reading, Text
from prm.kit.countries import is_country
from prm.kit.currencies import is_currency
from prm.kit.money import AmountInvalid, parse_human_amount

FAULT_TEXTS: dict[str, Text] = {
    "required": _("This cell must not be empty."),
    "text_long": _("At most %(limit)s characters fit here."),
    "text_characters": _("The text holds control characters."),
    "day_format": _("Write the day as 31.12.2026 or 2026-12-31."),
    "day_range": _("The day is outside the years 1900 to 2200."),
    "number_format": _("Write a number such as 12.5."),
    "number_places": _("At most %(places)s decimal places fit here."),
    "number_range": _("The number is too large."),
    "number_negative": _("The number may not be negative."),
    "whole_format": _("Write a whole number."),
    "choice_unknown": _("Not one of: %(known)s."),
    "flag_format": _("Write yes or no."),
    "currency_unknown": _("This is not a currency code in use."),
    "country_format": _("Write the country as two letters, such as DE."),
    "amount_format": _("Enter an amount such as 1234.50."),
    "amount_precision": _("%(currency)s has %(exponent)s decimal places; %(text)s has more."),
    "amount_ambiguous": _(
        "%(text)s can mean two amounts; write it with decimal places or without a separator."
    ),
    "amount_range": _("The amount is too large."),
    "amount_negative": _("The amount may not be negative."),
    "duplicate_in_file": _("The same record stands in the file more than once."),
    "not_applied": _("Another row was refused, so this one was not applied."),
}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’_]")
_YES = frozenset({"yes", "y", "true", "1", "да", "д", "истина", "+"})
_NO = frozenset({"no", "n", "false", "0", "нет", "н", "ложь", "-"})
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)


class CellInvalid(ValueError):
    """The text of a cell is not what its column holds."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def text(limit: int) -> Parser:
    """A line of text, NFC, without blanks around it."""

    def parse(cell: str, reading: Reading) -> str:
        value = unicodedata.normalize("NFC", cell.strip())
        if len(value) > limit:
            raise CellInvalid("text_long", limit=limit)
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
            raise CellInvalid("text_characters")
        return value

    return parse


def day() -> Parser:
    """`31.12.2026` or `2026-12-31`; a slash could mean two days and is refused."""

    def parse(cell: str, reading: Reading) -> date:
        iso, dotted = _ISO.fullmatch(cell), _DOTTED.fullmatch(cell)
        if iso is None and dotted is None:
            raise CellInvalid("day_format")
        parts = iso.groups() if iso else dotted.groups()[::-1]  # type: ignore[union-attr]
        try:
            value = date(*(int(part) for part in parts))
        except ValueError:
            raise CellInvalid("day_format") from None
        if not _EARLIEST <= value <= _LATEST:
            raise CellInvalid("day_range")
        return value

    return parse


def amount(currency_column: str, *, default: str = "", negative: bool = False) -> Parser:
    """Minor units in the currency that stands in another column of the row (or the default one)."""

    def parse(cell: str, reading: Reading) -> int | None:
        currency = reading.row.get(currency_column, "").strip().upper() or default
        if not is_currency(currency):
            return None  # the currency's own cell says so
        try:
            value = parse_human_amount(styled(cell, reading), currency)
        except AmountInvalid as fault:
            raise CellInvalid(fault.code, **fault.params) from None
        if value < 0 and not negative:
            raise CellInvalid("amount_negative")
        return value

    return parse


def decimal(*, places: int, digits: int = 18, negative: bool = False) -> Parser:
    """An exact number with decimal comma or point."""

    def parse(cell: str, reading: Reading) -> Decimal:
        compact = _BLANKS.sub("", styled(cell, reading)).replace("−", "-")
        if compact.count(",") == 1 and "." not in compact:
            compact = compact.replace(",", ".")
        if not _NUMBER.fullmatch(compact):
            raise CellInvalid("number_format")
        whole, _point, fraction = compact.lstrip("-").partition(".")
        if len(fraction.rstrip("0")) > places:
            raise CellInvalid("number_places", places=places)
        if len(whole.lstrip("0")) > digits - places:
            raise CellInvalid("number_range")
        value = Decimal(compact)
        if value < 0 and not negative:
            raise CellInvalid("number_negative")
        return value

    return parse


def styled(cell: str, reading: Reading) -> str:
    """The number with a point for decimals, where the file's style says which sign that is."""
    style = reading.style.decimal
    if style == ",":
        return cell.replace(".", "").replace(",", ".")
    return cell.replace(",", "") if style == "." else cell


def whole() -> Parser:
    def parse(cell: str, reading: Reading) -> int:
        compact = _BLANKS.sub("", cell)
        if not re.fullmatch(r"-?\d{1,18}", compact):
            raise CellInvalid("whole_format")
        return int(compact)

    return parse


def choice(known: Mapping[str, tuple[str, ...]]) -> Parser:
    """One of the codes; each may be written by its other names too, in any case."""
    names = {name.casefold(): code for code, others in known.items() for name in (code, *others)}

    def parse(cell: str, reading: Reading) -> str:
        code = names.get(cell.strip().casefold())
        if code is None:
            raise CellInvalid("choice_unknown", known=", ".join(known))
        return code

    return parse


def flag() -> Parser:
    def parse(cell: str, reading: Reading) -> bool:
        word = cell.strip().casefold()
        if word not in _YES | _NO:
            raise CellInvalid("flag_format")
        return word in _YES

    return parse


def currency() -> Parser:
    def parse(cell: str, reading: Reading) -> str:
        code = cell.strip().upper()
        if not is_currency(code):
            raise CellInvalid("currency_unknown")
        return code

    return parse


def country() -> Parser:
    def parse(cell: str, reading: Reading) -> str:
        code = cell.strip().upper()
        if not is_country(code):
            raise CellInvalid("country_format")
        return code

    return parse
