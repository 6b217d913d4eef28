"""The shapes of merging: choosing the other partner, and field by field whose value stays.

Called by: directory.merge_pages."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.directory.merging import CHOOSABLE
from partners.directory.models import Partner
from partners.directory.presentation import FIELD_LABELS
from prm.web import format as formats
from prm.web.forms import EditForm, reader_countries

OURS, THEIRS = "survivor", "merged"


class OtherPartnerForm(EditForm):
    """The other one of two, by its code."""

    code = forms.CharField(
        label=_("Code of the other partner"),
        help_text=_("You then see both side by side and choose which of them stays."),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "partners-to-choose"}),
    )


@dataclass(frozen=True)
class Compared:
    """One field of both. `chosen`: whose value the survivor has afterwards."""

    name: str
    label: Any
    ours: str
    theirs: str
    chosen: str

    @property
    def differs(self) -> bool:
        return self.ours != self.theirs

    @property
    def input_name(self) -> str:
        return f"take_{self.name}"


class MergeForm(EditForm):
    """Per field one of two, and the code of the partner that goes, typed by hand."""

    code = forms.CharField(label=_("Type the code of the partner that goes"), max_length=60)

    def __init__(self, *args: Any, survivor: Partner, merged: Partner, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.survivor, self.merged = survivor, merged
        self.fields["code"].widget.attrs["autocomplete"] = "off"
        for name in CHOOSABLE:
            field = forms.ChoiceField(choices=[(OURS, OURS), (THEIRS, THEIRS)], required=False)
            self.fields[f"take_{name}"] = field

    def clean_code(self) -> str:
        if self.cleaned_data["code"] != self.merged.code:
            raise forms.ValidationError(
                _("This is not the code of the partner that goes."), code="other_code"
            )
        return str(self.cleaned_data["code"])

    def taken(self) -> list[str]:
        """The fields whose value the merged partner gives."""
        return [row.name for row in self.compared() if row.differs and row.chosen == THEIRS]

    def compared(self) -> list[Compared]:
        rows = []
        for name in CHOOSABLE:
            ours, theirs = _shown(self.survivor, name), _shown(self.merged, name)
            told = self.data.get(f"take_{name}") if self.is_bound else None
            chosen = told if told in (OURS, THEIRS) else _usual(self.survivor, self.merged, name)
            rows.append(Compared(name, FIELD_LABELS[name], ours, theirs, chosen))
        return rows


def _usual(survivor: Partner, merged: Partner, name: str) -> str:
    """What stands at the survivor, unless nothing does; the earlier day of joining."""
    if name == "joined_on":
        return OURS if survivor.joined_on <= merged.joined_on else THEIRS
    return OURS if _shown(survivor, name) else THEIRS


def _shown(partner: Partner, name: str) -> str:
    if name == "manager":
        return str(partner.manager.user) if partner.manager else ""
    if name == "joined_on":
        return formats.day(partner.joined_on)
    if name == "country":
        return str(reader_countries().get(partner.country, partner.country))
    if name in ("partner_type", "status"):
        return str(getattr(partner, f"get_{name}_display")())
    return str(getattr(partner, name))
