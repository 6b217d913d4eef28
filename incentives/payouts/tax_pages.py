"""How a partner is taxed, as a panel of its page and as a form; called by incentives.payouts.urls and catalogue."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.payouts import queries
from incentives.payouts.rules import document_kind, document_language
from incentives.payouts.tax_models import DocumentKind, DocumentLanguage, TaxStatus
from incentives.payouts.taxes import set_standing, standing_of
from partners.directory.models import Partner
from partners.directory.queries import access_partner
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted
from prm.web.pages import PageRequest, console_page
from prm.web.panels import Panel


class TaxForm(forms.Form):
    status = forms.ChoiceField(
        label=gettext_lazy("Tax status"),
        choices=TaxStatus.choices,
        help_text=gettext_lazy("It decides which document is signed, and what tax is withheld from payouts."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of documents"), choices=DocumentLanguage.choices, required=False
    )


def tax_panel(actor: Actor, partner_id: UUID) -> Panel:
    partner = Partner.objects.get(id=partner_id)
    standing = standing_of(partner)
    language = document_language(partner.country, standing.language, current_tenant().language)
    content = {
        "partner": partner,
        "status": TaxStatus(standing.status).label,
        "is_said": standing.set_at is not None,
        "document": DocumentKind(document_kind(partner.country, standing.status)).label,
        "language": DocumentLanguage(language).label if language in DocumentLanguage.values else language,
        "may_change": actor.can("tax.change"),
        "people": queries.names_with("tax.change"),
    }
    return Panel(gettext_lazy("Tax and documents"), "components/payouts/tax_panel.html", content)


@console_page("tax.view", post="tax.change", fresh=True)
def partner_tax(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = access_partner(request.actor, partner_id)
    standing = standing_of(partner)
    form = TaxForm(posted(request), initial={"status": standing.status, "language": standing.language})
    if form.is_valid():
        set_standing(actor=request.actor, partner=partner, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved. Documents of months closed from now on follow it."))
        return redirect("partner-detail", partner.id)
    content = {"partner": partner, "form": form, "panel": tax_panel(request.actor, partner_id).content}
    status = 422 if form.errors else 200
    return render(request, "console/incentives/payouts/tax.html", content, status=status)
