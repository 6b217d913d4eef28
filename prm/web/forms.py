"""Forms that every list and every editor shares: filters kept in the address, and edits that know their version.

Promise: a filter never refuses a page, an edit never loses what was typed; called by rooms' forms.py and console.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import HttpRequest, QueryDict
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from prm.kit.countries import country_names
from prm.kit.money import MESSAGES as MONEY_MESSAGES
from prm.kit.money import AmountInvalid, parse_human_amount
from prm.web import format as formats

PAGING = ("cursor",)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty post is still a post."""
    return request.POST if request.method == "POST" else None


def status_of(form: "EditForm") -> int:
    """409 where another editor came first, 422 where something has to be corrected."""
    if form.conflict:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def name_by_row(form: forms.Form, names: Iterable[str], row: int) -> None:
    """The rows of a form have the same labels: its list of errors says of which row a field is."""
    for name in names:
        field = form.fields[f"{name}_{row}"]
        told = {"n": row + 1, "label": field.label}
        field.named = gettext("Row %(n)s, %(label)s") % told  # type: ignore[attr-defined]


class DayInput(forms.DateInput):
    """The browser's own date field, which speaks ISO whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class AmountField(forms.Field):
    """An amount as people type it (1 234,5 or 1,234.50), as whole minor units of `currency`; above nothing."""

    def __init__(self, *, currency: str = "EUR", **kwargs: Any) -> None:
        self.currency = currency
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            amount = parse_human_amount(text, self.currency)
        except AmountInvalid as fault:
            said = gettext(MONEY_MESSAGES[fault.code]) % fault.params
            raise forms.ValidationError(said, code=fault.code) from fault
        if amount <= 0:
            raise forms.ValidationError(_("Enter an amount above zero."), code="amount_zero")
        return amount

    def prepare_value(self, value: Any) -> Any:
        return formats.typed(value, self.currency) if isinstance(value, int) else value


def reader_countries() -> dict[str, str]:
    """Names of all countries by code, in the reader's language."""
    return country_names((translation.get_language() or "en")[:2])


def yes_no_choices() -> list[tuple[str, Any]]:
    return [("yes", _("yes")), ("no", _("no"))]


def country_choices() -> list[tuple[str, str]]:
    """For `choices=`: every country in the reader's language, after an empty line."""
    return [("", "—"), *reader_countries().items()]


def tick_choices(first: Any, values: list[str]) -> list[tuple[str, Any]]:
    """For `choices=` of a filter: "any" first, then the values in use."""
    return [("", first), *((value, value) for value in values)]


class ChoosingForm(forms.Form):
    """A form whose choices are rows that the view reads."""

    def set_choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


@dataclass(frozen=True)
class Chip:
    """One filter in use: what it says, and the address without it."""

    label: Any
    text: str
    url: str


class FilterForm(ChoosingForm):
    """The filters of a list, read from the address. What is not valid there filters nothing."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET, auto_id="filter_%s")
        self.use_required_attribute = False
        self._parameters = request.GET

    @property
    def wanted(self) -> dict[str, Any]:
        """The valid values by name, empty ones left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    def chips(self) -> list[Chip]:
        return [
            Chip(self.fields[name].label, self._words(name, value), self._without(name))
            for name, value in self.wanted.items()
        ]

    def _words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", []))
        if hasattr(value, "isoformat"):
            return formats.day(value)
        return str(choices.get(value, value))

    def _without(self, name: str) -> str:
        kept = self._parameters.copy()
        for gone in (name, *PAGING):
            kept.pop(gone, None)
        return "?" + kept.urlencode()


@dataclass(frozen=True)
class Difference:
    """One field on which two editors disagree."""

    label: Any
    theirs: str
    yours: str


def _word_the_blank(field: forms.Field) -> None:
    """Django's own empty choice is a row of dashes."""
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        offered: Any = field.choices
        choices = list(offered)
        if choices[:1] == BLANK_CHOICE_DASH:
            field.choices = [("", _("Choose…") if field.required else "—"), *choices[1:]]


class EditForm(ChoosingForm):
    """An edit made from one version of a row."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    conflict: list[Difference] = []  # noqa: RUF012 - replaced, never changed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _word_the_blank(field)

    def facts(self) -> dict[str, Any]:
        """What was typed, without the machinery."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def refuse(self, refusal: Exception) -> None:
        """Put a business refusal that names its field beside that field."""
        field = getattr(refusal, "field", None)
        text = getattr(refusal, "message", str(refusal))
        fault = forms.ValidationError(text, code=getattr(refusal, "code", "invalid"))
        self.add_error(field if field in self.fields else None, fault)

    def meet(self, row: models.Model) -> bool:
        """Show another editor's row beside what was typed; saving again then goes on from that row.

        False when both say the same: there is nothing left to save.
        """
        self.conflict = [
            Difference(self.fields[name].label, self._shown(name, theirs), self._shown(name, yours))
            for name, yours in self.facts().items()
            if hasattr(row, name) and (theirs := getattr(row, name)) != yours
        ]
        typed: Any = self.data
        self.data = typed = typed.copy()
        typed["version"] = str(getattr(row, "version", ""))
        return bool(self.conflict)

    def _shown(self, name: str, value: Any) -> str:
        if isinstance(value, models.Model):
            return str(value)
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if hasattr(value, "isoformat"):
            return formats.day(value)
        choices = dict(getattr(self.fields[name], "choices", []))
        return str(choices.get(value, value)) if value not in ("", None) else "—"
