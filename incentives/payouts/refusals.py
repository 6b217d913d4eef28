"""Why a payment file could not be written, in the reader's language: who, which field, what is wrong with it.

A refusal is kept as data and told in words when it is read. Called by payouts.exporting, wording and the pages.
"""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incentives.payouts.files.payments import PaymentRefused
from prm.web.requisites import BANK_FAULTS, TAX_ID_FAULTS

LONGEST_PAYEE = 100
KEPT = "file_refused "
FAULTS: dict[str, Any] = {
    "no_payments": gettext_lazy("There is no payment to write."),
    "payer_missing": gettext_lazy("No account is told that the money leaves."),
    "another_currency": gettext_lazy("The account pays in %(currency)s alone."),
    "roubles_alone": gettext_lazy("This format takes roubles alone."),
    "amount_not_positive": gettext_lazy("The amount is not above zero."),
    "amount_too_large": gettext_lazy("The amount is larger than the format allows."),
    "used_twice": gettext_lazy("It stands twice in the same file."),
    "identifier": gettext_lazy("It has more than 35 signs, or some that not every bank takes."),
    "order_number": gettext_lazy(
        "A payment order has a number of up to six digits that does not end in 000."
    ),
    "missing": gettext_lazy("It is empty, and this format needs it."),
    "blanks_around": gettext_lazy("It begins or ends with a blank."),
    "too_long": gettext_lazy("It is longer than %(limit)s signs, and nothing is cut off."),
    "sign": gettext_lazy(
        "It has the sign %(sign)s, which this format cannot take. Write it as the bank knows it."
    ),
    "country": gettext_lazy("It is not a country's code of two letters."),
    "correspondent": gettext_lazy("This correspondent account is not that of the bank with this BIK."),
    **BANK_FAULTS,
    **TAX_ID_FAULTS,
}
FIELDS: dict[str, Any] = {
    "payments": gettext_lazy("Payments"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "payment_id": pgettext_lazy("of a payment", "Id"),
    "number": pgettext_lazy("of a payment order", "Number"),
    "message_id": gettext_lazy("Message id"),
    "partner_code": gettext_lazy("Code"),
    "holder": gettext_lazy("Account holder"),
    "name": gettext_lazy("Account holder"),
    "account": gettext_lazy("IBAN or account number"),
    "bank_code": gettext_lazy("BIC, BIK or bank code"),
    "bank_name": gettext_lazy("Name of the bank"),
    "correspondent": gettext_lazy("Correspondent account of the bank"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
    "tax_id": gettext_lazy("Tax id"),
    "reference": gettext_lazy("Purpose of the payment"),
    "purpose": gettext_lazy("Words of each payment"),
}
PAYER = "payer_"


def facts_of(refusal: PaymentRefused) -> dict[str, Any]:
    """What `refusal_text` makes its sentence of, whatever language it is read in."""
    return {
        "code": refusal.code,
        "field": refusal.field,
        "payee": "".join(sign for sign in refusal.payee if sign.isprintable())[:LONGEST_PAYEE],
        "params": refusal.params,
    }


def kept(refusal: PaymentRefused) -> str:
    """To be kept beside a run."""
    return KEPT + json.dumps(facts_of(refusal), ensure_ascii=False)


def refusal_text(code: str, field: str, payee: str, params: dict[str, str]) -> str:
    """One sentence for people."""
    told = {"field": FIELDS[field.removeprefix(PAYER)], "fault": str(FAULTS[code]) % params}
    if field.startswith(PAYER):
        return _("Account that pays, %(field)s: %(fault)s") % told
    if not payee:
        return _("%(field)s: %(fault)s") % told
    return _("%(payee)s, %(field)s: %(fault)s") % {**told, "payee": payee}


def kept_text(reason: str) -> str | None:
    """The sentence of a kept refusal; None where the text is something else."""
    if not reason.startswith(KEPT):
        return None
    told = refusal_text(**json.loads(reason.removeprefix(KEPT)))
    return _("Nothing was sent. %(refusal)s") % {"refusal": told}
