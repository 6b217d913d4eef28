"""What stands behind decisions about deals: parts, own interests, the vendor's terms; called by partners.deals.urls."""

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.deals import interests, queries, refusals
from partners.deals.decision_forms import InterestForm, PartsForm, TermsForm
from partners.deals.rulings import set_parts
from partners.deals.terms import current_terms, set_terms
from partners.directory.queries import usable_partners
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, console_page

REFUSALS = (
    refusals.DealStepRefused,
    refusals.ApproverConflicted,
    refusals.WeightsUnbalanced,
    refusals.TooManyParts,
)


@console_page("deals.decide", post="deals.decide")
def deal_parts(request: PageRequest, deal_id: UUID) -> HttpResponse:
    """Several partners on one deal: their parts and weights."""
    deal = queries.access_deal(request.actor, deal_id)
    partners = usable_partners(request.actor).order_by("name_key")
    form = PartsForm(posted(request), partners=partners, parts=queries.parts_of(deal))
    if not form.wants_more and form.is_valid():
        try:
            set_parts(actor=request.actor, deal=deal, parts=form.parts(), at=timezone.now())
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("deal-detail", deal.id)
    content = {"form": form, "deal": deal}
    status = 200 if form.wants_more else status_of(form)
    return render(request, "console/partners/deals/parts.html", content, status=status)


@console_page("deals.decide", post="deals.decide")
def interest_list(request: PageRequest) -> HttpResponse:
    """One's own declared interests; posting adds one."""
    form = InterestForm(posted(request), partners=usable_partners(request.actor).order_by("name_key"))
    if form.is_valid():
        interests.declare_interest(actor=request.actor, at=timezone.now(), **form.interest())
        messages.success(request, _("Declared. Somebody else decides about this company from now on."))
        return redirect("interest-list")
    context = {"form": form, "interests": queries.list_interests(request.actor)}
    return render(request, "console/partners/deals/interests.html", context, status=status_of(form))


@require_POST
@console_page("deals.decide", post="deals.decide")
def interest_withdraw(request: PageRequest, interest_id: UUID) -> HttpResponse:
    interest = queries.access_interest(request.actor, interest_id)
    interests.withdraw_interest(actor=request.actor, interest=interest, at=timezone.now())
    messages.success(request, _("Withdrawn."))
    return redirect("interest-list")


@console_page("deals.terms", post="deals.terms")
def deal_terms(request: PageRequest) -> HttpResponse:
    """How long the vendor takes to decide and how long it protects."""
    form = TermsForm(posted(request), initial=asdict(current_terms()))
    if form.is_valid():
        set_terms(actor=request.actor, terms=form.terms(), at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("deal-list")
    return render(request, "console/partners/deals/terms.html", {"form": form}, status=status_of(form))
