"""The conflict desk for the vendor's staff; called by partners.conflicts.urls."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.conflicts import actions, queries, refusals
from partners.conflicts.forms import ConflictFilterForm, RulingForm
from partners.conflicts.models import Conflict, ConflictSide, ConflictState
from partners.conflicts.presentation import axis_said, history_of, names_of, rule_said, unmatched_said
from partners.deals.queries import access_deal, protections_of
from partners.deals.refusals import (
    STAKE_WORDS,
    ApproverConflicted,
    DealStepRefused,
    ReasonMissing,
    RivalNamed,
)
from partners.deals.stakes import stake_of
from partners.sales.queries import visible_lines
from partners.sales.unmatched import unmatched_sales
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

REFUSALS = (
    refusals.ConflictRuled,
    refusals.AppealToAnother,
    refusals.AwardIncomplete,
    refusals.SharesUnbalanced,
    refusals.HearingOpen,
    ApproverConflicted,
    DealStepRefused,
    ReasonMissing,
    RivalNamed,
)
BY_DAY = ("-occurred_on", "-id")


@console_page("conflicts.view")
def conflict_list(request: PageRequest) -> HttpResponse:
    filters = ConflictFilterForm(request)
    rows = queries.list_conflicts(request.actor, filters.wanted.get("state", ""))
    content = {
        "page": page_of(request, rows, order=("-number",)),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "unmatched": unmatched_sales(request.actor).count(),
    }
    return render(request, "console/partners/conflicts/list.html", content)


@console_page("conflicts.view")
def unmatched_list(request: PageRequest) -> HttpResponse:
    """Every sale to a protected customer that matched no protection, and why."""
    rows = unmatched_sales(request.actor)
    page = page_of(request, rows, order=BY_DAY)
    content = {
        "page": page,
        "rows": unmatched_said(request.actor, queries.explained(page.rows)),
        "count": rows.count(),
        "has_sales": visible_lines(request.actor).exists,
    }
    return render(request, "console/partners/conflicts/unmatched.html", content)


@console_page("conflicts.view")
def conflict_detail(request: PageRequest, conflict_id: UUID) -> HttpResponse:
    return _shown(request, queries.access_conflict(request.actor, conflict_id))


@require_POST
@console_page("conflicts.open", post="conflicts.open")
def conflict_open(request: PageRequest, deal_id: UUID) -> HttpResponse:
    deal = access_deal(request.actor, deal_id)
    conflict = actions.open_conflict(actor=request.actor, deal=deal, at=timezone.now())
    messages.success(request, _("Opened. Every side is asked for its evidence."))
    return redirect("conflict-detail", conflict.id)


@require_POST
@console_page("conflicts.rule", post="conflicts.rule")
def conflict_rule(request: PageRequest, conflict_id: UUID) -> HttpResponse:
    conflict = queries.access_conflict(request.actor, conflict_id)
    form = RulingForm(posted(request), sides=queries.sides_of(conflict))
    if form.is_valid():
        try:
            actions.rule(actor=request.actor, conflict=conflict, ruling=form.ruling(), at=timezone.now())
        except REFUSALS as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Ruled. Each side reads your words."))
            return redirect("conflict-detail", conflict.id)
    return _shown(request, conflict, form=form)


def _shown(request: PageRequest, conflict: Conflict, *, form: RulingForm | None = None) -> HttpResponse:
    sides, today = queries.sides_of(conflict), _today()
    names = names_of(request.actor, sides)
    held = protections_of(side.deal for side in sides)
    veiled = {place for place, side in enumerate(sides) if names[side.id] != side.partner.name}
    appealed = queries.is_appealed(conflict)
    content = {
        "conflict": conflict,
        "sides": [
            {"side": side, "name": names[side.id], "held": held.get(side.deal_id), "veiled": place in veiled}
            for place, side in enumerate(sides)
        ],
        "axis": axis_said(conflict, sides, names),
        "verdict": rule_said(queries.verdict_by_rule(conflict, sides, today), names),
        "appealed": appealed,
        "form": form or RulingForm(sides=sides),
        "why_not": _why_not(request, conflict, sides, appealed=appealed),
        "unheard": queries.unheard(sides, today) if appealed else [],
        "sales": queries.count_sales(conflict),
        "sales_shown": queries.SALES_SHOWN,
        "history": history_of(conflict),
        "is_over": conflict.state == ConflictState.CLOSED,
    }
    status = status_of(content["form"])  # type: ignore[arg-type]
    return render(request, "console/partners/conflicts/detail.html", content, status=status)


def _why_not(request: PageRequest, conflict: Conflict, sides: list[ConflictSide], *, appealed: bool) -> str:
    """Why this reader cannot rule now; "" where they can."""
    if not request.actor.can("conflicts.rule"):
        return str(_("Programme admins rule on conflicts."))
    if conflict.state != ConflictState.OPEN and not appealed:
        return str(refusals.ConflictRuled.message)
    if appealed and not queries.is_another(request.actor, conflict):
        return str(refusals.AppealToAnother.message)
    stake = stake_of(request.actor, *(side.partner for side in sides), deals=[side.deal for side in sides])
    if stake:
        return str(STAKE_WORDS[stake])
    heard = appealed and not queries.unheard(sides, _today())
    return "" if heard or not appealed else str(refusals.HearingOpen.message)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
