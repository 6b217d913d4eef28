"""Which signs each kind of payment file takes, and how a text is written in them.

Promise: pure; a sign is written as itself, as the one that banks agreed to write for it, or refused; nothing is left
out or cut off. Called by payouts.files and payouts.forms.
"""

import string
import unicodedata
from collections.abc import Mapping

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
WINDOWS = "cp1251"

_SEPA = frozenset(string.ascii_letters + string.digits + "/-?:().,'+ ")
_SEPA_IDENTIFIER = _SEPA - {" "}
# As the conversion table of the European Payments Council (EPC217-08) writes them. Other letters with marks lose the
# marks by the same table.
_AGREED: Mapping[str, str] = {
    "&": "+", "’": "'", "‘": "'", "–": "-", "—": "-", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
    "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i",
}  # fmt: skip


class Unwritable(ValueError):
    """A file of this kind has no way to write `sign`."""

    def __init__(self, sign: str) -> None:
        super().__init__(name_of(sign))
        self.sign = sign


def name_of(sign: str) -> str:
    """The sign where it can be seen, with its number; the number alone where it cannot."""
    number = f"U+{ord(sign):04X}"
    return f"{sign} ({number})" if sign.isprintable() and not unicodedata.combining(sign) else number


def composed(text: str) -> str:
    """The one spelling of the same text: a letter and its mark as one letter."""
    return unicodedata.normalize("NFC", text)


def sepa_text(text: str) -> str:
    """In the Latin letters that every bank of the area takes. Raises `Unwritable`."""
    return "".join(_in_sepa(sign) for sign in composed(text))


def _in_sepa(sign: str) -> str:
    if sign in _SEPA:
        return sign
    if sign in _AGREED:
        return _AGREED[sign]
    letter, *marks = list(unicodedata.normalize("NFD", sign))
    if marks and letter in string.ascii_letters and all(unicodedata.combining(mark) for mark in marks):
        return letter
    raise Unwritable(sign)


def is_sepa_identifier(text: str) -> bool:
    """Whether an identifier is taken everywhere: no blank, no slash at an end, no two slashes together."""
    return (
        set(text) <= _SEPA_IDENTIFIER
        and not text.startswith("/")
        and not text.endswith("/")
        and "//" not in text
    )


def windows_text(text: str) -> str:
    """As Windows-1251 can hold it on one line. Raises `Unwritable`."""
    for sign in composed(text):
        if not sign.isprintable():
            raise Unwritable(sign)
        try:
            sign.encode(WINDOWS)
        except UnicodeEncodeError as fault:
            raise Unwritable(sign) from fault
    return composed(text)


def spreadsheet_text(text: str) -> str:
    """What no spreadsheet takes for a formula or for the end of its line. Raises `Unwritable`."""
    written = composed(text)
    for sign in written:
        if not sign.isprintable():
            raise Unwritable(sign)
    # Where ";" parts columns, as in much of Europe, what stands behind one begins a cell as well.
    for piece in written.split(";"):
        if piece.lstrip().startswith(FORMULA_STARTS):
            raise Unwritable(piece.lstrip()[0])
    return written


def is_safe_text(text: str) -> bool:
    """Whether `spreadsheet_text` takes it."""
    try:
        spreadsheet_text(text)
    except Unwritable:
        return False
    return True
