"""Forms of the ledger: the filters of its balances and its journal; called by ledger.console."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incentives.ledger.wording import KIND_LABELS
from prm.web.forms import FilterForm

ANY = _("any")


class BalanceFilterForm(FilterForm):
    partner = forms.CharField(
        label=_("Partner"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )


class JournalFilterForm(FilterForm):
    partner = forms.ChoiceField(label=_("Partner"), required=False)
    period = forms.ChoiceField(label=_("Month"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", ANY), *KIND_LABELS.items()])
