"""Which months a version is tested on; called by trials.console."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.web import format as formats

OWN, ALL = "own", "all"


class BacktestForm(forms.Form):
    """First and last month, and which days the version rules."""

    first_on = forms.ChoiceField(label=_("First month"))
    last_on = forms.ChoiceField(label=_("Last month"))
    throughout = forms.ChoiceField(
        label=pgettext_lazy("backtest", "The version rules"),
        choices=[
            (ALL, _("in all these months, as if it had been in force")),
            (OWN, _("on its own dates, as publishing would have it")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, months: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(day.isoformat(), formats.month(day)) for day in months]
        for name in ("first_on", "last_on"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {
            "first_on": date.fromisoformat(told["first_on"]),
            "last_on": date.fromisoformat(told["last_on"]),
            "throughout": told["throughout"] == ALL,
        }
