"""Forms of the ledger: the filter of its journal; called by ledger.console."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.ledger.wording import KIND_LABELS
from prm.web.forms import FilterForm

ANY = _("any")


class JournalFilterForm(FilterForm):
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    period = forms.ChoiceField(label=_("Month"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", ANY), *KIND_LABELS.items()])
