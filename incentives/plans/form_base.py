"""What the forms of a plan's components share; what they hold and how it is written stands in plans.component_fields.

Called by: plans.component_forms and plans.row_forms.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.plans.component_fields import component_of
from incentives.plans.condition_rows import ChoicesOf, RowGroup, posted_tree, tree_of
from incentives.plans.forms import day_field

WHOLE_PERCENT = 100
NEGATIVE = [
    ("pay", pgettext_lazy("negative margin", "It takes away from what is earned")),
    ("zero", pgettext_lazy("negative margin", "It counts as zero")),
]


def negative_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Sales below cost"), choices=NEGATIVE, help_text=_("Where the margin counts.")
    )


class ComponentForm(forms.Form):
    """What all components share: an id, a title, conditions, limits, dates.

    `choices_of` says what can be chosen of a fact; `typed` is what a person has typed so far, shown as it is."""

    kind: ClassVar[str]

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

    def __init__(
        self, data: Any = None, *, initial: Mapping[str, Any], choices_of: ChoicesOf, typed: Any = None
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.posted = data if typed is None else typed
        self.choices_of = choices_of
        self.where = self.tree("where")
        self.add_fields()
        if typed is not None:
            self.initial |= dict.fromkeys(self.fields, "") | typed.dict()

    def add_fields(self) -> None:
        """Those of which there are as many as it takes."""

    def tree(self, name: str) -> RowGroup:
        if self.posted is not None:
            return posted_tree(self.posted, name, self.choices_of)
        return tree_of(self.initial.get(name), name, self.choices_of)

    def trees(self) -> dict[str, RowGroup]:
        """The conditions by the name of what they are in the document."""
        return {"where": self.where}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        faulty = [name for name, tree in self.trees().items() if tree.mark_faults()]
        if faulty:
            self.add_error(None, _("Complete the conditions that are marked."))
        return cleaned

    def mark(self, pointer: Sequence[str], text: str) -> None:
        """Say what the language says of a condition beside it, and above that something is marked."""
        tree = self.trees().get(pointer[0])
        if tree is not None and tree.mark(pointer[1:], text):
            text = str(_("Complete the conditions that are marked."))
        self.add_error(None, text)

    def component(self) -> dict[str, Any]:
        """The component as the plan language writes it."""
        return component_of(self.kind, self.given())

    def given(self) -> dict[str, Any]:
        return self.cleaned_data | {name: tree.as_json() for name, tree in self.trees().items()}


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
