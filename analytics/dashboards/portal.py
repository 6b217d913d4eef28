"""The first page of the portal: what the partner has, what came in lately, what needs a look.

Called by: analytics.dashboards.urls.
"""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.dashboards.queries import balances_of
from incentives.earnings import entries
from incentives.earnings.wording import CAUSE_WORDS
from incentives.payouts.own_waits import waits_of
from partners.onboarding.journeys import Progress, journey_of, progress_of
from prm.accounts.actor import Actor
from prm.kit.periods import Period
from prm.web import format as formats
from prm.web.pages import PageRequest, portal_page
from prm.web.panels import panels_for

LATEST = 8
MONTHS = 12
NEWEST = ("-period_on", "-occurred_on", "-id")


@portal_page("portal.view")
def home(request: PageRequest) -> HttpResponse:
    content: dict[str, Any] = {"sees_money": request.actor.can("own_earnings.view")}
    if content["sees_money"]:
        content |= _money(request.actor, timezone.now())
    content["first_steps"] = _first_steps(request.actor)
    own = request.actor.partner_id
    content["panels"] = panels_for("portal-home", request.actor, own) if own else []
    content["may_register"] = request.actor.can("own_deals.register") and not request.actor.is_viewing
    return render(request, "portal/analytics/dashboards/home.html", content)


def _first_steps(actor: Actor) -> Progress | None:
    """The own journey while something of it is left."""
    journey = journey_of(actor.partner_id) if actor.partner_id else None
    if journey is None:
        return None
    [progress] = progress_of([journey], timezone.localdate())
    return progress if progress.done < progress.total else None


def _money(actor: Actor, at: datetime) -> dict[str, Any]:
    today = timezone.localdate(at)
    latest = entries.with_names(entries.visible_entries(actor).order_by(*NEWEST)[:LATEST])
    for row in latest:
        row["cause"] = CAUSE_WORDS.get(row["entry"].cause, row["entry"].cause)
    return {
        "balances": [
            {"balance": balance, "waits": waits_of(actor, balance.due)}
            for balance in balances_of(actor, today=today, at=at)
        ],
        "latest": latest,
        "chart": _chart(actor, today),
        "nothing_count": entries.sales_of(entries.list_outcomes(actor)).count(),
    }


def _chart(actor: Actor, today: date) -> dict[str, Any] | None:
    """Earned per posting month, one series per currency; None before the first entry."""
    first = Period.of(today).plus(1 - MONTHS)
    months = [first.plus(step) for step in range(MONTHS)]
    sums = entries.earned_by_month(actor, since=first.starts_on)
    if not sums:
        return None
    currencies = sorted({row["payout_currency"] for row in sums})
    found = {(row["payout_currency"], row["period_on"]): row["amount"] for row in sums}
    return {
        "labels": [formats.short_month(month.starts_on) for month in months],
        "description": _("Earned in each of the last twelve months"),
        "series": [
            {
                "name": currency,
                "type": "bar",
                "values": [
                    str(formats.major(found.get((currency, m.starts_on), 0), currency)) for m in months
                ],
            }
            for currency in currencies
        ],
    }
