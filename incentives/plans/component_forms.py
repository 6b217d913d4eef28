"""Forms of a plan's components; what they hold and how it is written stands in plans.component_fields.

Called by: plans.console.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.plans.component_fields import (
    CHOSEN,
    MEASURED,
    MEASURES_ALL,
    MEASURES_PAID,
    MEASURES_SOME,
    MOST_LEVELS,
    TYPED,
    component_of,
    fields_of,
    joined_words,
    listed_words,
)
from incentives.plans.document import plain_decimal
from incentives.plans.forms import Choices, day_field
from incentives.plans.language import MAX_MONTHS

TIER_ROWS, SPARE_ROWS, MOST_ROWS = 8, 2, 50
WHOLE_PERCENT = 100
CONDITION_LABELS = {
    "category": _("Only these categories"),
    "product": _("Only these products"),
    "region": _("Only these regions"),
    "partner_type": _("Only these partner types"),
    "tier": _("Only these tiers"),
    "segment": _("Only these segments"),
    "certificate": _("Only partners certified in"),
}
CONDITION_HINTS = {
    "product": _("Product codes, separated by commas."),
    "region": _("Separated by commas, spelt exactly."),
    "tier": _("As of the day of the sale, like the segments and certificates below."),
}
LEVEL_LABELS = (
    _("Right above the partner, %"),
    _("Two levels above, %"),
    _("Three levels above, %"),
    _("Four levels above, %"),
    _("Five levels above, %"),
)
WINDOWS = [("month", _("Month")), ("quarter", _("Quarter")), ("year", _("Year"))]
NEGATIVE = [
    ("pay", pgettext_lazy("negative margin", "It takes away from what is earned")),
    ("zero", pgettext_lazy("negative margin", "It counts as zero")),
]


MODES = [
    ("marginal", _("Each slice earns its own rate")),
    ("retroactive", _("The reached rate applies from the first unit")),
]
MULTIPLIES = frozenset("×xх*")  # the third is Cyrillic


def negative_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Sales below cost"), choices=NEGATIVE, help_text=_("Where the margin counts.")
    )


class ComponentForm(forms.Form):
    """What all components share: an id, a title, conditions, limits, dates. `choices`: per fact what can be chosen."""

    kind: ClassVar[str]
    prefixes: ClassVar[Sequence[str]] = ("",)

    id = forms.RegexField(
        label=_("Id"),
        regex=r"^[a-z][a-z0-9_-]{0,39}$",
        help_text=_("Small Latin letters and digits, for example base. It stays the same in later versions."),
    )
    title = forms.CharField(label=_("Title"), max_length=80, required=False)
    cap = forms.DecimalField(label=_("At most, per sale"), required=False, min_value=0, localize=True)
    cap_window = forms.DecimalField(
        label=_("At most, in the window"),
        required=False,
        min_value=0,
        localize=True,
        help_text=_("For each partner; the window is that of the volume, else the plan's usual one."),
    )
    floor = forms.DecimalField(label=_("At least, per sale"), required=False, min_value=0, localize=True)
    starts_on = day_field(_("Only sales from"), required=False)
    ends_on = day_field(_("Only sales before"), required=False)

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for prefix in self.prefixes:
            self._add_conditions(prefix, choices)

    def _add_conditions(self, prefix: str, choices: Mapping[str, Choices]) -> None:
        for fact, label in CONDITION_LABELS.items():
            told: dict[str, Any] = {
                "label": label,
                "required": False,
                "help_text": CONDITION_HINTS.get(fact, ""),
            }
            if fact in TYPED:
                self.fields[prefix + TYPED[fact]] = forms.CharField(**told)
                continue
            name = prefix + CHOSEN[fact]
            listed = _with_known(choices.get(fact, ()), self.initial.get(name) or ())
            if listed:
                self.fields[name] = forms.MultipleChoiceField(
                    choices=listed, widget=forms.CheckboxSelectMultiple, **told
                )

    def conditions(self) -> list[forms.BoundField]:
        """The fields of `where`, in the order in which the page shows them."""
        return self._conditions_of("")

    def _conditions_of(self, prefix: str) -> list[forms.BoundField]:
        names = [prefix + {**CHOSEN, **TYPED}[fact] for fact in CONDITION_LABELS]
        return [self[name] for name in names if name in self.fields]

    def component(self) -> dict[str, Any]:
        """The component as the plan language writes it."""
        return component_of(self.kind, self.given())

    def given(self) -> dict[str, Any]:
        typed = {prefix + name for prefix in self.prefixes for name in TYPED.values()}
        return {
            name: listed_words(value) if name in typed else value for name, value in self.cleaned_data.items()
        }


def percent_field(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_value=WHOLE_PERCENT,
        max_digits=9,
        decimal_places=4,
        localize=True,
    )


class RateForm(ComponentForm):
    kind = "rate"

    percent = percent_field(_("Rate, %"))
    basis = forms.ChoiceField(label=_("Of"), choices=[("revenue", _("net sales")), ("margin", _("margin"))])
    negative = negative_field()


class PerUnitForm(ComponentForm):
    kind = "per_unit"

    amount = forms.DecimalField(
        label=_("Amount for each unit"), min_value=0, max_digits=15, decimal_places=6, localize=True
    )


class VolumeForm(ComponentForm):
    """Rows `from_0`, `pays_0`, …: an empty row is left out."""

    prefixes = ("", MEASURED)

    measure = forms.ChoiceField(
        label=_("Measured by"),
        choices=[("revenue", _("net sales")), ("margin", _("margin")), ("units", _("units sold"))],
    )
    window = forms.ChoiceField(label=_("Volume adds up over"), choices=WINDOWS)
    negative = negative_field()
    measured = forms.ChoiceField(
        label=_("What counts as volume"),
        choices=[
            (MEASURES_PAID, _("The same sales that are paid")),
            (MEASURES_ALL, _("All sales of the partner")),
            (MEASURES_SOME, _("Only the sales chosen here")),
        ],
        widget=forms.RadioSelect,
        initial=MEASURES_PAID,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.initial.get("rows") or []
        self.row_count = min(max(TIER_ROWS, len(rows) + SPARE_ROWS), MOST_ROWS)
        for row in range(self.row_count):
            self.fields[f"from_{row}"], self.fields[f"pays_{row}"] = self.row_fields(required=row == 0)
        for row, (start, pay) in enumerate(rows[: self.row_count]):
            self.initial.update({f"from_{row}": start, f"pays_{row}": pay})

    def row_fields(self, *, required: bool) -> tuple[forms.Field, forms.Field]:
        """Where a row starts, and what it pays."""
        raise NotImplementedError

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields, for the table of the page."""
        return [(self[f"from_{row}"], self[f"pays_{row}"]) for row in range(self.row_count)]

    def measured_conditions(self) -> list[forms.BoundField]:
        return self._conditions_of(MEASURED)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in range(1, self.row_count):
            start, pay = cleaned.get(f"from_{row}"), cleaned.get(f"pays_{row}")
            if (start is None) != (pay is None) and not self.errors.keys() & {f"from_{row}", f"pays_{row}"}:
                self.add_error(f"{'from' if start is None else 'pays'}_{row}", _("Fill in both, or neither."))
        self._check_measured(cleaned)
        return cleaned

    def _check_measured(self, cleaned: Mapping[str, Any]) -> None:
        chosen = any(cleaned.get(field.name) for field in self.measured_conditions())
        if cleaned.get("measured") == MEASURES_SOME and not chosen:
            self.add_error("measured", _("Choose below which sales count."))
        elif cleaned.get("measured") != MEASURES_SOME and chosen:
            text = _("What is chosen below counts only with “Only the sales chosen here”.")
            self.add_error("measured", text)

    def given(self) -> dict[str, Any]:
        given = super().given()
        rows = [(given.get(f"from_{row}"), given.get(f"pays_{row}")) for row in range(self.row_count)]
        return given | {"rows": [(start, pay) for start, pay in rows if start is not None]}


