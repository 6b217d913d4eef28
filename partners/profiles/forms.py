"""The shapes of profiles' pages; a fault stands beside its field. Called by profiles.{console,portal,public}."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.profiles.fields import FAULTS
from partners.profiles.models import (
    CustomField,
    DocumentKind,
    FieldKind,
    Listing,
    PartnerDocument,
    Term,
    TermKind,
)
from partners.profiles.presentation import LIST_LABELS
from partners.profiles.rules import CODE, LONGEST, ValueInvalid, kept_value
from prm.web.forms import DayInput, EditForm, FilterForm, yes_no_choices

PREFIX = "custom_"
NOTHING = ("", "—")
ANY = pgettext_lazy("filter", "Any")
CODE_HINT = _("Names it in the API: small Latin letters, digits and underscores.")
RUSSIAN_HINT = _("Empty: the English name is shown in Russian too.")


class TermForm(forms.ModelForm, EditForm):
    """A word of a list; list and code are asked once."""

    class Meta:
        model = Term
        fields: ClassVar = ["kind", "code", "label_en", "label_ru"]
        help_texts: ClassVar = {"code": CODE_HINT, "label_ru": RUSSIAN_HINT}

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["kind"], self.fields["code"]
        else:
            kind: Any = self.fields["kind"]
            kind.choices = [("", _("Choose a list")), *TermKind.choices]

    def clean_code(self) -> str:
        return checked_code(self.cleaned_data["code"])


class FieldForm(forms.ModelForm, EditForm):
    """A custom field; code and kind are asked once. Choices: one a line, `code = English = Russian`."""

    options_text = forms.CharField(
        label=_("Choices"),
        help_text=_("For a choice of a list, one a line: gold = Gold = Золото. The first word is the code."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "lang": "mul"}),
    )

    class Meta:
        model = CustomField
        fields: ClassVar = ["code", "label_en", "label_ru", "kind", "is_required", "partner_access"]
        help_texts: ClassVar = {"code": CODE_HINT, "label_ru": RUSSIAN_HINT}

    def __init__(self, *args: Any, known: CustomField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_kind = known.kind if known else ""
        if known is not None:
            del self.fields["code"], self.fields["kind"]
            if known.kind != FieldKind.CHOICE:
                del self.fields["options_text"]
        self.order_fields(["code", "label_en", "label_ru", "kind", "options_text"])

    def clean_code(self) -> str:
        return checked_code(self.cleaned_data["code"])

    def clean_options_text(self) -> list[dict[str, str]]:
        return [option_of(line) for line in self.cleaned_data["options_text"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        options = told.get("options_text")
        if (told.get("kind") or self.known_kind) == FieldKind.CHOICE and options is not None:
            codes = [option["code"] for option in options]
            if not codes or len(codes) != len(set(codes)):
                self.add_error("options_text", _("Write at least one choice, each code once."))
        return told

    def facts(self) -> dict[str, Any]:
        told = super().facts()
        options = told.pop("options_text", None)
        if options is not None:
            told["options"] = options if (told.get("kind") or self.known_kind) == FieldKind.CHOICE else []
        return told


def checked_code(code: str) -> str:
    if not CODE.fullmatch(code):
        raise forms.ValidationError(CODE_HINT, code="code_format")
    return code


def option_of(line: str) -> dict[str, str]:
    """`gold = Gold = Золото`, `Gold = Золото` or `Gold` as a choice."""
    parts = [part.strip() for part in line.split("=")]
    first = parts[0]
    code = first if CODE.fullmatch(first) else re.sub(r"[^a-z0-9_]+", "_", slugify(first)) or "choice"
    names = parts[1:] if len(parts) > 1 and code == first else parts
    return {"code": code, "en": names[0], "ru": names[1] if len(names) > 1 else ""}


def option_lines(field: CustomField) -> str:
    return "\n".join(
        " = ".join(part for part in (one["code"], one["en"], one["ru"]) if part) for one in field.options
    )


class KeptField(forms.CharField):
    """A value of one custom field, checked by the field's own rule; a choice that is `held` and offered no longer may
    stay."""

    def __init__(self, field: CustomField, held: str) -> None:
        self.custom, self.held = field, held
        super().__init__(
            label=field.label, required=field.is_required, max_length=LONGEST, widget=_widget_of(field, held)
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            offered = [option["code"] for option in self.custom.options]
            return kept_value(self.custom.kind, text, [*offered, self.held])
        except ValueInvalid as fault:
            raise forms.ValidationError(FAULTS[fault.code], code=fault.code) from fault


def _widget_of(field: CustomField, held: str) -> forms.Widget:
    if field.kind == FieldKind.DATE:
        return DayInput()
    if field.kind == FieldKind.CHOICE:
        offered = field.choices()
        gone = [(held, _("%(word)s (out of use)") % {"word": held})]
        return forms.Select(
            choices=[NOTHING, *offered, *(gone if held and held not in dict(offered) else ())]
        )
    if field.kind == FieldKind.YES_NO:
        return forms.Select(choices=[NOTHING, *yes_no_choices()])
    return forms.TextInput(attrs={"inputmode": "decimal"} if field.kind == FieldKind.NUMBER else {})


class ProfileForm(EditForm):
    """The lists that may be filled in, each word a tick; and the custom fields. `said`: what is said in them now."""

    def __init__(
        self,
        *args: Any,
        terms: Mapping[str, Sequence[Term]],
        fields: Sequence[CustomField],
        said: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lists = [name for name, offered in terms.items() if offered]
        self.codes = [field.code for field in fields]
        for name in self.lists:
            self.fields[name] = forms.MultipleChoiceField(
                label=LIST_LABELS[name],
                required=False,
                choices=[(term.code, term.label_in_forms) for term in terms[name]],
                widget=forms.CheckboxSelectMultiple,
            )
        for field in fields:
            self.fields[PREFIX + field.code] = KeptField(field, said.get(field.code, ""))

    @property
    def is_empty(self) -> bool:
        return not self.lists and not self.codes

    def told(self) -> dict[str, Any]:
        """As `write_profile` takes it."""
        custom = {code: self.cleaned_data[PREFIX + code] for code in self.codes}
        return {**{name: self.cleaned_data[name] for name in self.lists}, "custom_fields": custom}


class DocumentForm(forms.ModelForm, EditForm):
    """`shared` is asked of staff only: what a partner's people send, both sides read."""

    attached = forms.FileField(label=_("File"), help_text=_("PDF, picture, table or archive, up to 20 MB."))
    kind = forms.ChoiceField(label=_("Kind"), choices=DocumentKind.choices)
    valid_until = forms.DateField(label=_("Valid until"), required=False, widget=DayInput)
    shared = forms.BooleanField(label=_("The partner's people read it too"), required=False)

    class Meta:
        model = PartnerDocument
        fields: ClassVar = ["title", "kind", "valid_until"]

    def __init__(self, *args: Any, own_side: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_side = own_side
        if own_side:
            del self.fields["shared"]

    def told(self) -> dict[str, Any]:
        names = ("kind", "title", "valid_until")
        shared = self.own_side or self.cleaned_data["shared"]
        return {**{name: self.cleaned_data[name] for name in names}, "shared": shared}


class ListingForm(forms.ModelForm, EditForm):
    class Meta:
        model = Listing
        fields: ClassVar = ["about"]
        widgets: ClassVar = {"about": forms.Textarea(attrs={"rows": 3, "maxlength": 300})}
        help_texts: ClassVar = {"about": _("What a customer should know, in a sentence or two.")}


class FindForm(FilterForm):
    q = forms.CharField(
        label=_("Search"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    specialisation = forms.ChoiceField(label=_("Specialisation"), required=False)

    def __init__(self, request: HttpRequest, choices: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        super().__init__(request)
        for name, offered in choices.items():
            self.set_choices(name, [("", ANY), *offered])
