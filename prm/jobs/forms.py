"""The filters of the list of jobs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from prm.jobs.kinds import known_kinds
from prm.jobs.models import JobState


class JobFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("Any state")), *JobState.choices]  # type: ignore[attr-defined]
        kinds = [(kind.code, kind.label) for kind in known_kinds()]
        self.fields["kind"].choices = [("", _("Any kind")), *kinds]  # type: ignore[attr-defined]
