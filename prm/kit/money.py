"""Money as whole minor units with a currency; reading it from text and writing it as a plain decimal.

Promise: no float, no silent rounding, no guess where "1,234" could be two amounts; called wherever amounts come in."""

import re
from dataclasses import dataclass

from prm.kit.currencies import CURRENCY_EXPONENTS, CurrencyUnknown, exponent_of, is_currency

__all__ = [
    "CURRENCY_EXPONENTS",
    "AmountInvalid",
    "CurrencyMismatch",
    "CurrencyUnknown",
    "Money",
    "exponent_of",
    "format_plain",
    "is_currency",
    "parse_amount",
    "parse_human_amount",
]

_PLAIN = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]+)(?:\.(?P<fraction>[0-9]+))?")
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’_]")
_SIGNS = str.maketrans({"−": "-", "–": "-"})
_LARGEST = 2**63 - 1
_THOUSANDS = 3  # digits in a group

MESSAGES = {
    "amount_format": "Enter an amount such as 1234.50.",
    "amount_precision": "%(currency)s has %(exponent)s decimal places; %(text)s has more.",
    "amount_ambiguous": "%(text)s can mean two amounts; write it with decimal places or without a separator.",
    "amount_range": "The amount is too large.",
}


class AmountInvalid(ValueError):
    """Text that is not an amount of this currency; `code` says why, `params` fill the message."""

    def __init__(self, code: str, text: str, currency: str) -> None:
        self.code = code
        self.params: dict[str, str | int] = {
            "text": text,
            "currency": currency,
            "exponent": exponent_of(currency),
        }
        super().__init__(MESSAGES[code] % self.params)


class CurrencyMismatch(ValueError):
    """Two currencies met where one was meant."""

    code = "currency_mismatch"

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second} cannot be added.")


@dataclass(frozen=True, slots=True)
class Money:
    """`amount_minor` minor units of `currency`: Money(1234, "EUR") is 12.34 euros."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError("amount_minor is a whole number of minor units")
        exponent_of(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        return cls(parse_amount(text, currency), currency)

    def __str__(self) -> str:
        return format_plain(self.amount_minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount_minor, self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount_minor + self._same_currency(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount_minor - self._same_currency(other), self.currency)

    def _same_currency(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount_minor


def parse_amount(text: str, currency: str) -> int:
    """Minor units of a plain decimal string. Trailing zeros beyond the currency's places are refused too."""
    exponent = exponent_of(currency)
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise AmountInvalid("amount_format", text, currency)
    fraction = match["fraction"] or ""
    if len(fraction) > exponent:
        raise AmountInvalid("amount_precision", text, currency)
    amount_minor = int(match["whole"] + fraction.ljust(exponent, "0"))
    if amount_minor > _LARGEST:
        raise AmountInvalid("amount_range", text, currency)
    return -amount_minor if match["sign"] else amount_minor


def parse_human_amount(text: str, currency: str) -> int:
    """Minor units of what a person typed: `1 234,5`, `1234.5`, `1.234,50`, `1,234.50`, `−3`."""
    compact = _BLANKS.sub("", text.strip()).translate(_SIGNS)
    return parse_amount(_plain_form(compact, text, currency), currency)


def _plain_form(compact: str, text: str, currency: str) -> str:
    dots, commas = compact.count("."), compact.count(",")
    if dots and commas:
        decimal = "." if compact.rindex(".") > compact.rindex(",") else ","
        grouping = "," if decimal == "." else "."
        if compact.count(decimal) > 1 or not _grouped(compact.partition(decimal)[0], grouping):
            raise AmountInvalid("amount_format", text, currency)
        return compact.replace(grouping, "").replace(decimal, ".")
    if dots + commas == 0:
        return compact
    separator = "." if dots else ","
    if dots + commas > 1:
        if not _grouped(compact, separator):
            raise AmountInvalid("amount_format", text, currency)
        return compact.replace(separator, "")
    whole, fraction = compact.split(separator)
    if len(fraction) == _THOUSANDS and whole.lstrip("-") not in ("", "0"):
        raise AmountInvalid("amount_ambiguous", text, currency)
    return f"{whole}.{fraction}"


def _grouped(digits: str, separator: str) -> bool:
    """Whether the separator cuts the digits into thousands."""
    first, *others = digits.lstrip("-").split(separator)
    return 1 <= len(first) <= _THOUSANDS and all(len(group) == _THOUSANDS for group in others)


def format_plain(amount_minor: int, currency: str) -> str:
    """The plain decimal string: point, no grouping, all places of the currency. Reads back by parse_amount."""
    exponent = exponent_of(currency)
    digits = str(abs(amount_minor)).rjust(exponent + 1, "0")
    sign = "-" if amount_minor < 0 else ""
    if exponent == 0:
        return sign + digits
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"
