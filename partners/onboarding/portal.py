"""A partner's own first steps and agreements; called by partners.onboarding.urls."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.directory.queries import access_own_company
from partners.onboarding import agreements, journeys, queries
from partners.onboarding.presentation import document_shown
from partners.onboarding.wording import reader_language
from prm.tenancy.queries import current_tenant
from prm.web.pages import PageRequest, portal_page


@portal_page("first_steps.view")
def start(request: PageRequest) -> HttpResponse:
    partner = access_own_company(request.actor)
    journey = journeys.journey_of(partner.id)
    progress = journeys.progress_of([journey], _today())[0] if journey else None
    steps = [
        {"step": step, "may_open": request.actor.can(step.kind.permission)}
        for step in (progress.steps if progress else [])
    ]
    context = {"partner": partner, "progress": progress, "steps": steps}
    return render(request, "portal/partners/onboarding/start.html", context)


@portal_page("first_steps.view")
def agreement_list(request: PageRequest) -> HttpResponse:
    partner = access_own_company(request.actor)
    context = {
        "open_documents": agreements.open_documents(partner.id, _today()),
        "acceptances": agreements.acceptances_of(partner),
        "may_accept": request.actor.can("agreements.accept"),
        "today": _today(),
    }
    return render(request, "portal/partners/onboarding/agreements.html", context)


@portal_page("first_steps.view", post="agreements.accept")
def agreement(request: PageRequest, document_id: UUID) -> HttpResponse:
    """The whole text, and below it the button of who may accept for the company."""
    partner = access_own_company(request.actor)
    version = queries.access_document(document_id)
    language = reader_language()
    if request.method == "POST":
        try:
            agreements.accept_document(
                actor=request.actor, partner=partner, version=version, language=language, at=timezone.now()
            )
        except agreements.AlreadyAccepted as refusal:
            messages.info(request, str(refusal.message))
        else:
            messages.success(request, _("Accepted. Thank you."))
        return redirect("portal-agreements")
    accepted = next((one for one in agreements.acceptances_of(partner) if one.version_id == version.id), None)
    context = {
        "shown": document_shown(version, language),
        "accepted": accepted,
        "may_accept": request.actor.can("agreements.accept"),
        "today": _today(),
    }
    return render(request, "portal/partners/onboarding/agreement.html", context)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
