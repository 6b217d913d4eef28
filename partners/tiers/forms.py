"""The shapes of the tiers' pages; called by tiers.console."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.tiers.models import Tier, TierCalendar, TierPin
from prm.web.forms import DayInput, EditForm

MOST_RANK, MOST_DAYS = 20, 365


class TierForm(forms.ModelForm, EditForm):
    rank = forms.IntegerField(
        label=_("Rank"),
        min_value=1,
        max_value=MOST_RANK,
        help_text=_("1 is the lowest step of the programme."),
    )

    class Meta:
        model = Tier
        fields: ClassVar = ["name", "rank", "benefits"]
        labels: ClassVar = {"name": pgettext_lazy("record", "Name")}
        widgets: ClassVar = {"benefits": forms.Textarea(attrs={"rows": 4})}
        help_texts: ClassVar = {"benefits": _("One per line. Partners read them.")}


class CalendarForm(forms.ModelForm, EditForm):
    warn_days = forms.IntegerField(label=_("Warn so many days before"), min_value=0, max_value=MOST_DAYS)
    grace_days = forms.IntegerField(
        label=_("Days of grace after the review"), min_value=0, max_value=MOST_DAYS
    )

    class Meta:
        model = TierCalendar
        fields: ClassVar = ["every", "warn_days", "grace_days", "rises_at_once"]
        help_texts: ClassVar = {"rises_at_once": _("Else a partner rises at the next review.")}


class PinForm(forms.ModelForm, EditForm):
    ends_on = forms.DateField(label=_("Until before"), widget=DayInput)

    class Meta:
        model = TierPin
        fields: ClassVar = ["ends_on", "reason"]
