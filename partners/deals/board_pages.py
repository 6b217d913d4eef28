"""The board of open deals by stage, for staff and for a partner's people; called by partners.deals.urls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.deals import actions, queries, refusals
from partners.deals.forms import StageForm
from partners.deals.presentation import columns_of
from prm.web.pages import PageRequest, console_page, portal_page


@console_page("deals.view")
def deal_board(request: PageRequest) -> HttpResponse:
    columns = columns_of(queries.board_of(queries.visible_deals(request.actor)))
    content = {
        "columns": columns,
        "is_empty": not any(column["count"] for column in columns),
        "may_move": request.actor.can("deals.decide"),
    }
    return render(request, "console/partners/deals/board.html", content)


@portal_page("own_deals.view")
def portal_deal_board(request: PageRequest) -> HttpResponse:
    columns = columns_of(queries.board_of(queries.visible_deals(request.actor)))
    content = {
        "columns": columns,
        "is_empty": not any(column["count"] for column in columns),
        "may_move": request.actor.can("own_deals.register"),
    }
    return render(request, "portal/partners/deals/board.html", content)


@require_POST
@console_page("deals.decide", post="deals.decide")
def deal_move(request: PageRequest, deal_id: UUID) -> HttpResponse:
    _move(request, deal_id)
    return redirect("deal-board")


@require_POST
@portal_page("own_deals.register", post="own_deals.register")
def portal_deal_move(request: PageRequest, deal_id: UUID) -> HttpResponse:
    _move(request, deal_id)
    return redirect("portal-deal-board")


def _move(request: PageRequest, deal_id: UUID) -> None:
    """To another stage, from the version that was seen."""
    deal = queries.access_deal(request.actor, deal_id)
    form = StageForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, _("%(customer)s: choose a stage to move it to.") % {"customer": deal.customer}
        )
        return
    told = form.cleaned_data
    changes = {"stage": told["stage"]}
    try:
        deal = actions.follow_up(
            actor=request.actor, deal=deal, changes=changes, version=told["version"], at=timezone.now()
        )
    except (refusals.DealChangedMeanwhile, refusals.DealStepRefused) as refusal:
        messages.error(request, refusal.message)
    else:
        said = {"customer": deal.customer, "stage": deal.get_stage_display()}
        messages.success(request, _("%(customer)s is at “%(stage)s” now.") % said)
