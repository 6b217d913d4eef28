"""The shapes of the customer pages; called by customers.console and imports."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.customers.models import Customer
from partners.customers.queries import CustomerFilter
from prm.web.forms import EditForm, FilterForm, country_choices, tick_choices
from prm.web.requisites import TAX_ID_FAULTS, tax_id_fault

ANY = pgettext_lazy("filter", "Any")


class CustomerFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    industry = forms.ChoiceField(label=_("Industry"), required=False)

    def __init__(self, request: HttpRequest, *, countries: list[str], industries: list[str]) -> None:
        super().__init__(request)
        named = [(code, name) for code, name in country_choices() if code in countries]
        self.set_choices("country", [("", ANY), *named])
        self.set_choices("industry", tick_choices(ANY, industries))

    def as_filter(self) -> CustomerFilter:
        return CustomerFilter(**self.wanted)


class CustomerForm(forms.ModelForm, EditForm):
    """Facts of a customer. Saved by actions, never by the form."""

    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)

    class Meta:
        model = Customer
        fields: ClassVar = ["code", "name", "country", "tax_id", "website", "industry"]
        labels: ClassVar = {"name": pgettext_lazy("record", "Name")}
        help_texts: ClassVar = {
            "code": _("The customer's id in your ERP, exactly as it is written there."),
            "tax_id": _("Two records with one tax id are one company, whatever their names."),
            "website": _("Claims of partners who know only the website meet this customer by it."),
        }
        widgets: ClassVar = {"industry": forms.TextInput(attrs={"list": "industries-in-use"})}

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        fault = tax_id_fault(told.get("tax_id", ""), told.get("country", ""))
        if fault:
            self.add_error("tax_id", ValidationError(TAX_ID_FAULTS[fault], code=fault))
        return told