class TiersForm(VolumeForm):
    kind = "tiers"

    mode = forms.ChoiceField(
        label=_("How tiers work"),
        choices=[*MODES, ("whole_transaction", _("The reached tier applies to the whole order"))],
    )
    pays = forms.ChoiceField(
        label=_("Rows pay"),
        choices=[("rate", _("a rate, %")), ("amount", _("an amount for each unit"))],
        help_text=_("Amounts need units sold as the measure."),
    )

    def row_fields(self, *, required: bool) -> tuple[forms.Field, forms.Field]:
        start = forms.DecimalField(label=_("From volume"), required=required, min_value=0, localize=True)
        pay = forms.DecimalField(label=_("Rate, % or amount"), required=required, min_value=0, localize=True)
        return start, pay

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in range(self.row_count):
            pay = cleaned.get(f"pays_{row}")
            if pay is not None and pay > WHOLE_PERCENT and cleaned.get("pays") == "rate":
                self.add_error(f"pays_{row}", _("A rate is at most 100 %."))
        return cleaned


class StepPayField(forms.CharField):
    """A rate in percent, or ×1.5: so many times the base rate. Its value is what the plan language writes."""

    number = forms.DecimalField(required=False, min_value=0, max_digits=9, decimal_places=6, localize=True)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "")
        multiplies = text[:1].casefold() in MULTIPLIES
        number = self.number.clean(text[1:].strip() if multiplies else text.removesuffix("%").strip())
        if number is None:
            return None
        return {"multiplier": plain_decimal(number)} if multiplies else {"rate": plain_decimal(number / 100)}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if "multiplier" in value:
            return f"×{localize_input(Decimal(value['multiplier']))}"
        return localize_input((Decimal(value["rate"]) * 100).normalize())


