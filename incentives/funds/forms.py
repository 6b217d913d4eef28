"""The shapes of the funds' pages; called by funds.{console,portal}."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.funds.actions import RequestFacts
from incentives.funds.budgets import BudgetFacts
from incentives.funds.claims import CostFacts, Proof
from incentives.funds.models import ClaimState, FundsCost, RequestState
from partners.segments.models import Segment
from prm.kit.money import is_currency
from prm.web.forms import AmountField, DayInput, EditForm, FilterForm

FILE_FAULTS = {
    "file_kind_refused": _("Send a PDF or a picture (PNG, JPEG)."),
    "file_too_large": _("The file is larger than 10 MB."),
    "file_empty": _("The file is empty."),
}


class RequestFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", pgettext_lazy("filter", "Any")), *RequestState.choices],
    )


class ClaimFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter", "Any")),
            *(one for one in ClaimState.choices if one[0] != "draft"),
        ],
    )


class MoneyForm(EditForm):
    """Amounts are read in one currency."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency


class BudgetForm(MoneyForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = forms.CharField(
        label=_("What it is for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    segment = forms.ChoiceField(
        label=_("Segment"), required=False, help_text=_("Only partners of the segment can have a part of it.")
    )
    currency_code = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    amount = AmountField(label=_("Budget"))
    share_percent = forms.DecimalField(
        label=_("Vendor's share, %"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("Of the net costs that a partner proves."),
    )
    starts_on = forms.DateField(label=_("Activities from"), widget=DayInput)
    ends_on = forms.DateField(label=_("Activities until"), widget=DayInput)
    claims_until = forms.DateField(
        label=_("Claims until"),
        widget=DayInput,
        help_text=_("What is not claimed by then is released."),
    )
    second_above = AmountField(
        label=_("Second approval above"),
        help_text=_("A request or claim of more than this is approved by finance as well."),
    )

    def __init__(self, *args: Any, segments: list[Segment], currency: str, **kwargs: Any) -> None:
        data = args[0] if args else None
        typed = str(data.get("currency_code", "")).strip().upper() if data is not None else ""
        super().__init__(*args, currency=typed if is_currency(typed) else currency, **kwargs)
        self._segments = {str(one.id): one for one in segments}
        offered = [(key, one.name) for key, one in self._segments.items()]
        self.set_choices("segment", [("", _("Everyone")), *offered])

    def clean_currency_code(self) -> str:
        code = str(self.cleaned_data["currency_code"]).strip().upper()
        if not is_currency(code):
            raise ValidationError(_("Enter a currency such as EUR."), code="currency_unknown")
        return code

    def clean_share_percent(self) -> Any:
        share = self.cleaned_data["share_percent"]
        if share <= 0:
            raise ValidationError(_("Enter a share above zero."), code="share_zero")
        return share

    def budget(self) -> BudgetFacts:
        told = self.cleaned_data
        return {
            "name": told["name"],
            "purpose": told["purpose"],
            "segment": self._segments.get(told["segment"]),
            "currency": told["currency_code"],
            "amount_minor": told["amount"],
            "share_percent": told["share_percent"],
            "starts_on": told["starts_on"],
            "ends_on": told["ends_on"],
            "claims_until": told["claims_until"],
            "second_above_minor": told["second_above"],
        }


class AmountForm(MoneyForm):
    amount = AmountField(label=_("Amount"))


class AllocateForm(MoneyForm):
    partner = forms.ChoiceField(label=_("Partner"))
    amount = AmountField(label=_("Amount"))

    def __init__(self, *args: Any, partners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("partner", [("", _("Choose…")), *partners])


class ReasonForm(EditForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClaimDecisionForm(EditForm):
    """Beside each cost why it is not paid; left empty, it is."""

    left = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, costs: list[FundsCost], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._costs = costs
        for number, cost in enumerate(costs, 1):
            self.fields[f"objection_{cost.id}"] = forms.CharField(
                label=_("Why cost %(number)s is not paid") % {"number": number},
                help_text=f"{cost.description}, {cost.supplier}",
                required=False,
                max_length=300,
            )

    def objections(self) -> dict[UUID, str]:
        return {cost.id: self.cleaned_data.get(f"objection_{cost.id}", "") for cost in self._costs}


class AskForm(MoneyForm):
    activity = forms.CharField(
        label=pgettext_lazy("funds", "Activity"),
        max_length=160,
        help_text=_("A seminar, an advertisement, a stand at a fair."),
    )
    purpose = forms.CharField(
        label=_("What it is to bring"),
        max_length=2000,
        help_text=_("Whom you reach, and what they are to do afterwards."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    starts_on = forms.DateField(label=_("First day"), widget=DayInput)
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput)
    planned = AmountField(label=_("Planned cost, net"), help_text=_("Of all of it, without value added tax."))
    expected_leads = forms.IntegerField(
        label=_("Leads expected"), required=False, min_value=0, max_value=1_000_000
    )

    def plan(self) -> RequestFacts:
        told = self.cleaned_data
        return {
            "activity": told["activity"],
            "purpose": told["purpose"],
            "expected_leads": told["expected_leads"],
            "starts_on": told["starts_on"],
            "ends_on": told["ends_on"],
            "planned_minor": told["planned"],
        }


class CostForm(MoneyForm):
    description = forms.CharField(label=_("What was paid for"), max_length=200)
    supplier = forms.CharField(label=_("Supplier"), max_length=160)
    invoice_number = forms.CharField(label=_("Invoice number"), max_length=60)
    invoiced_on = forms.DateField(label=_("Invoice date"), widget=DayInput)
    net = AmountField(
        label=pgettext_lazy("funds", "Net amount"),
        help_text=_("Without value added tax; your share is of this."),
    )
    gross = AmountField(label=_("Gross amount"), help_text=_("As the invoice says it."))
    file = forms.FileField(label=_("Invoice"), help_text=_("PDF or picture, up to 10 MB."))

    def cost(self) -> CostFacts:
        told = self.cleaned_data
        return {
            "description": told["description"],
            "supplier": told["supplier"],
            "invoice_number": told["invoice_number"],
            "invoiced_on": told["invoiced_on"],
            "net_minor": told["net"],
            "gross_minor": told["gross"],
        }

    def proof(self) -> Proof:
        upload = self.cleaned_data["file"]
        return Proof(upload.name, upload.read())

    def refuse_file(self, code: str) -> None:
        self.add_error("file", ValidationError(FILE_FAULTS[code], code=code))
