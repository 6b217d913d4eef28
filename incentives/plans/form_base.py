"""What the forms of a plan's components share; what they hold and how it is written stands in plans.component_fields.

Called by: plans.component_forms and plans.row_forms.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.plans.component_fields import CHOSEN, TYPED, component_of, listed_words
from incentives.plans.forms import Choices, day_field

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
NEGATIVE = [
    ("pay", pgettext_lazy("negative margin", "It takes away from what is earned")),
    ("zero", pgettext_lazy("negative margin", "It counts as zero")),
]


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
    floor_window = forms.DecimalField(
        label=_("At least, in the window"),
        required=False,
        min_value=0,
        localize=True,
        help_text=_("Where anything was earned: the rest is topped up when the window is over."),
    )
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


def _with_known(choices: Choices, chosen: Sequence[str]) -> list[tuple[str, Any]]:
    """The choices, and what is chosen already though no room offers it any more."""
    offered = {value for value, _label in choices}
    return [*choices, *((value, value) for value in chosen if value not in offered)]
