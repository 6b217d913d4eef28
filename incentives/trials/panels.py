"""What the page of a version says of its tests, that of a deal of what it would earn, a partner's of its goals.

Called by: trials.catalogue."""

from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incentives.earnings.wording import reason_text
from incentives.plans.queries import access_version, value_names
from incentives.trials import queries
from incentives.trials.deal_estimates import amounts_of, estimate_of
from incentives.trials.goal_cards import cards_of
from incentives.trials.models import DealEstimate, EstimatedAmount, TrialState
from incentives.trials.offered import Fact
from incentives.trials.presentation import months_of, share_text, total_of
from prm.accounts.actor import Actor
from prm.web import format as formats
from prm.web.panels import Panel

TEMPLATE = "console/incentives/trials/_panel.html"
DEAL_TEMPLATE = "components/trials/deal_estimate.html"
MISSING_TEXTS = {
    Fact.PRODUCT: gettext_lazy(
        "Tell the products: the deal names a product line, and its first product was taken for all."
    ),
    Fact.COST: gettext_lazy("Tell the cost: a plan pays on the margin, which nobody knows without it."),
    Fact.QUANTITY: gettext_lazy("Tell the quantity: a plan counts units, and one was taken."),
    Fact.SUBSCRIPTION: gettext_lazy(
        "Tell for how many months: a plan pays subscriptions, and it was taken as sold once."
    ),
}
OWN_MISSING_TEXTS = MISSING_TEXTS | {
    Fact.COST: gettext_lazy(
        "The cost is missing: a plan pays on the margin. Your channel manager can tell it."
    ),
}


def backtest_panel(actor: Actor, version_id: UUID) -> Panel | None:
    """The newest test of a draft, whether it still holds, and where to start one."""
    version = access_version(actor, version_id)
    newest = queries.newest_backtest(version)
    if newest is None and version.published_at is not None:
        return None
    content: dict[str, Any] = {
        "version": version,
        "backtest": newest,
        "may_start": actor.can("backtests.start"),
    }
    if newest is not None and newest.state == TrialState.DONE:
        currency = str(version.document.get("currency", ""))
        rows = queries.visible_amounts(actor, newest).filter(currency=currency)
        total = total_of(months_of(rows))
        content |= {
            "currency": currency,
            "total": total,
            "share": share_text(total),
            "edited_since": newest.revision != version.revision,
            "moved": version.published_at is None and queries.has_moved(newest),
        }
    return Panel(_("Tested on history"), TEMPLATE, content)


def estimate_panel(actor: Actor, deal_id: UUID) -> Panel | None:
    """What a live deal would earn if it were sold on the day of the estimate: a partner reads its own amounts."""
    made = estimate_of(deal_id)
    if made is None:
        return None
    rows = amounts_of(made)
    if actor.partner_id is not None:
        rows = [row for row in rows if row.partner_id == actor.partner_id]
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.currency] += row.amount_minor
    own = actor.partner_id is not None
    content = {
        "estimate": made,
        "rows": [_estimated(row) for row in rows],
        "totals": sorted(totals.items()),
        "own": own,
        "missing": [(OWN_MISSING_TEXTS if own else MISSING_TEXTS)[fact] for fact in made.missing],
        "unpaid": [] if rows else _unpaid(made, actor),
        "taken": [_taken(line, made.currency) for line in made.taken],
        "may_tell": actor.can("own_deals.register" if own else "deals.decide"),
        "products_url": reverse("portal-deal-products" if own else "deal-products", args=[deal_id]),
    }
    return Panel(_("Expected commission"), DEAL_TEMPLATE, content)


def _unpaid(made: DealEstimate, actor: Actor) -> list[dict[str, Any]]:
    """Why plans pay nothing, in the words of the lists of sales; a partner reads its own reasons."""
    names = value_names()
    return [
        {"product": one["product"], "text": reason_text(one["reason"], one["facts"], names)}
        for one in made.unpaid
        if actor.partner_id is None or one["partner"] == str(actor.partner_id)
    ]


def _taken(line: dict[str, Any], currency: str) -> str:
    """A product as it was calculated with: “Pump”, €500.00, quantity 3, 12 months."""
    words = [_("“%(product)s”") % line, formats.money(line["amount_minor"], currency)]
    if line["quantity"] is not None:
        words.append(_("quantity %(n)s") % {"n": formats.quantity(Decimal(line["quantity"]))})
    if line["months"]:
        words.append(
            ngettext("each of %(n)s month", "each of %(n)s months", line["months"]) % {"n": line["months"]}
        )
    return ", ".join(words)


def _estimated(row: EstimatedAmount) -> dict[str, Any]:
    parts = {part["id"]: part for part in row.version.document["components"]}
    volume = row.inputs.get("volume") or {}
    spread = len(volume.get("slices") or ()) > 1  # over rates, of which none says it alone
    rate = "" if spread else row.inputs.get("rate")
    return {
        "row": row,
        "title": parts.get(row.component_id, {}).get("title") or row.component_id,
        "rate": formats.percent(Decimal(rate)) if rate else "",
        "reached": _volume(volume, row.currency),
    }


def _volume(volume: dict[str, Any], currency: str) -> str:
    """Where the window stood before the sale, and with it."""
    if "before" not in volume or "after" not in volume:
        return ""
    ends = [Decimal(volume[end]) for end in ("before", "after")]
    if volume.get("measure") == "units":
        return " → ".join(formats.quantity(end) for end in ends)
    return " → ".join(formats.money(int(end), currency) for end in ends)


def goals_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """How far a partner is in its running windows; away where no plan of it pays by volume, by goal or a bonus."""
    cards = cards_of(partner_id, own=False)
    return Panel(_("Goals and volumes"), "components/trials/goals.html", {"cards": cards}) if cards else None
