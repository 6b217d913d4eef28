"""The shapes of the conflicts' pages; called by conflicts.{console,portal}."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.conflicts.actions import EvidenceFacts, Ruling
from partners.conflicts.models import ConflictSide, ConflictState, Outcome
from prm.web.forms import DayInput, EditForm, FilterForm

FILE_FAULTS = {
    "file_kind_refused": _("Send a PDF, a picture (PNG, JPEG) or a text file."),
    "file_too_large": _("The file is larger than 10 MB."),
    "file_empty": _("The file is empty."),
}


class ConflictFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", pgettext_lazy("filter", "Any")), *ConflictState.choices],
    )


class EvidenceForm(EditForm):
    happened_on = forms.DateField(label=_("When"), widget=DayInput)
    what = forms.CharField(
        label=_("What happened"),
        help_text=_("A meeting, an offer, a demonstration; with whom at the customer."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(
        label=_("What proves it"),
        required=False,
        help_text=_("A letter, an offer, minutes: PDF, picture or text, up to 10 MB."),
    )

    def evidence(self) -> EvidenceFacts:
        told = self.cleaned_data
        upload = told["file"]
        return EvidenceFacts(
            told["happened_on"], told["what"], (upload.name, upload.read()) if upload else None
        )

    def refuse_file(self, code: str) -> None:
        self.add_error("file", ValidationError(FILE_FAULTS[code], code=code))


class AppealForm(EditForm):
    words = forms.CharField(
        label=_("Why the ruling is wrong"),
        help_text=_("Another person decides. There is one appeal."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RulingForm(EditForm):
    """The outcome, who gets the customer, the share of each side where it is shared, and the words for all of them."""

    outcome = forms.ChoiceField(label=_("Ruling"), choices=Outcome.choices, widget=forms.RadioSelect)
    awarded = forms.ChoiceField(
        label=_("Who gets the customer"),
        required=False,
        help_text=_("Where it is shared: who holds the protection."),
    )
    words = forms.CharField(
        label=_("Why"),
        help_text=_("Every side reads it. Name no partner."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, sides: list[ConflictSide], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sides = sides
        offered = [(str(side.id), side.partner.name) for side in sides]
        self.set_choices("awarded", [("", _("Choose…")), *offered])
        for side in sides:
            self.fields[_share(side)] = forms.DecimalField(
                label=_("Share of %(partner)s, %%") % {"partner": side.partner.name},
                required=False,
                min_value=0,
                max_value=100,
                decimal_places=2,
            )
        self.order_fields(["outcome", "awarded", *(_share(side) for side in sides), "words"])

    def ruling(self) -> Ruling:
        told = self.cleaned_data
        shares = {side.id: told.get(_share(side)) or Decimal(0) for side in self._sides}
        awarded = next((side.id for side in self._sides if str(side.id) == told["awarded"]), None)
        return Ruling(told["outcome"], told["words"], awarded, shares)


def _share(side: ConflictSide) -> str:
    return f"share_{side.id}"
