"""The shapes of the rates page; called by currencies.console and imports."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.kit.currencies import CURRENCY_EXPONENTS
from prm.web.forms import DayInput, EditForm, FilterForm, tick_choices

ANY = pgettext_lazy("filter", "Any")


class CurrencyCodeField(forms.CharField):
    """Three letters, in whatever case they were typed."""

    def __init__(self, **options: Any) -> None:
        attrs = {"list": "currencies-to-choose", "autocapitalize": "characters", "spellcheck": "false"}
        super().__init__(min_length=3, max_length=3, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        code = str(super().clean(value)).upper()
        if code and code not in CURRENCY_EXPONENTS:
            raise forms.ValidationError(_("This is not a currency code in use."), code="currency_unknown")
        return code


class RateNumberField(forms.DecimalField):
    """A rate as people type it: a comma is a point, blanks are nothing."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = str(value or "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
        return super().to_python(text)


class RateFilterForm(FilterForm):
    base = forms.ChoiceField(label=_("From currency"), required=False)
    quote = forms.ChoiceField(label=_("To currency"), required=False)
    since = forms.DateField(label=_("From day"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To day"), required=False, widget=DayInput)

    def __init__(self, request: HttpRequest, *, pairs: list[tuple[str, str]]) -> None:
        super().__init__(request)
        self.set_choices("base", tick_choices(ANY, sorted({base for base, _quote in pairs})))
        self.set_choices("quote", tick_choices(ANY, sorted({quote for _base, quote in pairs})))


class RateForm(EditForm):
    base = CurrencyCodeField(label=_("From currency"), help_text=_("Three letters, such as EUR."))
    quote = CurrencyCodeField(label=_("To currency"))
    published_on = forms.DateField(label=_("Day"), widget=DayInput)
    rate = RateNumberField(
        label=pgettext_lazy("exchange rate", "Rate"),
        help_text=_("How many units of the second currency one unit of the first is worth, such as 1.0835."),
        max_digits=20,
        decimal_places=10,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    source = forms.CharField(
        label=_("Source"), required=False, max_length=60, help_text=_("A central bank, for example.")
    )
