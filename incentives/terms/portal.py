"""A partner's terms: what is to be accepted, what a version changes for it, accepting; for terms.urls."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.plans.queries import value_names
from incentives.terms import queries
from incentives.terms.actions import accept_terms
from incentives.terms.changes import changes_of
from incentives.terms.presentation import text_shown
from incentives.terms.refusals import TermsRefused
from partners.directory.queries import access_own_company
from partners.onboarding.wording import reader_language
from prm.web.pages import PageRequest, portal_page


@portal_page("own_earnings.view")
def own_terms(request: PageRequest) -> HttpResponse:
    partner = access_own_company(request.actor)
    told = queries.own_terms(partner.id, _today())
    content = {
        "open": [one for one in told if one.is_open],
        "others": [one for one in told if not one.is_open],
        "today": _today(),
        "may_accept": request.actor.can("terms.accept"),
    }
    return render(request, "portal/incentives/terms/list.html", content)


@portal_page("own_earnings.view", post="terms.accept")
def terms_version(request: PageRequest, version_id: UUID) -> HttpResponse:
    """What changes for the partner, the text, and below it the button of who may accept for the company."""
    partner = access_own_company(request.actor)
    told = queries.access_own_terms(partner.id, version_id, _today())
    if request.method == "POST":
        try:
            accept_terms(
                actor=request.actor,
                partner=partner,
                version=told.version,
                language=reader_language(),
                read_hash=request.POST.get("text_hash", ""),
                at=timezone.now(),
            )
        except TermsRefused as refusal:
            messages.error(request, str(refusal.message))
            return redirect("portal-terms-version", version_id)
        messages.success(request, _("Accepted. Thank you."))
        return redirect("portal-terms")
    waiting = queries.unpaid([partner.id], [version_id]) if told.money_waits else {}
    content = {
        "told": told,
        "version": told.version,
        "changes": changes_of(told.version, queries.ruled_before(told.version), value_names()),
        "text": text_shown(told.version, reader_language()),
        "waiting": waiting.get((partner.id, version_id), []),
        "today": _today(),
        "may_accept": request.actor.can("terms.accept"),
    }
    return render(request, "portal/incentives/terms/version.html", content)


def _today() -> date:
    return queries.today(timezone.now())
