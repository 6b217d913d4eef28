"""Deals for the vendor's staff: lists, one deal with its decisions; called by partners.deals.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.deals import actions, amendments, interests, queries, refusals
from partners.deals.decision_forms import AnswerForm, ReasonForm, ReturnForm
from partners.deals.flags import flags_of
from partners.deals.forms import StaffDealFilterForm
from partners.deals.models import AMENDABLE, Deal, DealState
from partners.deals.presentation import (
    BASIS_WORDS,
    amendment_said,
    answer_to_staff,
    bar_of,
    history_of,
)
from partners.deals.stakes import stakes_of
from partners.directory.queries import visible_partners
from prm.comments.presentation import talk_about
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for

REFUSALS = (
    refusals.DealStepRefused,
    refusals.ApproverConflicted,
    refusals.ReasonMissing,
    refusals.ProtectionOver,
    refusals.RivalNamed,
    refusals.CustomerYours,
    refusals.ClaimContested,
    refusals.CertificateMissing,
)


@console_page("deals.view")
def deal_list(request: PageRequest) -> HttpResponse:
    filters = StaffDealFilterForm(request)
    rows = queries.list_deals(request.actor, filters.as_filter())
    oldest_first = filters.wanted.get("state") == DealState.SUBMITTED
    page = page_of(request, rows, order=("decide_by", "id") if oldest_first else ("-id",))
    held, flags = queries.protections_of(page.rows), flags_of(page.rows)
    context = {
        "page": page,
        "rows": [(deal, bar_of(held.get(deal.id), _today()), flags.get(deal.id, [])) for deal in page.rows],
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "forecast": queries.forecast_of(queries.visible_deals(request.actor)),
        "now": timezone.now(),
        "to_decide": queries.count_to_decide(request.actor),
        "may_decide": request.actor.can("deals.decide"),
        "may_set_terms": request.actor.can("deals.terms"),
    }
    return render(request, "console/partners/deals/list.html", context)


@console_page("deals.decide")
def deal_extensions(request: PageRequest) -> HttpResponse:
    """Open deals that wait for an answer about more days."""
    rows = queries.deals_with_extension_asked(request.actor)
    return render(
        request, "console/partners/deals/extensions.html", {"page": page_of(request, rows, order=("id",))}
    )


@console_page("deals.decide")
def deal_amendments(request: PageRequest) -> HttpResponse:
    """Approved deals whose partner asks for another customer or product line."""
    page = page_of(request, queries.deals_with_amendment_asked(request.actor), order=("id",))
    rows = [
        (deal, amendment, amendment_said(amendment))
        for deal in page.rows
        for amendment in deal.amendments.all()
    ]
    return render(request, "console/partners/deals/amendments.html", {"page": page, "rows": rows})


@console_page("deals.view")
def deal_detail(request: PageRequest, deal_id: UUID) -> HttpResponse:
    return _shown(request, queries.access_deal(request.actor, deal_id))


@require_POST
@console_page("deals.decide", post="deals.decide")
def deal_approve(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    try:
        deal = actions.approve_deal(actor=request.actor, deal=deal, at=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal.message))
    else:
        conditional = deal.state == DealState.QUEUED
        messages.success(
            request, _("Approved on condition.") if conditional else _("The deal is protected now.")
        )
    return redirect("deal-detail", deal.id)


@console_page("deals.decide", post="deals.decide")
def deal_reject(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    form = ReasonForm(posted(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(request, form, actions.reject_deal, deal=deal, reason=reason):
            messages.success(request, _("The deal was rejected and the partner told."))
            return redirect("deal-detail", deal.id)
    return _reason(request, form, deal, "reject")


@console_page("deals.decide", post="deals.decide")
def deal_return(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    form = ReturnForm(posted(request))
    if form.is_valid():
        told: Any = {"fields": form.cleaned_data["fields_asked"], "reason": form.cleaned_data["reason"]}
        if _done(request, form, actions.return_deal, deal=deal, **told):
            messages.success(request, _("The partner was asked."))
            return redirect("deal-detail", deal.id)
    return _reason(request, form, deal, "return")


@require_POST
@console_page("deals.decide", post="deals.decide")
def deal_answer_extension(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    extension = queries.asked_extension(deal)
    if extension is None:
        messages.error(request, _("This was answered already."))
        return redirect("deal-detail", deal.id)
    form = AnswerForm(request.POST, prefix="extension")
    grant = "grant" in request.POST
    if form.is_valid():
        told: Any = {"extension": extension, "grant": grant, "answer": form.cleaned_data["answer"]}
        if _done(request, form, actions.answer_extension, deal=deal, **told):
            messages.success(
                request, _("The protection was extended.") if grant else _("The extension was refused.")
            )
            return redirect("deal-detail", deal.id)
    return _shown(request, deal, extension_form=form, status=422)


@require_POST
@console_page("deals.decide", post="deals.decide")
def deal_answer_amendment(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    amendment = queries.asked_amendment(deal)
    if amendment is None:
        messages.error(request, _("This was answered already."))
        return redirect("deal-detail", deal.id)
    form = AnswerForm(request.POST, prefix="amendment")
    approve = "approve" in request.POST
    if form.is_valid():
        told: Any = {"amendment": amendment, "approve": approve, "answer": form.cleaned_data["answer"]}
        if _done(request, form, amendments.answer_amendment, deal=deal, **told):
            messages.success(request, _("The deal was changed.") if approve else _("The change was refused."))
            return redirect("deal-detail", deal.id)
    return _shown(request, deal, amendment_form=form, status=422)


@require_POST
@console_page("deals.decide", post="deals.decide")
def deal_pass_on(request: PageRequest, deal_id: UUID) -> HttpResponse:
    """Who has a stake hands the decision to the programme's admins."""
    deal = queries.access_deal(request.actor, deal_id)
    try:
        interests.pass_on(actor=request.actor, deal=deal, at=timezone.now())
    except refusals.DealStepRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Passed on. The programme's admins were told."))
    return redirect("deal-detail", deal.id)


