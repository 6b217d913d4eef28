"""Forms of payouts; called by payouts.console and payouts.portal."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from incentives.payouts.bank_details import Address, bank_details, faults_in
from incentives.payouts.files.signs import is_safe_text
from prm.kit.money import AmountInvalid, is_currency, parse_human_amount
from prm.web import format as formats
from prm.web.forms import DayInput, FilterForm, country_choices
from prm.web.requisites import BANK_FAULTS


class PrepareForm(forms.Form):
    """Which closed month to pay up to, in which currency, and when."""

    period = forms.ChoiceField(label=_("Closed months up to"))
    currency = forms.ChoiceField(label=_("Currency"))
    pays_on = forms.DateField(
        label=_("Payment day"),
        widget=DayInput,
        help_text=_("Entries that are free by this day are paid; the minimum payout of this day counts."),
    )

    def __init__(self, *args: Any, periods: Sequence[date], currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.periods, self.currencies = list(periods), list(currencies)
        self.fields["period"].choices = [(day.isoformat(), formats.month(day)) for day in periods]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """The choices of a valid form, as `prepare_run` and `preview` take them."""
        given = self.cleaned_data
        return {
            "period_on": date.fromisoformat(given["period"]),
            "currency": given["currency"],
            "pays_on": given["pays_on"],
        }


class TotalForm(forms.Form):
    """The total, typed by hand: whoever signs has read it."""

    total = forms.CharField(
        label=_("Type the total of the run"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_total(self) -> int:
        try:
            return parse_human_amount(
                str(self.cleaned_data["total"]).replace(self.currency, ""), self.currency
            )
        except AmountInvalid as fault:
            raise forms.ValidationError(_("Write an amount such as 1234.50.")) from fault


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the reason: the others will read it.")},
    )


class OutcomeForm(forms.Form):
    """What the bank said of one payment."""

    outcome = forms.ChoiceField(
        label=_("What the bank said"),
        choices=[("paid", _("Paid")), ("returned", _("Returned")), ("unknown", _("Unclear"))],
    )
    event_ref = forms.CharField(
        label=_("Bank's reference"),
        max_length=80,
        help_text=_("The number of the answer in the bank's statement; the same one counts once."),
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, used: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.used = used

    def clean_event_ref(self) -> str:
        given = str(self.cleaned_data["event_ref"])
        if given in self.used:
            raise forms.ValidationError(
                _(
                    "This reference is recorded for this payment already and counts once; write that of the new answer."
                )
            )
        return given


class AnswerForm(forms.Form):
    """An answer that was recorded by hand and waits for a second person."""

    answer = forms.UUIDField(widget=forms.HiddenInput)


class PaidForm(forms.Form):
    """The bank executed the whole file."""

    event_ref = forms.CharField(label=_("Bank's reference"), max_length=80)


class StatementFileForm(forms.Form):
    """A bank's statement of the account that payouts leave."""

    file = forms.FileField(
        label=_("The bank's statement"),
        help_text=_(
            "camt.053 (.xml), a file for 1C (.txt), or a table (.csv) with payment_id, outcome, amount, currency, "
            "bank_reference and note."
        ),
    )


class StatementFilterForm(FilterForm):
    partner = forms.CharField(
        label=_("Partner"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    period = forms.ChoiceField(label=_("Month"), required=False)

    def __init__(self, request: HttpRequest, months: Sequence[date]) -> None:
        super().__init__(request)
        self.set_choices(
            "period", [("", _("any")), *((day.isoformat(), formats.month(day)) for day in months)]
        )

    def as_filter(self) -> dict[str, Any]:
        given = self.wanted
        period_on = date.fromisoformat(given["period"]) if "period" in given else None
        return {"partner": given.get("partner", ""), "period_on": period_on}


class BankAccountForm(forms.Form):
    """Where the partner wants to be paid."""

    needed_at_times = ("bank_code", "city", "country")

    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    holder = forms.CharField(label=_("Account holder"), max_length=140)
    account = forms.CharField(
        label=_("IBAN or account number"),
        max_length=42,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bank_code = forms.CharField(
        label=_("BIC, BIK or bank code"),
        max_length=20,
        required=False,
        help_text=_("For a Russian account the BIK is needed; beside an IBAN the BIC may be left out."),
    )

    city = forms.CharField(
        label=_("City"),
        max_length=35,
        required=False,
        help_text=_(
            "Where the holder is at home. Banks refuse transfers to an IBAN without town and country."
        ),
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if not is_currency(code):
            raise forms.ValidationError(_("%(code)s is not a currency code."), params={"code": code})
        return code

    def clean_holder(self) -> str:
        return self._safe("holder")

    def clean_bank_code(self) -> str:
        return self._safe("bank_code")

    def clean_city(self) -> str:
        return self._safe("city")

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if {"currency", "account", "bank_code"} <= told.keys():
            details = bank_details(**{name: told[name] for name in ("currency", "account", "bank_code")})
            for field, fault in faults_in(details).items():
                self.add_error(field, forms.ValidationError(BANK_FAULTS[fault], code=fault))
            for field in ("city", "country"):
                if details.has_iban and field in told and not told[field]:
                    self.add_error(
                        field, forms.ValidationError(_("An IBAN needs it."), code="address_missing")
                    )
        return told

    def told(self) -> dict[str, Any]:
        """As `propose_account` takes it."""
        facts = dict(self.cleaned_data)
        address = Address(facts.pop("city"), facts.pop("country"))
        return {**facts, "address": address}

    def _safe(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip()
        if not is_safe_text(text):
            raise forms.ValidationError(_("It does not start with a sign and has no control characters."))
        return text
