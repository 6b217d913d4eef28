"""The shape of the waiting list's form; called by onboarding public pages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partners.onboarding.wording import LABELS
from prm.web.forms import EditForm


class WaitingForm(EditForm):
    company_name = forms.CharField(
        label=LABELS["company_name"],
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact_name = forms.CharField(
        label=LABELS["contact_name"], max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=LABELS["email"],
        help_text=_("One letter comes there, when the programme opens."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=settings.LANGUAGES)
    consent = forms.BooleanField(label=_("I agree to the processing of my personal data"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
