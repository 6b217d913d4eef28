"""Forms of components with rows: tiers, targets and bonuses; what they hold stands in plans.component_fields.

Called by: plans.component_forms.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _

from incentives.plans.component_fields import MEASURES_ALL, MEASURES_PAID, MEASURES_SOME
from incentives.plans.condition_rows import RowGroup
from incentives.plans.document import plain_decimal
from incentives.plans.form_base import WHOLE_PERCENT, ComponentForm, negative_field

TIER_ROWS, SPARE_ROWS, MOST_ROWS = 8, 2, 50
WINDOWS = [("month", _("Month")), ("quarter", _("Quarter")), ("year", _("Year"))]
MODES = [
    ("marginal", _("Each slice earns its own rate")),
    ("retroactive", _("The reached rate applies from the first unit")),
]
MULTIPLIES = frozenset("×xх*")  # the third is Cyrillic


class RowsForm(ComponentForm):
    """Rows `from_0`, `pays_0`, …: an empty row is left out."""

    columns: ClassVar[Sequence[str]] = ("from", "pays")

    measure = forms.ChoiceField(
        label=_("Measured by"),
        choices=[("revenue", _("net sales")), ("margin", _("margin")), ("units", _("units sold"))],
    )
    window = forms.ChoiceField(label=_("Volume adds up over"), choices=WINDOWS)
    negative = negative_field()

    def add_fields(self) -> None:
        rows = self.initial.get("rows") or []
        self.row_count = min(max(TIER_ROWS, len(rows) + SPARE_ROWS, self._posted_rows()), MOST_ROWS)
        for row in range(self.row_count):
            self.fields[f"from_{row}"], self.fields[f"pays_{row}"] = self.row_fields(required=row == 0)
        for row, (start, pay) in enumerate(rows[: self.row_count]):
            self.initial.update({f"from_{row}": start, f"pays_{row}": pay})

    def _posted_rows(self) -> int:
        names = (name.removeprefix("from_") for name in self.posted or () if name.startswith("from_"))
        return max((int(row) + 1 for row in names if row.isascii() and row.isdigit()), default=0)

    def row_fields(self, *, required: bool) -> tuple[forms.Field, forms.Field]:
        """Where a row starts, and what it pays."""
        raise NotImplementedError

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each row, for the page."""
        return [[self[f"{name}_{row}"] for name in self.columns] for row in range(self.row_count)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in range(1, self.row_count):
            start, pay = cleaned.get(f"from_{row}"), cleaned.get(f"pays_{row}")
            if (start is None) != (pay is None) and not self.errors.keys() & {f"from_{row}", f"pays_{row}"}:
                self.add_error(f"{'from' if start is None else 'pays'}_{row}", _("Fill in both, or neither."))
        return cleaned

    def given(self) -> dict[str, Any]:
        given = super().given()
        rows = [(given.get(f"from_{row}"), given.get(f"pays_{row}")) for row in range(self.row_count)]
        return given | {"rows": [(start, pay) for start, pay in rows if start is not None]}


class VolumeForm(RowsForm):
    """With what counts as volume, where that is not what is paid."""

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

    def add_fields(self) -> None:
        super().add_fields()
        self.measure_where = self.tree("measure_where")

    def trees(self) -> dict[str, RowGroup]:
        return super().trees() | {"measure_where": self.measure_where}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = bool(self.measure_where.members)
        if cleaned.get("measured") == MEASURES_SOME and not chosen:
            self.add_error("measured", _("Choose below which sales count."))
        elif cleaned.get("measured") != MEASURES_SOME and chosen:
            text = _("What is chosen below counts only with “Only the sales chosen here”.")
            self.add_error("measured", text)
        return cleaned


class TiersForm(VolumeForm):
    kind = "tiers"

    mode = forms.ChoiceField(
        label=_("How tiers work"),
        choices=[*MODES, ("whole_transaction", _("The reached tier applies to the whole order"))],
    )
    of_group = forms.BooleanField(
        label=_("Count the sales of all partners below, too"),
        required=False,
        help_text=_("Only the partner's own sales are paid."),
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


class BonusPayField(forms.CharField):
    """An amount, or 5 %: a rate of all that was measured. Its value is what the plan language writes."""

    number = forms.DecimalField(required=False, min_value=0, max_digits=15, decimal_places=6, localize=True)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        number = self.number.clean(text.removesuffix("%").strip())
        if number is None:
            return None
        if not text.endswith("%"):
            return {"amount": plain_decimal(number)}
        if number > WHOLE_PERCENT:
            raise forms.ValidationError(_("A rate is at most 100 %."))
        return {"rate": plain_decimal(number / 100)}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        if "rate" in value:
            return f"{localize_input((Decimal(value['rate']) * 100).normalize())}%"
        return localize_input(Decimal(value["amount"]))


class BonusForm(RowsForm):
    kind = "bonus"

    starts = forms.ChoiceField(
        label=_("Steps begin at"),
        choices=[("goal", _("a goal of the bonus")), ("attainment", _("a share of the target's goal, %"))],
        help_text=_("The plan's target decides what is measured then, in which window and of which sales."),
    )
    cap = floor = floor_window = None  # type: ignore[assignment]
    columns = ("from", "pays", "in_parts")

    def add_fields(self) -> None:
        super().add_fields()
        held = self.initial.get("in_parts") or []
        for row in range(self.row_count):
            self.fields[f"in_parts_{row}"] = forms.BooleanField(
                label=_("Who comes within the window has a part of the goal"), required=False
            )
            self.initial[f"in_parts_{row}"] = row < len(held) and held[row]

    def given(self) -> dict[str, Any]:
        given = super().given()
        told = [row for row in range(self.row_count) if given.get(f"from_{row}") is not None]
        return given | {"in_parts": [given[f"in_parts_{row}"] for row in told]}

    def row_fields(self, *, required: bool) -> tuple[forms.Field, forms.Field]:
        start = forms.DecimalField(
            label=_("From so much"),
            required=required,
            min_value=0,
            max_digits=15,
            decimal_places=6,
            localize=True,
        )
        return start, BonusPayField(label=_("Amount, or 5%"), required=required, max_length=30)
