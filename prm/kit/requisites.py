"""Numbers that registers and banks give to companies, and what is wrong with one.

Promise: check digits are computed, never looked up; an empty optional number has no fault; called by rooms' rules."""

import re

from stdnum import bic, iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.ru import inn, ogrn

_BETWEEN = re.compile(r"[\s.\-/]+")
_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}")
_BIK = re.compile(r"04\d{7}|01\d{7}")
_TAX_ID = re.compile(r"[0-9A-Z]{4,20}")
_BESIDES = re.compile(r"[\W_]+")
_WEIGHTS = (7, 1, 3) * 8
ACCOUNT_DIGITS = 20
EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
# Countries whose letters people write in front of a tax id: Greece says EL, Northern Ireland XI.
_WRITTEN = sorted(EU | {"EL", "XI", "GB", "CH", "NO", "RU", "BY", "KZ", "UA"})
_COUNTRY_LETTERS = re.compile(rf"^(?:{'|'.join(_WRITTEN)})(?=[A-Z]{{0,2}}[0-9])")


def compact(number: str) -> str:
    """Letters and digits alone, in capitals."""
    return _BETWEEN.sub("", number).upper()


def tax_key(tax_id: str) -> str:
    """What two spellings of one tax id share: letters and digits in capitals, without the letters of a country.

    `DE 136.695.976`, `de136695976` and `136695976` are one, whether the country is known or not.
    """
    return _COUNTRY_LETTERS.sub("", _BESIDES.sub("", tax_id).upper())


def fault_in_tax_id(number: str, country: str) -> str | None:
    """ "inn_length", "inn_digits", "vat" or "tax_id". An EU number may leave its country's letters out."""
    key = compact(number)
    if country == "RU":
        return _fault_in_inn(key)
    if country in EU:
        return None if _is_vat(key, country) else "vat"
    return None if _TAX_ID.fullmatch(key) else "tax_id"


def _fault_in_inn(key: str) -> str | None:
    if not key.isdigit() or len(key) not in (10, 12):
        return "inn_length"
    return None if _passes(inn, key) else "inn_digits"


def _is_vat(key: str, country: str) -> bool:
    prefix = "EL" if country == "GR" else country
    return _passes(vat, key if key.startswith(prefix) else prefix + key)


def fault_in_kpp(number: str) -> str | None:
    return None if not number or _KPP.fullmatch(compact(number)) else "kpp"


def fault_in_ogrn(number: str) -> str | None:
    return None if not number or _passes(ogrn, compact(number)) else "ogrn"


def fault_in_bik(bik: str) -> str | None:
    return None if _BIK.fullmatch(compact(bik)) else "bik"


def fault_in_account(account: str, bik: str) -> str | None:
    """ "account_length", or "account_digits" when the account does not belong to the bank with this БИК.

    The key covers the bank's last three digits (of its branch "0" + digits five and six for accounts at the central
    bank) and the account, with weights 7, 1, 3.
    """
    digits, bank = compact(account), compact(bik)
    if not (digits.isdigit() and len(digits) == ACCOUNT_DIGITS):
        return "account_length"
    if fault_in_bik(bank):
        return "bik"
    at_central_bank = bank[6:] in ("000", "001", "002")
    text = (f"0{bank[4:6]}" if at_central_bank else bank[6:]) + digits
    total = sum(int(digit) * weight % 10 for digit, weight in zip(text, _WEIGHTS, strict=False))
    return None if total % 10 == 0 else "account_digits"


def fault_in_iban(number: str) -> str | None:
    return None if _passes(iban, compact(number)) else "iban"


def fault_in_bic(code: str) -> str | None:
    return None if not code or _passes(bic, compact(code)) else "bic"


def _passes(kind: object, number: str) -> bool:
    try:
        kind.validate(number)  # type: ignore[attr-defined]
    except ValidationError:
        return False
    return True
