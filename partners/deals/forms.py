"""The shapes of the deals' pages; called by deals.{console,portal}."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.customers.queries import find_customer
from partners.deals.actions import FOLLOWED_UP
from partners.deals.amendments import AMENDED
from partners.deals.models import OWN_WORDS, Deal, DealState, Stage
from partners.deals.queries import DealFilter
from partners.directory.queries import find_visible_partner
from prm.web.forms import AmountField, DayInput, EditForm, FilterForm, country_choices
from prm.web.pages import PageRequest
from prm.web.requisites import TAX_ID_FAULTS, tax_id_fault

ANY = pgettext_lazy("filter", "Any")
MOST_EXTENSION_DAYS = 365
ORDER = (
    "customer",
    "country",
    "tax_id",
    "domain",
    "line",
    "amount_minor",
    "closes_on",
    "stage",
    "contact",
    "note",
    "why",
)


class DealFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", ANY), ("open", pgettext_lazy("deals", "All open")), *DealState.choices],
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", ANY), *Stage.choices])

    def __init__(self, request: PageRequest, *, own: bool = False) -> None:
        super().__init__(request)
        if own:
            offered: Any = self.fields["state"]
            offered.choices = [(code, OWN_WORDS.get(code, label)) for code, label in offered.choices]

    def as_filter(self) -> DealFilter:
        return DealFilter(**self.wanted)


class StaffDealFilterForm(DealFilterForm):
    """Links of other pages also narrow to a partner's claims, or to those on a customer."""

    partner = forms.ChoiceField(label=_("Partner"), required=False, widget=forms.HiddenInput)
    customer = forms.ChoiceField(label=_("Customer"), required=False, widget=forms.HiddenInput)

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        asked = {name: request.GET.get(name, "") for name in ("partner", "customer")}
        self._customer = find_customer(asked["customer"]) if asked["customer"] else None
        partner = find_visible_partner(request.actor, asked["partner"]) if asked["partner"] else None
        for name, row in (("partner", partner), ("customer", self._customer)):
            self.set_choices(name, [(str(row.id), row.name)] if row else [])

    def as_filter(self) -> DealFilter:
        wanted = self.wanted
        wanted.pop("customer", None)
        partner = wanted.pop("partner", None)
        return DealFilter(
            **wanted,
            partner_id=UUID(partner) if partner else None,
            claim_keys=self._customer.claim_keys if self._customer else (),
        )


class DealForm(forms.ModelForm, EditForm):
    """The whole registration: ten fields, of which five must be filled."""

    country = forms.ChoiceField(label=_("Customer's country"), required=False, choices=country_choices)
    line = forms.ChoiceField(label=_("Product line"))
    amount_minor = AmountField(label=_("Expected worth"))
    closes_on = forms.DateField(label=_("Expected to close on"), widget=DayInput)

    class Meta:
        model = Deal
        fields: ClassVar = [
            "customer",
            "country",
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
        self._country = str(self.initial.get("country", ""))

    def clean_line(self) -> Any:
        return self._lines[self.cleaned_data["line"]]

    def clean(self) -> dict[str, Any]:
        """The tax id by the rules of the country, where one is named."""
        told = super().clean() or {}
        fault = tax_id_fault(told.get("tax_id", ""), told.get("country", self._country))
        if fault:
            self.add_error("tax_id", ValidationError(TAX_ID_FAULTS[fault], code=fault))
        return told

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


class AmendmentForm(DealForm):
    """What an approved claim should be on, and why."""

    why = forms.CharField(
        label=_("Why"),
        help_text=_("What was wrong, or what has changed. Your channel manager reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, only=[*AMENDED, "why"], **kwargs)

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts().items() if name != "why"}


class StageForm(forms.Form):
    """A move on the board, made from the version that was seen."""

    stage = forms.ChoiceField(choices=Stage.choices)
    version = forms.IntegerField()


class ExtensionForm(EditForm):
    days = forms.IntegerField(label=_("More days"), min_value=1, max_value=MOST_EXTENSION_DAYS)
    why = forms.CharField(
        label=_("Why"),
        help_text=_("What has happened with the customer so far, and what comes next."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def field_label(name: str) -> Any:
    if name == "amount_minor":
        return _("Expected worth")
    return Deal._meta.get_field(name).verbose_name  # type: ignore[union-attr]
