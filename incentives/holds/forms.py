"""The shapes of the holds' pages; called by holds.console."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.web.forms import DayInput, EditForm, FilterForm


class HoldFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter", "Any")),
            ("live", pgettext_lazy("hold", "Holds")),
            ("ended", pgettext_lazy("hold", "Ended")),
        ],
    )


class HoldForm(EditForm):
    """`deal` is what is held of the partner; without one, everything."""

    partner = forms.ChoiceField(label=_("Partner"), help_text=_("All that it is owed waits."))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    ends_on = forms.DateField(
        label=_("Through"),
        required=False,
        widget=DayInput,
        help_text=_("Empty: until somebody releases it."),
    )

    def __init__(self, *args: Any, partners: list[tuple[str, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if partners is None:
            del self.fields["partner"]
        else:
            self.set_choices("partner", [("", _("Choose…")), *partners])


class ReasonForm(EditForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
