"""Holds for the vendor's staff: the list, placing one, releasing it; for holds.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.holds import actions, queries
from incentives.holds.forms import HoldFilterForm, HoldForm, ReasonForm
from incentives.holds.models import Hold
from incentives.holds.refusals import HoldRefused
from partners.deals.models import Deal
from partners.deals.queries import access_deal
from partners.deals.refusals import ApproverConflicted
from partners.directory.queries import usable_partners
from prm.audit.queries import list_records_about
from prm.tenancy.queries import current_tenant
from prm.web.forms import EditForm, posted, status_of
from prm.web.history import steps_of as history_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

REFUSALS = (HoldRefused, ApproverConflicted)


@console_page("holds.view")
def holds(request: PageRequest) -> HttpResponse:
    filters = HoldFilterForm(request)
    rows, state = queries.visible_holds(request.actor), filters.wanted.get("state")
    if state == "live":
        rows = queries.live_on(rows, _today())
    elif state == "ended":
        rows = rows.filter(Q(released_at__isnull=False) | Q(ends_on__lt=_today()))
    page = page_of(request, rows, order=("-number",))
    waiting = queries.waiting_behind(page.rows)
    content = {
        "page": page,
        "rows": [(hold, waiting.get(hold.id, []), queries.is_live(hold, _today())) for hold in page.rows],
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_place": request.actor.can("holds.place"),
    }
    return render(request, "console/incentives/holds/list.html", content)


@console_page("holds.place", post="holds.place")
def hold_create(request: PageRequest) -> HttpResponse:
    deal = _deal_asked_for(request)
    partners = usable_partners(request.actor)
    chosen = [(str(one.id), f"{one.name} ({one.code})") for one in partners.order_by("name_key", "id")]
    initial = {"partner": request.GET.get("partner", "")}
    form = HoldForm(posted(request), partners=None if deal else chosen, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        partner = deal.partner if deal else partners.get(id=told["partner"])
        wanted = actions.Wanted(partner, told["reason"], deal, told["ends_on"])
        hold = _taken(form, lambda: actions.place_hold(actor=request.actor, wanted=wanted, at=timezone.now()))
        if hold is not None:
            _say_placed(request, hold)
            return redirect("hold", hold.id)
    content = {"form": form, "deal": deal}
    return render(request, "console/incentives/holds/form.html", content, status=status_of(form))


def _deal_asked_for(request: PageRequest) -> Deal | None:
    try:
        asked = UUID(request.GET.get("deal", ""))
    except ValueError:
        return None
    return access_deal(request.actor, asked)


def _say_placed(request: PageRequest, hold: Hold) -> None:
    messages.success(request, _("Held from the next payout run on. The partner's people are told."))
    runs = queries.runs_with(hold)
    if runs:
        told = _("%(runs)s has reserved some of it already and pays it. Send that run back to stop it.")
        messages.warning(request, told % {"runs": ", ".join(f"PR-{number}" for number in runs)})


@console_page("holds.view")
def hold(request: PageRequest, hold_id: UUID) -> HttpResponse:
    return _page(request, queries.access_hold(request.actor, hold_id))


@console_page("holds.view", post="holds.place")
def hold_release(request: PageRequest, hold_id: UUID) -> HttpResponse:
    row = queries.access_hold(request.actor, hold_id)
    if request.method != "POST":
        return redirect("hold", row.id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        step = lambda: actions.release_hold(  # noqa: E731
            actor=request.actor, hold=row, reason=reason, at=timezone.now()
        )
        if _taken(form, step) is not None:
            messages.success(request, _("Released. The next payout run takes it."))
            return redirect("hold", row.id)
    return _page(request, row, form)


def _page(request: PageRequest, row: Hold, reason: ReasonForm | None = None) -> HttpResponse:
    live = queries.is_live(row, _today())
    content = {
        "row": row,
        "live": live,
        "waiting": queries.waiting_behind([row]).get(row.id, []),
        "runs": queries.runs_with(row) if live else [],
        "may_release": live and row.cause == "hand" and request.actor.can("holds.place"),
        "reason": reason or ReasonForm(),
        "history": history_of(list_records_about(row.id), {}),
    }
    status = status_of(reason or ReasonForm())
    return render(request, "console/incentives/holds/detail.html", content, status=status)


def _taken(form: EditForm, step: Any) -> Hold | None:
    try:
        taken: Hold = step()
    except REFUSALS as refusal:
        form.refuse(refusal)
        return None
    return taken


def _today() -> date:
    return timezone.localdate(timezone=current_tenant().zone)