def _done(request: PageRequest, form: Any, step: Any, **told: Any) -> bool:
    """Take the step; a refusal goes beside its field."""
    try:
        step(actor=request.actor, at=timezone.now(), **told)
    except REFUSALS as refusal:
        form.refuse(refusal)
        return False
    return True


def _reason(request: PageRequest, form: ReasonForm, deal: Deal, step: str) -> HttpResponse:
    context = {"form": form, "deal": deal, "step": step}
    return render(request, "console/partners/deals/reason.html", context, status=status_of(form))


def _shown(
    request: PageRequest,
    deal: Deal,
    *,
    extension_form: Any = None,
    amendment_form: Any = None,
    status: int = 200,
) -> HttpResponse:
    protection, today = queries.protection_of(deal), _today()
    may_decide = request.actor.can("deals.decide")
    stakes = stakes_of(request.actor, deal.partner, deals=[deal]) if may_decide else []
    context = {
        "deal": deal,
        "answer": answer_to_staff(deal, protection, queries.place_of(deal, today), today),
        "bar": bar_of(protection, today),
        **_compared(request, deal),
        "asked": queries.asked_extension(deal),
        "extensions": queries.list_extensions(deal),
        "extension_form": extension_form or AnswerForm(prefix="extension"),
        **_amendment(request, deal, amendment_form),
        "stakes": [refusals.STAKE_WORDS[stake] for stake in stakes],
        "flags": flags_of([deal]).get(deal.id, []),
        "may_decide": may_decide,
        "history": history_of(deal),
        "parts": queries.parts_of(deal),
        "talk": talk_about(request.actor, "deal", deal.id),
        "panels": panels_for("deal", request.actor, deal.id),
        "now": timezone.now(),
    }
    return render(request, "console/partners/deals/detail.html", context, status=status)


def _compared(request: PageRequest, deal: Deal) -> dict[str, Any]:
    """The claims beside this one, and the names that look alike."""
    rivals = queries.rivals_of(deal)
    held = queries.protections_of(rivals)
    return {
        "rivals": [(rival, held.get(rival.id)) for rival in rivals],
        "seen_partners": _seen(request) if rivals else set(),
        "similar": queries.similar_to(deal) if not request.actor.has_portfolio_wall else [],
        "basis": BASIS_WORDS[deal.claim_basis],
    }


def _amendment(request: PageRequest, deal: Deal, form: Any) -> dict[str, Any]:
    """What is asked to be changed, and who stands where the claim would go."""
    amendment = queries.asked_amendment(deal) if deal.state in AMENDABLE else None
    if amendment is None:
        return {}
    amended = amendments.as_amended(deal, amendment)
    moves = amended.claim != deal.claim
    rivals = queries.live_rivals_of(amended) if moves else []
    return {
        "amendment": amendment,
        "amendment_rows": amendment_said(amendment),
        "amendment_moves": moves,
        "amendment_rivals": rivals,
        "amendment_seen": _seen(request) if rivals else set(),
        "amendment_form": form or AnswerForm(prefix="amendment"),
    }


def _seen(request: PageRequest) -> set[UUID]:
    return set(visible_partners(request.actor).values_list("id", flat=True))


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
