"""What a custom field takes: a value as somebody told it, as the text that is kept, or the code of its fault.

Pure; called by profiles.fields and forms."""

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST = 500
_NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,6})?")


class ValueInvalid(ValueError):
    """The value is not what the field takes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kept_value(kind: str, told: object, options: Collection[str] = ()) -> str:
    """The text that is kept: a plain number, an ISO day, "yes" or "no", a choice's code; "" is no value.

    Raises `ValueInvalid`.
    """
    if told is None or told == "":
        return ""
    value = _READERS[kind](told)
    if kind == "choice" and value not in options:
        raise ValueInvalid("choice_unknown")
    return value


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise ValueInvalid("text_type")
    value = told.strip()
    if len(value) > LONGEST:
        raise ValueInvalid("text_long")
    if any(ord(letter) < ord(" ") for letter in value):
        raise ValueInvalid("text_characters")
    return value


def _number(told: object) -> str:
    if isinstance(told, bool):
        raise ValueInvalid("number_format")
    text = str(told).strip().replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    if not _NUMBER.fullmatch(text):
        raise ValueInvalid("number_format")
    plain = format(Decimal(text.replace(",", ".")), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _day(told: object) -> str:
    if isinstance(told, date):
        return told.isoformat()
    try:
        return date.fromisoformat(str(told)).isoformat()
    except ValueError as fault:
        raise ValueInvalid("day_format") from fault


def _yes_no(told: object) -> str:
    if told in (True, "yes"):
        return "yes"
    if told in (False, "no"):
        return "no"
    raise ValueInvalid("flag_format")


_READERS = {"text": _text, "choice": _text, "number": _number, "date": _day, "yes_no": _yes_no}
