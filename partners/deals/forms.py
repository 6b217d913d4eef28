"""The shapes of the deals' pages; called by deals.{console,portal}."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.deals.actions import EDITABLE, FOLLOWED_UP
from partners.deals.models import Deal, DealPart, DealState, DeclaredInterest, PartIn, Stage
from partners.deals.queries import DealFilter
from partners.deals.rules import EXTENSION_DAYS
from partners.deals.rulings import Part
from prm.web.forms import AmountField, DayInput, EditForm, FilterForm

ANY = pgettext_lazy("filter", "Any")
MOST_EXTENSION_DAYS = 365
ORDER = ("customer", "tax_id", "domain", "line", "amount_minor", "closes_on", "stage", "contact", "note")


class DealFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label=_("Status"), required=False, choices=[("", ANY), *DealState.choices])
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", ANY), *Stage.choices])

    def as_filter(self) -> DealFilter:
        return DealFilter(**self.wanted)


class DealForm(forms.ModelForm, EditForm):
    """The whole registration: nine fields, of which five must be filled."""

    line = forms.ChoiceField(label=_("Product line"))
    amount_minor = AmountField(label=_("Expected worth"))
    closes_on = forms.DateField(label=_("Expected to close on"), widget=DayInput)

    class Meta:
        model = Deal
        fields: ClassVar = [
            "customer",
            "tax_id",
            "domain",
            "amount_minor",
            "closes_on",
            "stage",
            "contact",
            "note",
        ]
        help_texts: ClassVar = {
            "customer": _("The company that will buy, as it is called in its documents."),
            "tax_id": _("The surest way to find out whether the customer is free."),
            "domain": _("Helps where the tax id is not known."),
        }
        widgets: ClassVar = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(
        self, *args: Any, lines: Any, currency: str, only: list[str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._ask_amount_in(currency)
        if only is not None:
            for name in set(self.fields) - set(only) - {"version"}:
                del self.fields[name]
        self._lines = {str(line.id): line for line in lines}
        if "line" in self.fields:
            offered = [(key, line.name) for key, line in self._lines.items()]
            self.set_choices("line", [("", _("Choose…")), *offered])
        self.order_fields(ORDER)

    def clean_line(self) -> Any:
        return self._lines[self.cleaned_data["line"]]

    def _ask_amount_in(self, currency: str) -> None:
        field: Any = self.fields.get("amount_minor")
        if field is None:
            return
        field.currency = currency
        field.label = _("Expected worth, %(currency)s") % {"currency": currency}


class FollowUpForm(DealForm):
    """What may change while the deal is open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, only=list(FOLLOWED_UP), **kwargs)


class ExtensionForm(EditForm):
    days = forms.IntegerField(
        label=_("More days"), min_value=1, max_value=MOST_EXTENSION_DAYS, initial=EXTENSION_DAYS
    )
    why = forms.CharField(
        label=_("Why"),
        help_text=_("What has happened with the customer so far, and what comes next."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(EditForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(ReasonForm):
    fields_asked = forms.MultipleChoiceField(
        label=_("Fields to correct"), widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_choices("fields_asked", [(name, field_label(name)) for name in EDITABLE])
        self.order_fields(["fields_asked", "reason"])


class AnswerForm(EditForm):
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("Needed where you refuse. The partner reads it."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PartsForm(EditForm):
    """Who does what in a deal: rows of partner, part and weight; an empty row says nothing."""

    ROWS = 4

    def __init__(self, *args: Any, partners: Any, parts: list[DealPart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partners = {str(partner.id): partner for partner in partners}
        offered = [("", "—"), *((key, partner.name) for key, partner in self._partners.items())]
        for row in range(self.ROWS):
            held = parts[row] if row < len(parts) else None
            self.fields[f"partner_{row}"] = forms.ChoiceField(
                label=_("Partner"),
                required=False,
                choices=offered,
                initial=str(held.partner_id) if held else "",
            )
            self.fields[f"part_{row}"] = forms.ChoiceField(
                label=_("Part"),
                required=False,
                choices=PartIn.choices,
                initial=held.part if held else PartIn.SOLD,
            )
            self.fields[f"percent_{row}"] = forms.DecimalField(
                label=_("Weight, %"),
                required=False,
                min_value=0,
                max_value=100,
                max_digits=5,
                decimal_places=2,
                initial=held.percent if held else None,
            )

    def rows(self) -> list[list[Any]]:
        return [
            [self[f"{name}_{row}"] for name in ("partner", "part", "percent")] for row in range(self.ROWS)
        ]

    def parts(self) -> list[Part]:
        told = self.cleaned_data
        return [
            Part(
                self._partners[told[f"partner_{row}"]],
                told[f"part_{row}"] or PartIn.SOLD,
                told[f"percent_{row}"] or Decimal(0),
            )
            for row in range(self.ROWS)
            if told.get(f"partner_{row}")
        ]


class InterestForm(EditForm):
    partner = forms.ChoiceField(label=_("Partner"))
    kind = forms.ChoiceField(label=_("Kind"), choices=DeclaredInterest.Kind.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partners = {str(partner.id): partner for partner in partners}
        offered = [(key, partner.name) for key, partner in self._partners.items()]
        self.set_choices("partner", [("", _("Choose…")), *offered])

    def clean_partner(self) -> Any:
        return self._partners[self.cleaned_data["partner"]]


def field_label(name: str) -> Any:
    if name == "amount_minor":
        return _("Expected worth")
    return Deal._meta.get_field(name).verbose_name  # type: ignore[union-attr]
