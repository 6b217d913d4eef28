"""What people read about a tax id that its country's rules do not accept, and about bank details that cannot be.

Promise: an empty number or an unknown country has no fault. Called by forms and serializers of rooms."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from prm.kit.requisites import fault_in_tax_id

TAX_ID_FAULTS: dict[str, Any] = {
    "inn_length": _("An INN has 10 digits (company) or 12 (sole proprietor). Check for a missing digit."),
    "inn_digits": _("This INN does not exist: its check digits do not fit. Check for a typing mistake."),
    "vat": _("This is not a VAT number of that country: its form or its check digit does not fit."),
    "tax_id": _("A tax id has 4 to 20 letters and digits."),
}

BANK_FAULTS: dict[str, Any] = {
    "bik_missing": _("Write the BIK of your bank: a Russian account is checked with it."),
    "bik": _("A BIK has 9 digits and begins with 04. Check for a missing digit."),
    "bic": _("A BIC has 8 or 11 letters and digits, such as COBADEFF. Correct it or leave it empty."),
    "account_length": _("A Russian account number has 20 digits. Check for a missing digit."),
    "account_digits": _(
        "This account is not of the bank with this BIK: its check digit does not fit. Compare both numbers."
    ),
    "iban": _("This IBAN does not exist: its check digits do not fit. Check for a typing mistake."),
    "account_number": _("Write an IBAN, or an account number of 5 to 34 digits."),
}


def tax_id_fault(number: str, country: str) -> str | None:
    """The code of what is wrong, by the rules of the country, where one is named."""
    return fault_in_tax_id(number, country) if number and country else None
