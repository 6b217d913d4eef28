"""Forms of a plan's components; what they hold and how it is written stands in plans.component_fields.

Called by: plans.{console,component_pages}.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.plans.component_fields import fields_of, with_window
from incentives.plans.form_base import ComponentForm, negative_field, percent_field
from incentives.plans.language import MAX_MONTHS
from incentives.plans.row_forms import BonusForm, TargetForm, TiersForm
from incentives.plans.tables import MAX_LEVELS

LEVEL_LABELS = (
    _("Right above the partner, %"),
    _("Two levels above, %"),
    _("Three levels above, %"),
    _("Four levels above, %"),
    _("Five levels above, %"),
    _("Six levels above, %"),
    _("Seven levels above, %"),
    _("Eight levels above, %"),
    _("Nine levels above, %"),
    _("Ten levels above, %"),
)
NEAR_LEVELS = 5  # the others are folded away


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


class OverrideForm(ComponentForm):
    """Fields `level_1`, …: an empty level pays nobody."""

    kind = "override"

    basis = forms.ChoiceField(
        label=_("Share of"),
        choices=[("revenue", _("net sales")), ("commission", _("what the partner itself earns"))],
        help_text=_("What the partner earns for the same sale under this plan, bonuses apart."),
    )

    def add_fields(self) -> None:
        held: Mapping[int, Any] = self.initial.get("levels") or {}
        for up in range(1, MAX_LEVELS + 1):
            self.fields[f"level_{up}"] = percent_field(LEVEL_LABELS[up - 1], required=False)
            self.initial[f"level_{up}"] = held.get(up)

    def levels(self) -> list[forms.BoundField]:
        """From the nearest up, for the page."""
        return [self[f"level_{up}"] for up in range(1, MAX_LEVELS + 1)]

    def near_levels(self) -> list[forms.BoundField]:
        return self.levels()[:NEAR_LEVELS]

    def far_levels(self) -> list[forms.BoundField]:
        return self.levels()[NEAR_LEVELS:]

    def says_far(self) -> bool:
        """Whether anything stands in what is folded away."""
        return any(field.value() not in (None, "") for field in self.far_levels())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wrong = any(field.errors for field in self.levels())
        if not wrong and all(cleaned.get(field.name) is None for field in self.levels()):
            self.add_error("level_1", _("Give at least one level its rate."))
        return cleaned

    def given(self) -> dict[str, Any]:
        given = super().given()
        rates = {up: given.pop(f"level_{up}") for up in range(1, MAX_LEVELS + 1)}
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
        BonusForm,
        RecurringForm,
        OverrideForm,
        RegisteredDealForm,
    )
}


def initial_of(component: Mapping[str, Any], period: str) -> dict[str, Any]:
    """What a form shows for a component that its fields say whole."""
    return fields_of(with_window(component, period))


__all__ = ["COMPONENT_FORMS", "ComponentForm", "initial_of"]
