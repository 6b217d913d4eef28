"""The shapes of what the vendor's staff say about deals; called by deals.console."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.deals.actions import EDITABLE
from partners.deals.forms import field_label
from partners.deals.models import DealPart, DeclaredInterest, PartIn
from partners.deals.rules import Terms
from partners.deals.rulings import MOST_PARTS, Part
from prm.web.forms import EditForm, name_by_row

ROWS_AT_ONCE = 4
PART_NAMES = ("partner", "part", "percent")


class ReasonForm(EditForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The partner reads it. Name no other partner."),
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
    """The answer to what a partner asked for; `prefix` keeps two of them on one page apart."""

    needed_at_times = ("answer",)

    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("Needed where you refuse. The partner reads it: name no other partner."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PartsForm(EditForm):
    """Who does what in a deal: rows of partner, part and weight; an empty row says nothing.

    `wants_more`: the person asked for more rows instead of saving.
    """

    def __init__(self, data: Any, *, partners: Any, parts: list[DealPart]) -> None:
        super().__init__(data)
        self._partners = {str(partner.id): partner for partner in partners}
        self.wants_more = data is not None and "more" in data
        self.row_count = self._count_rows(data, len(parts))
        offered = [("", "—"), *((key, partner.name) for key, partner in self._partners.items())]
        for row in range(self.row_count):
            self._add_row(row, offered, parts[row] if row < len(parts) else None)

    @property
    def is_full(self) -> bool:
        return self.row_count >= MOST_PARTS

    def _count_rows(self, data: Any, held: int) -> int:
        """As many as were sent, else those that stand and a few empty ones; a few more on demand."""
        sent = sum(key.startswith("partner_") for key in data) if data is not None else 0
        more = ROWS_AT_ONCE if self.wants_more or not sent else 0
        return min(max(sent, held) + more, MOST_PARTS)

    def _add_row(self, row: int, offered: list[tuple[str, str]], held: DealPart | None) -> None:
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
            initial=f"{held.percent.normalize():f}" if held else None,
        )
        name_by_row(self, PART_NAMES, row)

    def rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{row}"] for name in PART_NAMES] for row in range(self.row_count)]

    def parts(self) -> list[Part]:
        told = self.cleaned_data
        return [
            Part(
                self._partners[told[f"partner_{row}"]],
                told[f"part_{row}"] or PartIn.SOLD,
                told[f"percent_{row}"] or Decimal(0),
            )
            for row in range(self.row_count)
            if told.get(f"partner_{row}")
        ]


class InterestForm(EditForm):
    """A stake in a partner of the programme, or in any other company."""

    needed_at_times = ("partner", "company")

    partner = forms.ChoiceField(label=_("Partner"), required=False)
    company = forms.CharField(
        label=_("Or another company"),
        help_text=_("A customer, or the company behind a partner, as it is called in its documents."),
        required=False,
        max_length=200,
    )
    tax_id = forms.CharField(label=_("Its tax id"), required=False, max_length=30)
    website = forms.CharField(label=_("Its website"), required=False, max_length=200)
    account = forms.CharField(
        label=_("Its bank account"),
        help_text=_(
            "Kept as a digest that nobody can read back, and compared with the accounts of partners."
        ),
        required=False,
        max_length=40,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DeclaredInterest.Kind.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, partners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._partners = {str(partner.id): partner for partner in partners}
        offered = [(key, partner.name) for key, partner in self._partners.items()]
        self.set_choices("partner", [("", "—"), *offered])

    def clean_partner(self) -> Any:
        return self._partners.get(self.cleaned_data["partner"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if bool(told.get("partner")) == bool(told.get("company")):
            fault = ValidationError(_("Name a partner, or another company."), code="one_company")
            self.add_error("partner", fault)
            self.add_error("company", fault)
        return told

    def interest(self) -> dict[str, Any]:
        """The arguments of `declare_interest`."""
        told = self.cleaned_data
        company = {name: told[name] for name in ("company", "tax_id", "website", "account")}
        named = {"partner": told["partner"]} if told["partner"] else {"company": company}
        return {"kind": told["kind"], "note": told["note"], **named}


class TermsForm(EditForm):
    """How long the vendor takes to decide, and how long it protects."""

    decision_hours = forms.IntegerField(
        label=_("Working hours to decide"),
        help_text=_(
            "Hours of working days, Monday to Friday. After them the deal goes to the programme's admins."
        ),
        min_value=1,
        max_value=720,
    )
    answer_days = forms.IntegerField(
        label=_("Days to answer a question"),
        help_text=_("A claim whose question is not answered in time gives up its place in the queue."),
        min_value=1,
        max_value=365,
    )
    protection_days = forms.IntegerField(
        label=_("Days of protection"),
        help_text=_(
            "Of claims that are approved from now on, from the day on which their protection begins."
        ),
        min_value=1,
        max_value=1095,
    )
    extension_days = forms.IntegerField(
        label=_("Days of an extension"),
        help_text=_("What a partner is offered when it asks for more time; it may ask for another number."),
        min_value=1,
        max_value=365,
    )

    def terms(self) -> Terms:
        return Terms(**self.facts())
