"""The filters of a partner's customers; called by coverage.portal."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.coverage.own import CompanyFilter, own_countries
from prm.web.forms import FilterForm, reader_countries
from prm.web.pages import PageRequest


class CompanyFilterForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    country = forms.ChoiceField(label=_("Country"), required=False)

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        names = reader_countries()
        known = sorted((names.get(code, code), code) for code in own_countries())
        self.set_choices(
            "country", [("", pgettext_lazy("filter", "Any")), *((code, name) for name, code in known)]
        )

    def as_filter(self) -> CompanyFilter:
        return CompanyFilter(**self.wanted)
