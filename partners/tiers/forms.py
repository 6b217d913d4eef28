"""The shapes of the tiers' pages: a tier, the calendar, a pin, the decisions of a review; called by tiers.console."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.tiers.models import Tier, TierCalendar, TierPin
from partners.tiers.queries import Outcome
from prm.web.forms import DayInput, EditForm

MOST_RANK, MOST_DAYS = 20, 365
LONGEST_REASON = 300


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
    ends_on = forms.DateField(
        label=_("Rules decide again from"),
        widget=DayInput,
    )

    class Meta:
        model = TierPin
        fields: ClassVar = ["ends_on", "reason"]


class ReviewForm(EditForm):
    """Of each partner that falls today or at the next review and was not left out before: why it is left out; without a
    reason it falls."""

    def __init__(self, *args: Any, outcomes: list[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.falling = [one.partner for one in outcomes if one.may_be_left_out]
        for partner in self.falling:
            self.fields[f"reason_{partner.id}"] = forms.CharField(
                label=_("Why %(name)s is left out") % {"name": partner.name},
                required=False,
                max_length=LONGEST_REASON,
            )

    def reason_of(self, partner_id: UUID) -> forms.BoundField | None:
        name = f"reason_{partner_id}"
        return self[name] if name in self.fields else None

    def kept(self) -> dict[UUID, str]:
        told = {one.id: self.cleaned_data[f"reason_{one.id}"] for one in self.falling}
        return {key: reason for key, reason in told.items() if reason}
