"""Deals for a partner's people; called by partners.deals.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.deals import actions, amendments, queries, refusals
from partners.deals.forms import AmendmentForm, DealFilterForm, DealForm, ExtensionForm, FollowUpForm
from partners.deals.models import AMENDABLE, Deal, DealState
from partners.deals.presentation import STANDING_TONES, STANDING_WORDS, amendment_said, answer_of, bar_of
from partners.deals.rules import claim_of
from partners.deals.terms import current_terms
from partners.directory.queries import access_own_company
from partners.products.queries import find_category, list_categories
from prm.comments.presentation import talk_about
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page
from prm.web.panels import panels_for

AMENDMENT_REFUSALS = (
    refusals.DealStepRefused,
    refusals.AmendmentAsked,
    refusals.NothingAmended,
    refusals.CustomerYours,
    refusals.ClaimContested,
    refusals.CertificateMissing,
)
EDIT_REFUSALS = (
    refusals.DealStepRefused,
    refusals.FieldNotAsked,
    refusals.CustomerYours,
    refusals.ClaimContested,
    refusals.CertificateMissing,
)
OUTCOMES = {"won": DealState.WON, "lost": DealState.LOST, "withdraw": DealState.WITHDRAWN}


@portal_page("own_deals.view")
def deal_list(request: PageRequest) -> HttpResponse:
    filters = DealFilterForm(request, own=True)
    page = page_of(request, queries.list_deals(request.actor, filters.as_filter()), order=("-id",))
    held = queries.protections_of(page.rows)
    context = {
        "page": page,
        "rows": [(deal, bar_of(held.get(deal.id), _today())) for deal in page.rows],
        "may_register": request.actor.can("own_deals.register"),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "parts": queries.parts_elsewhere(request.actor),
    }
    return render(request, "portal/partners/deals/list.html", context)


@require_safe
@portal_page("own_deals.view")
def deal_check(request: PageRequest) -> HttpResponse:
    """What stands on a customer, in a word, while the form is filled in."""
    line = find_category(request.GET.get("line", ""))
    customer = request.GET.get("customer", "")[:200]
    if line is None or not customer.strip():
        return JsonResponse({"word": "", "text": "", "tone": ""})
    claim = claim_of(customer, request.GET.get("tax_id", "")[:30], request.GET.get("domain", "")[:200])
    assert request.actor.partner_id is not None
    now = timezone.now()
    standing = queries.standing_of(claim, line.id, request.actor.partner_id, _today(), now)
    text = str(STANDING_WORDS[standing.word])
    return JsonResponse({"word": standing.word, "text": text, "tone": STANDING_TONES[standing.word]})


@portal_page("own_deals.register", post="own_deals.register")
def deal_create(request: PageRequest) -> HttpResponse:
    tenant, company = current_tenant(), access_own_company(request.actor)
    form = DealForm(
        posted(request),
        lines=list_categories().order_by("name"),
        currency=tenant.currency,
        initial={"country": company.country},
    )
    claimed = None
    if form.is_valid():
        facts: Any = form.facts() | {"currency": tenant.currency}
        try:
            deal = actions.register_deal(
                actor=request.actor,
                partner=company,
                facts=facts,
                join_queue="join_queue" in request.POST,
                at=timezone.now(),
            )
        except refusals.CustomerClaimed as refusal:
            claimed = refusal
        except (refusals.CustomerYours, refusals.CertificateMissing) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The deal was registered."))
            return redirect("portal-deal", deal.id)
    context = {"form": form, "claimed": claimed, "terms": current_terms()}
    status = 409 if claimed else status_of(form)
    return render(request, "portal/partners/deals/create.html", context, status=status)


@portal_page("own_deals.view")
def deal_detail(request: PageRequest, deal_id: UUID) -> HttpResponse:
    return _shown(request, queries.access_deal(request.actor, deal_id))


@portal_page("own_deals.register", post="own_deals.register")
def deal_edit(request: PageRequest, deal_id: UUID) -> HttpResponse:
    """Follow the deal up; or, while the vendor waits, correct what was asked for."""
    deal = queries.access_deal(request.actor, deal_id)
    returned = deal.state == DealState.RETURNED
    wanted = list(deal.asked_fields) if returned else list(actions.FOLLOWED_UP)
    initial = {name: getattr(deal, name) for name in [*wanted, "country", "version"]}
    if "line" in wanted:
        initial["line"] = str(deal.line_id)
    options: Any = {"lines": list_categories(), "currency": deal.currency, "initial": initial}
    form = (
        DealForm(posted(request), only=wanted, **options)
        if returned
        else FollowUpForm(posted(request), **options)
    )
    if form.is_valid() and _save(request, deal, form, returned=returned):
        messages.success(request, _("Saved."))
        return redirect("portal-deal", deal.id)
    context = {"form": form, "deal": deal, "returned": returned}
    return render(request, "portal/partners/deals/edit.html", context, status=status_of(form))


@portal_page("own_deals.register", post="own_deals.register")
def deal_extend(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    form = ExtensionForm(posted(request), initial={"days": current_terms().extension_days})
    if form.is_valid():
        told = {"days": form.cleaned_data["days"], "why": form.cleaned_data["why"]}
        try:
            actions.ask_extension(actor=request.actor, deal=deal, at=timezone.now(), **told)
        except (refusals.DealStepRefused, refusals.ProtectionOver, refusals.ExtensionAsked) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Asked for. You get a notice as soon as it is decided."))
            return redirect("portal-deal", deal.id)
    context = {"form": form, "deal": deal, "protection": queries.protection_of(deal)}
    return render(request, "portal/partners/deals/extend.html", context, status=status_of(form))


@portal_page("own_deals.register", post="own_deals.register")
def deal_amend(request: PageRequest, deal_id: UUID) -> HttpResponse:
    """Ask for another customer, tax id or product line of an approved claim."""
    deal = queries.access_deal(request.actor, deal_id)
    initial = {name: getattr(deal, name) for name in amendments.AMENDED} | {"line": str(deal.line_id)}
    lines = list_categories().order_by("name")
    form = AmendmentForm(posted(request), lines=lines, currency=deal.currency, initial=initial)
    if form.is_valid():
        told: Any = {"facts": form.facts(), "why": form.cleaned_data["why"]}
        try:
            amendments.ask_amendment(actor=request.actor, deal=deal, at=timezone.now(), **told)
        except AMENDMENT_REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Asked for. You get a notice as soon as it is decided."))
            return redirect("portal-deal", deal.id)
    context = {"form": form, "deal": deal}
    return render(request, "portal/partners/deals/amend.html", context, status=status_of(form))


@require_POST
@portal_page("own_deals.register", post="own_deals.register")
def deal_close(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = queries.access_deal(request.actor, deal_id)
    outcome = OUTCOMES.get(request.POST.get("outcome", ""))
    if outcome is None:
        return _shown(request, deal, status=422)
    try:
        actions.close_deal(actor=request.actor, deal=deal, outcome=outcome, at=timezone.now())
    except refusals.DealStepRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved."))
    return redirect("portal-deal", deal.id)


def _save(request: PageRequest, deal: Deal, form: DealForm, *, returned: bool) -> bool:
    changes: dict[str, Any] = form.facts()
    try:
        if returned:
            actions.correct_deal(actor=request.actor, deal=deal, changes=changes, at=timezone.now())
        else:
            version = form.cleaned_data["version"] or 0
            actions.follow_up(
                actor=request.actor, deal=deal, changes=changes, version=version, at=timezone.now()
            )
    except refusals.DealChangedMeanwhile as stale:
        return not form.meet(stale.deal)
    except EDIT_REFUSALS as refusal:
        form.refuse(refusal)
        return False
    return True


def _shown(request: PageRequest, deal: Deal, status: int = 200) -> HttpResponse:
    protection, today = queries.protection_of(deal), _today()
    context = {
        "deal": deal,
        "answer": answer_of(deal, protection, queries.place_of(deal, today), today),
        "bar": bar_of(protection, today),
        "asked": queries.asked_extension(deal),
        "extensions": queries.list_extensions(deal),
        "amendments": [(one, amendment_said(one)) for one in queries.list_amendments(deal)],
        "may_amend": deal.state in AMENDABLE and queries.asked_amendment(deal) is None,
        "may_act": request.actor.can("own_deals.register"),
        "parts": queries.parts_of(deal),
        "talk": talk_about(request.actor, "deal", deal.id),
        "panels": panels_for("portal-deal", request.actor, deal.id),
    }
    return render(request, "portal/partners/deals/detail.html", context, status=status)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
