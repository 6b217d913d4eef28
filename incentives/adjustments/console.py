"""Adjustments for the vendor's staff: the list, the proposal, the second person's decision; for adjustments.urls."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from incentives.adjustments import actions, queries
from incentives.adjustments.forms import AdjustmentFilterForm, AdjustmentForm, LimitForm, ReasonForm
from incentives.adjustments.models import Adjustment
from incentives.adjustments.presentation import turn_of
from incentives.adjustments.refusals import AdjustmentRefused
from incentives.adjustments.terms import current_limit, set_limit
from incentives.earnings.models import Entry
from partners.deals.refusals import ApproverConflicted
from partners.directory.queries import usable_partners, visible_partners
from prm.audit.queries import list_records_about
from prm.files.actions import FileRefused
from prm.tenancy.queries import current_tenant
from prm.web.forms import EditForm, posted, status_of
from prm.web.history import steps_of as history_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

REFUSALS = (AdjustmentRefused, ApproverConflicted)


@console_page("adjustments.view")
def adjustments(request: PageRequest) -> HttpResponse:
    filters = AdjustmentFilterForm(request)
    chosen = queries.partner_choices(visible_partners(request.actor))
    filters.set_choices("partner", [("", pgettext("filter", "Any")), *chosen])
    rows = queries.visible_adjustments(request.actor).filter(**filters.narrowed())
    content = {
        "page": page_of(request, rows, order=("-number",)),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "limit": current_limit(),
        "may_propose": request.actor.can("adjustments.propose"),
        "may_set_terms": request.actor.can("adjustments.terms"),
    }
    return render(request, "console/incentives/adjustments/list.html", content)


@console_page("adjustments.propose", post="adjustments.propose", fresh=True)
def adjustment_create(request: PageRequest) -> HttpResponse:
    """The form; its first button shows the balance before and after, its second one proposes."""
    entry = _entry_asked_for(request)
    form = _create_form(request, entry)
    content: dict[str, Any] = {"form": form, "entry": entry, "limit": current_limit()}
    if form.is_valid():
        proposal = _proposal(request, form, entry)
        if request.POST.get("verb") == "propose":
            row = _proposed(request, form, proposal)
            if row is not None:
                return redirect("adjustment", row.id)
        content["proposal"] = proposal
        content["standing"] = queries.standing_with(
            proposal.partner.id, proposal.currency, proposal.amount_minor
        )
    return render(request, "console/incentives/adjustments/form.html", content, status=status_of(form))


def _entry_asked_for(request: PageRequest) -> Entry | None:
    try:
        asked = UUID(request.GET.get("entry", ""))
    except ValueError:
        return None
    return queries.access_entry(request.actor, asked)


def _create_form(request: PageRequest, entry: Entry | None) -> AdjustmentForm:
    months = queries.months_of_books(timezone.localdate(timezone=current_tenant().zone))
    initial: dict[str, Any] = {"partner": request.GET.get("partner", "")}
    if entry is not None and entry.belongs_on in months:
        initial["belongs"] = entry.belongs_on.isoformat()
    return AdjustmentForm(
        posted(request),
        request.FILES or None,
        partners=queries.partner_choices(usable_partners(request.actor)),
        months=months,
        currency=entry.payout_currency if entry else current_tenant().currency,
        entry=entry,
        initial=initial,
    )


def _proposal(request: PageRequest, form: AdjustmentForm, entry: Entry | None) -> actions.Proposal:
    partners = usable_partners(request.actor)
    return actions.Proposal(
        partner=queries.entry_partner(entry) if entry else partners.get(id=form.partner_id),
        currency=entry.payout_currency if entry else form.cleaned_data["currency_code"],
        amount_minor=form.signed_minor,
        reason=form.cleaned_data["reason"],
        belongs_on=form.belongs_on,
        entry=entry,
        key=form.cleaned_data["key"],
    )


def _proposed(request: PageRequest, form: AdjustmentForm, proposal: actions.Proposal) -> Adjustment | None:
    try:
        row = actions.propose_adjustment(
            actor=request.actor, proposal=proposal, paper=form.paper(), at=timezone.now()
        )
    except FileRefused as refusal:
        form.add_error("file", str(refusal.message))
        return None
    except REFUSALS as refusal:
        form.refuse(refusal)
        return None
    _say_standing(request, row)
    return row


def _say_standing(request: PageRequest, row: Adjustment) -> None:
    if row.state == "posted":
        messages.success(request, _("Posted. The partner's people are told."))
    else:
        messages.success(request, _("Proposed. It is posted when a second person agrees."))


@console_page("adjustments.view")
def adjustment(request: PageRequest, adjustment_id: UUID) -> HttpResponse:
    return _page(request, queries.access_adjustment(request.actor, adjustment_id))


def _page(request: PageRequest, row: Adjustment, reason: ReasonForm | None = None) -> HttpResponse:
    waits = row.state == "proposed"
    content = {
        "row": row,
        "turn": turn_of(request.actor, row),
        "standing": queries.standing_with(row.partner_id, row.currency, row.amount_minor) if waits else None,
        "opposite": queries.opposite_of(row),
        "reason": reason or ReasonForm(),
        "history": history_of(list_records_about(row.id), {}),
    }
    status = status_of(reason or ReasonForm())
    return render(request, "console/incentives/adjustments/detail.html", content, status=status)


@console_page("adjustments.view", post="adjustments.approve", fresh=True)
def adjustment_decide(request: PageRequest, adjustment_id: UUID) -> HttpResponse:
    """By the button: agree, or refuse with the reason."""
    row = queries.access_adjustment(request.actor, adjustment_id)
    if request.method != "POST":
        return redirect("adjustment", row.id)
    told: dict[str, Any] = {"actor": request.actor, "adjustment": row, "at": timezone.now()}
    if request.POST.get("verb") == "approve":
        return _without_words(request, row, lambda: actions.approve_adjustment(**told))
    return _with_reason(request, row, lambda reason: actions.refuse_adjustment(reason=reason, **told))


@console_page("adjustments.view", post="adjustments.propose", fresh=True)
def adjustment_undo(request: PageRequest, adjustment_id: UUID) -> HttpResponse:
    """By the button: withdraw an own proposal, or propose the opposite of what was posted."""
    row = queries.access_adjustment(request.actor, adjustment_id)
    if request.method != "POST":
        return redirect("adjustment", row.id)
    told: dict[str, Any] = {"actor": request.actor, "adjustment": row, "at": timezone.now()}
    if request.POST.get("verb") == "withdraw":
        return _without_words(request, row, lambda: actions.withdraw_adjustment(**told))
    return _with_reason(request, row, lambda reason: actions.take_back_adjustment(reason=reason, **told))


def _without_words(request: PageRequest, row: Adjustment, step: Callable[[], Adjustment]) -> HttpResponse:
    try:
        step()
    except REFUSALS as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Done."))
    return redirect("adjustment", row.id)


def _with_reason(request: PageRequest, row: Adjustment, step: Callable[[str], Adjustment]) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        done = _taken(form, lambda: step(form.cleaned_data["reason"]))
        if done is not None:
            if done.takes_back_id is not None:
                _say_standing(request, done)
            return redirect("adjustment", done.id)
    return _page(request, row, form)


def _taken(form: EditForm, step: Callable[[], Adjustment]) -> Adjustment | None:
    try:
        return step()
    except REFUSALS as refusal:
        form.refuse(refusal)
    return None


@console_page("adjustments.terms", post="adjustments.terms")
def adjustment_terms(request: PageRequest) -> HttpResponse:
    limit = current_limit()
    form = LimitForm(posted(request), currency=limit.currency, initial={"limit": limit.amount_minor})
    if form.is_valid():
        set_limit(actor=request.actor, amount_minor=form.cleaned_data["limit"], at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("adjustments")
    content = {"form": form, "limit": limit}
    return render(request, "console/incentives/adjustments/terms.html", content, status=status_of(form))
