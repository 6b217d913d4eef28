"""Filters of the earnings lists; called by earnings.console and earnings.portal."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.earnings.reason_texts import REASON_TEXTS
from prm.web import format as formats

Choices = Sequence[tuple[str, Any]]
ANY: list[tuple[str, Any]] = [("", _("All"))]


class EntryFilterForm(forms.Form):
    """Partner, posting month and plan. Partners' own lists have no partner field."""

    partner = forms.ChoiceField(label=_("Partner"), required=False)
    period = forms.ChoiceField(label=_("Posted in"), required=False)
    plan = forms.ChoiceField(label=_("Plan"), required=False)

    def __init__(
        self, *args: Any, partners: Choices | None, periods: Sequence[date], plans: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if partners is None:
            del self.fields["partner"]
        else:
            self.fields["partner"].choices = [*ANY, *partners]  # type: ignore[attr-defined]
        months = [(day.isoformat(), formats.month(day)) for day in periods]
        self.fields["period"].choices = [*ANY, *months]  # type: ignore[attr-defined]
        self.fields["plan"].choices = [*ANY, *plans]  # type: ignore[attr-defined]


class OutcomeFilterForm(forms.Form):
    q = forms.CharField(label=_("Order or line id"), required=False, max_length=120)
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[*ANY, *((code, label) for code, (label, _fix) in REASON_TEXTS.items())],
    )


class CalculationForm(forms.Form):
    """Which open month to calculate."""

    period = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args: Any, periods: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [(day.isoformat(), formats.month(day)) for day in periods]  # type: ignore[attr-defined]