class TargetForm(VolumeForm):
    kind = "target"

    mode = forms.ChoiceField(label=_("How steps work"), choices=MODES)
    goal = forms.DecimalField(
        label=_("Goal of each partner"),
        required=False,
        min_value=0,
        max_digits=15,
        decimal_places=6,
        localize=True,
        help_text=_(
            "In the plan's currency, or in units. Who joins within the window has a part of it. Empty: only partners "
            "with a goal of their own are paid."
        ),
    )

    def row_fields(self, *, required: bool) -> tuple[forms.Field, forms.Field]:
        start = forms.DecimalField(
            label=_("From so much of the goal, %"), required=required, min_value=0, max_digits=9, decimal_places=4,
            localize=True,
        )  # fmt: skip
        pay = StepPayField(label=_("Rate, % or ×1.5"), required=required, max_length=20)
        return start, pay


class OverrideForm(ComponentForm):
    """Fields `level_1`, …: an empty level pays nobody."""

    kind = "override"

    basis = forms.ChoiceField(
        label=_("Share of"),
        choices=[("revenue", _("net sales")), ("commission", _("what the partner itself earns"))],
        help_text=_("What the partner earns for the same sale under this plan, bonuses apart."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held: Mapping[int, Any] = self.initial.get("levels") or {}
        for up in range(1, MOST_LEVELS + 1):
            self.fields[f"level_{up}"] = percent_field(LEVEL_LABELS[up - 1], required=False)
            self.initial[f"level_{up}"] = held.get(up)

    def levels(self) -> list[forms.BoundField]:
        """From the nearest up, for the page."""
        return [self[f"level_{up}"] for up in range(1, MOST_LEVELS + 1)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wrong = any(field.errors for field in self.levels())
        if not wrong and all(cleaned.get(field.name) is None for field in self.levels()):
            self.add_error("level_1", _("Give at least one level its rate."))
        return cleaned

    def given(self) -> dict[str, Any]:
        given = super().given()
        rates = {up: given.pop(f"level_{up}") for up in range(1, MOST_LEVELS + 1)}
        return given | {"levels": {up: rate for up, rate in rates.items() if rate is not None}}


class RegisteredDealForm(ComponentForm):
    kind = "registered_deal"

    percent = percent_field(_("Rate, %"))


class RecurringForm(ComponentForm):
    kind = "recurring"

    percent = percent_field(_("Rate, %"))
    months = forms.IntegerField(label=_("For how many months"), min_value=1, max_value=MAX_MONTHS)


COMPONENT_FORMS: dict[str, type[ComponentForm]] = {
    form.kind: form
    for form in (
        RateForm,
        PerUnitForm,
        TiersForm,
        TargetForm,
        RecurringForm,
        OverrideForm,
        RegisteredDealForm,
    )
}


def initial_of(component: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows for a component that its fields say whole."""
    shown = fields_of(component)
    typed = [prefix + name for prefix in ("", MEASURED) for name in TYPED.values()]
    return shown | {name: joined_words(shown[name]) for name in typed if name in shown}


def _with_known(choices: Choices, chosen: Sequence[str]) -> list[tuple[str, Any]]:
    """The choices, and what is chosen already though no room offers it any more."""
    offered = {value for value, _label in choices}
    return [*choices, *((value, value) for value in chosen if value not in offered)]


__all__ = ["COMPONENT_FORMS", "ComponentForm", "initial_of"]
