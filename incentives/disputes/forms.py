"""The shapes of the disputes' pages; called by disputes.{console,portal}."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.adjustments.forms import AmountAndReason
from incentives.disputes.models import DisputeState
from prm.comments.actions import LONGEST, Attachment
from prm.comments.forms import ManyFilesField
from prm.web.forms import EditForm, FilterForm


class DisputeFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter", "Any")),
            ("live", pgettext_lazy("dispute", "Not decided")),
            ("overdue", pgettext_lazy("dispute", "Past its day")),
            *DisputeState.choices,
        ],
    )


class WordsForm(EditForm):
    body = forms.CharField(
        label=_("Message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST})
    )
    attached = ManyFilesField(label=_("Files"), required=False)

    def attachments(self) -> list[Attachment]:
        return [(file.name, file.read()) for file in self.cleaned_data["attached"]]


class QuestionForm(WordsForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].label = _("What is wrong, and what should it be?")


class RulingForm(EditForm):
    ruling = forms.CharField(label=_("Ruling"), max_length=450, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ruling"].help_text = _("The partner reads it. It wrote to you in %(language)s.") % {
            "language": language
        }


class AcceptForm(RulingForm, AmountAndReason):
    """The amount of the adjustment, with its sign in `signed_minor`; its reason is the ruling."""

    field_order = ("direction", "amount", "ruling")
    reason = None  # type: ignore[assignment]

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount: Any = self.fields["amount"]
        amount.currency = currency


class TermsForm(EditForm):
    days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=365)
