"""Forms of imports: the file, the columns, the filters of the history."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.imports.kinds import ImportKind
from prm.imports.models import ImportState

PREFIX = "column_"
LONGEST_SAMPLE = 40
DECIMALS = [
    ("auto", _("Find out from each number")),
    (",", _("A comma: 1.234,50")),
    (".", _("A point: 1,234.50")),
]


class FileForm(forms.Form):
    """What is imported, where it comes from, and the file."""

    kind = forms.ChoiceField(label=_("What the file holds"))
    source = forms.SlugField(
        label=_("Source"),
        max_length=40,
        initial="file",
        help_text=_(
            "Where the file comes from, such as erp. The choice of columns is remembered for each source."
        ),
    )
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or Excel (.xlsx), up to 20 MB; the first row names the columns.")
    )

    def __init__(self, *args: Any, kinds: Sequence[ImportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.key, kind.label) for kind in kinds]  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Which column of the file is which of ours; the columns that must be there come first."""

    decimal = forms.ChoiceField(label=_("Decimal sign"), choices=DECIMALS, initial="auto")

    def __init__(
        self, *args: Any, kind: ImportKind, headers: Sequence[str], samples: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Not in the file")), *((header, _shown(header, samples)) for header in headers)]
        columns = sorted(kind.columns, key=lambda column: not column.required)
        for column in columns:
            self.fields[PREFIX + column.key] = forms.ChoiceField(
                label=str(column.label),
                choices=choices,
                required=column.required,
                help_text=str(column.hint),
            )
        self.order_fields([*(PREFIX + column.key for column in columns), "decimal"])

    @property
    def mapping(self) -> dict[str, str]:
        """{column key: header} of what was chosen."""
        return {
            name.removeprefix(PREFIX): header
            for name, header in self.cleaned_data.items()
            if name.startswith(PREFIX) and header
        }


def _shown(header: str, samples: Mapping[str, str]) -> str:
    sample = samples.get(header, "")
    if len(sample) > LONGEST_SAMPLE:
        sample = sample[:LONGEST_SAMPLE] + "…"
    return f"{header} ({sample})" if sample else header


class HistoryFilter(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[ImportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Every kind")),
            *((kind.key, kind.label) for kind in kinds),
        ]
        self.fields["state"].choices = [("", _("Any state")), *ImportState.choices]  # type: ignore[attr-defined]
