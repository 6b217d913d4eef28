"""The form of an account that payouts leave; called by payouts.payer_pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.payouts.files.payments import Payer, PaymentRefused
from incentives.payouts.models import FileKind
from incentives.payouts.refusals import FAULTS, PAYER
from prm.kit.money import is_currency
from prm.web.forms import ChoosingForm, country_choices


class PayerForm(ChoosingForm):
    """Which fields are needed depends on the kind of file; what is missing is said when it is tried."""

    needed_at_times = ("bank_code", "bank_name", "correspondent", "tax_id", "city", "country")

    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    file_kind = forms.ChoiceField(
        label=_("What its bank reads"),
        choices=FileKind.choices,
        help_text=_("Payout runs of this currency write this kind of file."),
    )
    name = forms.CharField(
        label=_("Account holder"), max_length=140, help_text=_("Your company, as its bank knows it.")
    )
    account = forms.CharField(
        label=_("IBAN or account number"),
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bank_code = forms.CharField(label=_("BIC, BIK or bank code"), max_length=20, required=False)
    bank_name = forms.CharField(
        label=_("Name of the bank"), max_length=140, required=False, help_text=_("For 1C, with its town.")
    )
    correspondent = forms.CharField(
        label=_("Correspondent account of the bank"), max_length=30, required=False, help_text=_("For 1C.")
    )
    tax_id = forms.CharField(label=_("Tax id"), max_length=20, required=False, help_text=_("For 1C."))
    purpose = forms.CharField(
        label=_("Words of each payment"),
        max_length=100,
        required=False,
        help_text=_(
            "They stand before the number of the run in its purpose, such as what is paid for, and VAT."
        ),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=35,
        required=False,
        help_text=_("For ISO 20022: the town of your company."),
    )
    country = forms.ChoiceField(
        label=_("Country"), required=False, choices=country_choices, help_text=_("For ISO 20022.")
    )

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if not is_currency(code):
            raise forms.ValidationError(_("%(code)s is not a currency code."), params={"code": code})
        return code

    def told(self) -> dict[str, Any]:
        """As `propose_payer` takes it."""
        facts = dict(self.cleaned_data)
        return {"file_kind": facts.pop("file_kind"), "payer": Payer(**facts)}

    def refuse(self, refusal: PaymentRefused) -> None:
        """Put the refusal beside its field."""
        field = refusal.field.removeprefix(PAYER)
        fault = forms.ValidationError(FAULTS[refusal.code], code=refusal.code, params=refusal.params)
        self.add_error(field if field in self.fields else None, fault)
