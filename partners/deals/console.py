"""Deals for the vendor's staff; called by partners.deals.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.deals import actions, queries, refusals
from partners.deals.forms import AnswerForm, DealFilterForm, InterestForm, PartsForm, ReasonForm, ReturnForm
from partners.deals.models import CLAIMING, Deal, DealState
from partners.deals.presentation import BASIS_WORDS, answer_of, bar_of, columns_of, history_of
from partners.deals.rulings import set_parts
from partners.directory.queries import usable_partners, visible_partners
from prm.comments.presentation import talk_about
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for

BOARD_DEALS = 300
REFUSALS = (
    refusals.DealStepRefused,
    refusals.ApproverConflicted,
    refusals.ReasonMissing,
    refusals.ProtectionOver,
    refusals.WeightsUnbalanced,
)


@console_page("deals.view")
def deal_list(request: PageRequest) -> HttpResponse:
    filters = DealFilterForm(request)
    rows = queries.list_deals(request.actor, filters.as_filter())
    oldest_first = filters.wanted.get("state") == DealState.SUBMITTED
    page = page_of(request, rows, order=("decide_by", "id") if oldest_first else ("-id",))
    held = queries.protections_of(page.rows)
    currency = current_tenant().currency
    context = {
        "page": page,
        "rows": [(deal, bar_of(held.get(deal.id), _today())) for deal in page.rows],
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "forecast": queries.forecast_of(queries.visible_deals(request.actor), currency),
        "currency": currency,
        "now": timezone.now(),
        "to_decide": queries.count_to_decide(request.actor),
        "may_decide": request.actor.can("deals.decide"),
    }
    return render(request, "console/partners/deals/list.html", context)


@console_page("deals.view")
def deal_board(request: PageRequest) -> HttpResponse:
    rows = queries.visible_deals(request.actor).filter(state__in=[*CLAIMING, DealState.PROTECTED])
    deals = list(rows.order_by("closes_on", "id")[:BOARD_DEALS])
    return render(request, "console/partners/deals/board.html", {"columns": columns_of(deals)})


@console_page("deals.decide")
def deal_extensions(request: PageRequest) -> HttpResponse:
    """Open deals that wait for an answer about more days."""
    rows = queries.deals_with_extension_asked(request.actor)
    return render(
        request, "console/partners/deals/extensions.html", {"page": page_of(request, rows, order=("id",))}
    )


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
    form = AnswerForm(request.POST)
    grant = "grant" in request.POST
    if form.is_valid():
        told: Any = {"extension": extension, "grant": grant, "answer": form.cleaned_data["answer"]}
        if _done(request, form, actions.answer_extension, deal=deal, **told):
            messages.success(
                request, _("The protection was extended.") if grant else _("The extension was refused.")
            )
            return redirect("deal-detail", deal.id)
    return _shown(request, deal, answer_form=form, status=422)


@console_page("deals.decide", post="deals.decide")
def deal_parts(request: PageRequest, deal_id: UUID) -> HttpResponse:
    """Several partners on one deal: their parts and weights."""
    deal = queries.access_deal(request.actor, deal_id)
    partners = usable_partners(request.actor).order_by("name_key")
    form = PartsForm(posted(request), partners=partners, parts=queries.parts_of(deal))
    if form.is_valid() and _done(request, form, set_parts, deal=deal, parts=form.parts()):
        messages.success(request, _("Saved."))
        return redirect("deal-detail", deal.id)
    content = {"form": form, "deal": deal}
    return render(request, "console/partners/deals/parts.html", content, status=status_of(form))


@console_page("deals.decide", post="deals.decide")
def interest_list(request: PageRequest) -> HttpResponse:
    """One's own declared interests; posting adds one."""
    form = InterestForm(posted(request), partners=usable_partners(request.actor).order_by("name_key"))
    if form.is_valid():
        facts: Any = form.facts()
        actions.declare_interest(actor=request.actor, at=timezone.now(), **facts)
        messages.success(request, _("Declared. Somebody else decides about this partner from now on."))
        return redirect("interest-list")
    context = {"form": form, "interests": queries.list_interests(request.actor)}
    return render(request, "console/partners/deals/interests.html", context, status=status_of(form))


@require_POST
@console_page("deals.decide", post="deals.decide")
def interest_withdraw(request: PageRequest, interest_id: UUID) -> HttpResponse:
    interest = queries.access_interest(request.actor, interest_id)
    actions.withdraw_interest(actor=request.actor, interest=interest, at=timezone.now())
    messages.success(request, _("Withdrawn."))
    return redirect("interest-list")


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


def _shown(request: PageRequest, deal: Deal, *, answer_form: Any = None, status: int = 200) -> HttpResponse:
    protection, today = queries.protection_of(deal), _today()
    rivals = queries.rivals_of(deal)
    held = queries.protections_of(rivals)
    may_decide = request.actor.can("deals.decide")
    stake = queries.stake_of(request.actor, deal.partner) if may_decide else ""
    context = {
        "deal": deal,
        "answer": answer_of(deal, protection, queries.place_of(deal, today), today),
        "bar": bar_of(protection, today),
        "rivals": [(rival, held.get(rival.id)) for rival in rivals],
        "seen_partners": set(visible_partners(request.actor).values_list("id", flat=True))
        if rivals
        else set(),
        "similar": queries.similar_to(deal) if not request.actor.has_portfolio_wall else [],
        "basis": BASIS_WORDS[deal.claim_basis],
        "asked": queries.asked_extension(deal),
        "extensions": queries.list_extensions(deal),
        "answer_form": answer_form or AnswerForm(),
        "stake": refusals.STAKE_WORDS.get(stake, ""),
        "may_decide": may_decide,
        "history": history_of(deal),
        "parts": queries.parts_of(deal),
        "talk": talk_about(request.actor, "deal", deal.id),
        "panels": panels_for("deal", request.actor, deal.id),
        "now": timezone.now(),
    }
    return render(request, "console/partners/deals/detail.html", context, status=status)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
