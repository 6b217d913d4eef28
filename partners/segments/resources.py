"""Whom to give what: every partner by potential and engagement, in four quadrants split at the tenant's medians.

Promise: the same facts that rules ask for; a channel manager meets the own portfolio alone, against everybody's
medians. Called by segments.console and the partner's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.segments.engagement import events_of
from partners.segments.language import read_rule
from partners.segments.models import QuadrantPlan
from partners.segments.potential import estimate_of
from partners.segments.quadrants import plans_by_quadrant
from partners.segments.queries import segments_of
from partners.segments.rules import QUADRANTS, median, quadrant_of
from partners.segments.selection import measures
from prm.accounts.actor import Actor
from prm.kit.currencies import exponent_of
from prm.tenancy.queries import current_tenant
from prm.web.panels import Panel

NAMES = {
    "grow": pgettext_lazy("quadrant", "Grow"),
    "activate": pgettext_lazy("quadrant", "Activate"),
    "maintain": pgettext_lazy("quadrant", "Maintain"),
    "review": pgettext_lazy("quadrant", "Review"),
}
MEANINGS = {
    "grow": gettext_lazy("High potential, high engagement"),
    "activate": gettext_lazy("High potential, low engagement"),
    "maintain": gettext_lazy("Low potential, high engagement"),
    "review": gettext_lazy("Low potential, low engagement"),
}
_MEASURED = ("engagement", "potential", "potential_gap", "sales_volume")
SHOWN_ON_CHART = 500


@dataclass(frozen=True)
class Placed:
    """A partner with what was measured: points, and major units of the programme currency."""

    partner_id: UUID
    engagement: Decimal
    potential: Decimal
    gap: Decimal
    volume: Decimal
    quadrant: str


@dataclass(frozen=True)
class Quadrant:
    code: str
    name: Any
    meaning: Any
    count: int
    plan: QuadrantPlan


@dataclass(frozen=True)
class Placement:
    """Visible partners, the largest gap to the potential first; and everybody's medians, at which they are split."""

    placed: list[Placed]
    potential: Decimal
    engagement: Decimal


def place_partners(actor: Actor, on: date) -> Placement:
    measured = _measured(on)
    middle = (
        median([facts["potential"] for facts in measured.values()]),
        median([facts["engagement"] for facts in measured.values()]),
    )
    seen = set(visible_partners(actor).values_list("id", flat=True))
    placed = [
        Placed(
            partner_id,
            facts["engagement"],
            facts["potential"],
            facts["potential_gap"],
            facts["sales_volume"],
            quadrant_of(facts["potential"], facts["engagement"], middle=middle),
        )
        for partner_id, facts in measured.items()
        if partner_id in seen
    ]
    placed.sort(key=lambda one: (-one.gap, -one.potential, str(one.partner_id)))
    return Placement(placed, *middle)


def quadrants_of(placed: Sequence[Placed]) -> list[Quadrant]:
    return [
        Quadrant(code, NAMES[code], MEANINGS[code], sum(one.quadrant == code for one in placed), plan)
        for code, plan in plans_by_quadrant().items()
    ]


def middle_of(placement: Placement) -> dict[str, Any]:
    """The medians for the page: minor units, and points."""
    exponent = exponent_of(current_tenant().currency)
    return {
        "potential_minor": _minor(placement.potential, exponent),
        "engagement": round(placement.engagement, 1),
    }


def rows_of(placed: Sequence[Placed], count: int) -> list[dict[str, Any]]:
    """The first few with their partners, money in minor units."""
    exponent = exponent_of(current_tenant().currency)
    partners = Partner.objects.select_related("manager__user").in_bulk(
        [one.partner_id for one in placed[:count]]
    )
    return [
        {
            "partner": partners[one.partner_id],
            "engagement": one.engagement,
            "potential_minor": _minor(one.potential, exponent),
            "gap_minor": _minor(one.gap, exponent),
            "volume_minor": _minor(one.volume, exponent),
            "quadrant": NAMES[one.quadrant],
        }
        for one in placed[:count]
    ]


def chart_of(placed: Sequence[Placed]) -> dict[str, Any]:
    """A point per partner, a series per quadrant."""
    names = Partner.objects.in_bulk([one.partner_id for one in placed[:SHOWN_ON_CHART]])
    return {
        "scatter": {
            "x": _("Engagement, points"),
            "y": _("Potential, %(currency)s") % {"currency": current_tenant().currency},
        },
        "description": _("Partners by engagement and potential, one colour for each quadrant"),
        "series": [
            {
                "name": str(NAMES[code]),
                "points": [
                    [float(one.engagement), float(one.potential), names[one.partner_id].name]
                    for one in placed[:SHOWN_ON_CHART]
                    if one.quadrant == code
                ],
            }
            for code in QUADRANTS
        ],
    }


def engagement_panel(actor: Actor, partner_id: UUID) -> Panel:
    """On the page of a partner: its points, the estimate of its potential, the segments it is in."""
    today = timezone.localtime(timezone=current_tenant().zone).date()
    events = events_of(partner_id, today)
    content = {
        "partner_id": partner_id,
        "points": points_of(events),
        "estimate": estimate_of(partner_id),
        "currency": current_tenant().currency,
        "segments": [member.segment for member in segments_of(partner_id, today)],
        "may_estimate": actor.can("potential.estimate"),
    }
    return Panel(_("Engagement and segments"), "components/partners/engagement_panel.html", content)


def points_of(events: Sequence[Any]) -> Decimal:
    total = sum((event.points for event in events), Decimal())
    return total.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def _measured(on: date) -> dict[UUID, dict[str, Decimal]]:
    conditions: list[dict[str, Any]] = [
        {
            "fact": name,
            "op": "gte",
            "value": "0",
            **({"with": {"over": "12m"}} if name == "sales_volume" else {}),
        }
        for name in _MEASURED
    ]
    found = measures(read_rule({"any": conditions}), on)
    return {
        partner_id: {fact["fact"]: Decimal(fact["value"] or 0) for fact in facts}
        for partner_id, (_holds, facts) in found.items()
    }


def _minor(amount: Decimal, exponent: int) -> int:
    return int(amount.scaleb(exponent).to_integral_value(rounding=ROUND_HALF_UP))
