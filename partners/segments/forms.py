"""The shapes of the segments' pages: filters, the segment besides its rule, the fixed list, estimates and weights.

Called by: segments.console."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.segments.models import QuadrantPlan, Segment, SegmentKind
from prm.web.forms import AmountField, DayInput, EditForm, FilterForm

ANY = pgettext_lazy("filter", "Any")
MOST_CODES = 5_000
MATRIX_LINES = {
    "approach": _("Approach"),
    "funds_percent": _("Share of funds, percent"),
    "leads_percent": _("Share of leads, percent"),
    "content": _("Content"),
    "hours_a_month": _("Manager's hours a month, each"),
}
MATRIX_TEXTS = ("approach", "content")
MATRIX_MOST = {"funds_percent": 100, "leads_percent": 100, "hours_a_month": 200}


class SegmentFilter(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=120, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", ANY), *SegmentKind.choices])


class DayFilter(FilterForm):
    on = forms.DateField(label=_("Members on"), required=False, widget=DayInput)


class SegmentForm(forms.ModelForm, EditForm):
    class Meta:
        model = Segment
        fields: ClassVar = ["name", "code", "purpose"]
        labels: ClassVar = {"name": pgettext_lazy("record", "Name")}
        help_texts: ClassVar = {
            "code": _("How plans, exports and the API name it. Letters, digits, _ and - only."),
            "purpose": _("So that colleagues know why it is here."),
        }

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not all(sign.isalnum() or sign in "_-" for sign in code):
            raise forms.ValidationError(_("Letters, digits, _ and - only."))
        return code


class MembersForm(EditForm):
    codes = forms.CharField(
        label=_("Codes of partners"),
        help_text=_("One on each line, or with commas or spaces between them."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=200_000,
    )

    def clean_codes(self) -> list[str]:
        text: str = self.cleaned_data["codes"]
        codes = list(dict.fromkeys(part for part in text.replace(",", " ").replace(";", " ").split() if part))
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(_("At most %(most)s codes at once.") % {"most": MOST_CODES})
        return codes


class WeightsForm(EditForm):
    """One number per kind of event."""

    def cleaned_data_of(self, names: Any) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}


def weights_form(data: Any, weights: dict[str, Any], labels: dict[str, Any]) -> WeightsForm:
    form = WeightsForm(data)
    for name, weight in weights.items():
        form.fields[name] = forms.DecimalField(
            label=labels[name], min_value=0, max_digits=7, decimal_places=2, initial=f"{weight.normalize():f}"
        )
    return form


class MatrixForm(EditForm):
    """What each quadrant gets: a field for each quadrant and each line of the matrix."""

    def __init__(
        self, *args: Any, plans: Mapping[str, QuadrantPlan], names: Mapping[str, Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.codes = list(plans)
        for line, label in MATRIX_LINES.items():
            for code, plan in plans.items():
                told = {"label": f"{label}: {names[code]}", "initial": getattr(plan, line)}
                self.fields[f"{code}-{line}"] = (
                    forms.CharField(
                        required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}), **told
                    )
                    if line in MATRIX_TEXTS
                    else forms.IntegerField(min_value=0, max_value=MATRIX_MOST[line], **told)
                )

    def lines(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Row by row, for the page."""
        return [
            (label, [self[f"{code}-{line}"] for code in self.codes]) for line, label in MATRIX_LINES.items()
        ]

    def plans(self) -> dict[str, dict[str, Any]]:
        return {
            code: {line: self.cleaned_data[f"{code}-{line}"] for line in MATRIX_LINES} for code in self.codes
        }


class EstimateForm(EditForm):
    amount = AmountField()
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("What you know that the sales do not show.")
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["amount"]
        field.currency = currency
        field.label = _("Sales in twelve months, %(currency)s") % {"currency": currency}
