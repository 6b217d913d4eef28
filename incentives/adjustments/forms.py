"""The shapes of the adjustments' pages; called by adjustments.console."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.adjustments.actions import Paper
from incentives.adjustments.models import AdjustmentState
from incentives.earnings.models import Entry
from prm.kit.ids import uuid7
from prm.kit.money import is_currency
from prm.web import format as formats
from prm.web.forms import AmountField, EditForm, FilterForm

MORE, LESS = "more", "less"
PAPER_KINDS = frozenset({"pdf", "png", "jpg", "jpeg", "xlsx", "csv", "txt"})


class AdjustmentFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", pgettext_lazy("filter", "Any")), *AdjustmentState.choices],
    )
    partner = forms.ChoiceField(label=_("Partner"), required=False)

    def narrowed(self) -> dict[str, Any]:
        names = {"state": "state", "partner": "partner_id"}
        return {names[name]: value for name, value in self.wanted.items()}


class AmountAndReason(EditForm):
    """More or less, how much, and why; `signed` is the amount with its sign."""

    direction = forms.ChoiceField(
        label=_("What is done"),
        choices=[
            (MORE, pgettext_lazy("adjustment", "Add to the balance")),
            (LESS, pgettext_lazy("adjustment", "Take from the balance")),
        ],
        widget=forms.RadioSelect,
        initial=MORE,
    )
    amount = AmountField(label=_("Amount"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it, on its earnings and its statement."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def signed_minor(self) -> int:
        amount: int = self.cleaned_data["amount"]
        return amount if self.cleaned_data["direction"] == MORE else -amount


class AdjustmentForm(AmountAndReason):
    """`entry` is what is corrected: its partner and currency stand then."""

    partner = forms.ChoiceField(label=_("Partner"))
    currency_code = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    belongs = forms.ChoiceField(
        label=_("Month that it is about"),
        help_text=_("It is posted in the open month, whatever month it is about."),
    )
    file = forms.FileField(
        label=_("Proof"),
        required=False,
        help_text=_("PDF, picture or table. Only the vendor's people open it."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("partner", "direction", "amount", "currency_code", "belongs", "reason", "file", "key")

    def __init__(
        self,
        *args: Any,
        partners: list[tuple[str, str]],
        months: list[date],
        currency: str,
        entry: Entry | None,
        initial: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        begun = {"key": uuid7(), "currency_code": currency, "belongs": months[0].isoformat(), **initial}
        super().__init__(*args, initial=begun, **kwargs)
        self.set_choices("partner", [("", _("Choose…")), *partners])
        self.set_choices("belongs", [(month.isoformat(), formats.month(month)) for month in months])
        if entry is not None:
            del self.fields["partner"], self.fields["currency_code"]
        typed = str(self.data.get("currency_code", "")).strip().upper() if self.is_bound else ""
        amount: Any = self.fields["amount"]
        amount.currency = typed if entry is None and is_currency(typed) else currency

    def clean_currency_code(self) -> str:
        code = str(self.cleaned_data["currency_code"]).strip().upper()
        if not is_currency(code):
            raise ValidationError(_("Enter a currency such as EUR."), code="currency_unknown")
        return code

    @property
    def partner_id(self) -> UUID:
        return UUID(self.cleaned_data["partner"])

    @property
    def belongs_on(self) -> date:
        return date.fromisoformat(self.cleaned_data["belongs"])

    def paper(self) -> Paper | None:
        upload = self.cleaned_data["file"]
        return Paper(upload.name, upload.read()) if upload else None


class ReasonForm(EditForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class LimitForm(EditForm):
    limit = AmountField(
        label=_("Second person above"),
        help_text=_("In another currency than that of the programme a second person is always needed."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit: Any = self.fields["limit"]
        limit.currency = currency
