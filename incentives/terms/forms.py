"""The shapes of the terms' pages; called by terms.console."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.plans.actions import Terms
from partners.onboarding.setup_forms import gathered, long_text
from prm.web.forms import EditForm, FilterForm


class TermsForm(EditForm):
    """`version` is the revision of the draft that was opened."""

    text_en = long_text(
        _("Text in English"),
        "en",
        rows=12,
        hint=_(
            "Marks of Markdown work: ## heading, **bold**, - list. Empty in both languages: nobody is asked."
        ),
    )
    text_ru = long_text(_("Text in Russian"), "ru", rows=12)
    pays_after_acceptance = forms.BooleanField(
        label=_("Pay only after acceptance"),
        required=False,
        help_text=_(
            "What a partner earns by this version waits until it has accepted this text or a later one of the plan. "
            "It is owed all the same."
        ),
    )

    def terms(self) -> Terms:
        told = self.cleaned_data
        return Terms(gathered(told, "text"), told["pays_after_acceptance"])


class AcceptanceFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", pgettext_lazy("filter", "Any")),
            ("accepted", pgettext_lazy("terms", "Accepted")),
            ("waiting", pgettext_lazy("terms", "Not accepted")),
        ],
    )
