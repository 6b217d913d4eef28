"""Marketing funds as pages show them: the bar of an allocation, the steps of a request, what a person may do.

Called by: funds.{console,portal}, the catalogue."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incentives.funds.models import FundsClaim, FundsRequest
from incentives.funds.queries import (
    Standing,
    decider_names,
    standings_of,
    visible_allocations,
    visible_requests,
)
from incentives.funds.rules import HALF_APPROVED, SUBMITTED
from partners.deals.refusals import STAKE_WORDS
from partners.deals.stakes import stake_of
from partners.directory.family import family_ids
from prm.accounts.actor import Actor
from prm.web.panels import Panel
from prm.web.steps import steps_at

LISTED = 5
PARTS = (
    ("settled", gettext_lazy("Approved for payment")),
    ("claimed", gettext_lazy("Waits for the second approval")),
    ("committed", gettext_lazy("Approved, not claimed yet")),
    ("left", pgettext_lazy("funds", "Free")),
)
STEPS = (
    pgettext_lazy("funds step", "Request"),
    pgettext_lazy("funds step", "Approval"),
    pgettext_lazy("funds step", "Claim"),
    pgettext_lazy("funds step", "Payment"),
)


@dataclass(frozen=True)
class Part:
    """One piece of the bar; `x` and `width` are percents as SVG wants them."""

    code: str
    label: Any
    amount_minor: int
    x: str
    width: str


def bar_of(standing: Standing) -> list[Part]:
    """The allocation as one bar, cut into what its money is at."""
    parts, done = [], 0
    total = max(1, standing.allocated_minor)
    for code, label in PARTS:
        amount = getattr(standing, f"{code}_minor")
        parts.append(Part(code, label, amount, _percent(done, total), _percent(amount, total)))
        done += amount
    return parts


def _percent(amount_minor: int, total_minor: int) -> str:
    hundredths = amount_minor * 10_000 // total_minor
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def steps_of(request: FundsRequest, claims: list[FundsClaim]) -> list[dict[str, object]]:
    """Where a live request stands between asking and payment; a refused or withdrawn one stands nowhere."""
    states = {claim.state for claim in claims}
    reached = 1
    if request.state in {"approved", "finished", "expired"}:
        reached = 2
    if reached > 1 and states & {"submitted", "half_approved", "settled"}:
        reached = 3
    if request.state == "finished" and "settled" in states:
        reached = len(STEPS)
    return steps_at(reached, STEPS)


@dataclass(frozen=True)
class Turn:
    """Whose turn a request or claim is: what this person may do ("decide", "second", ""), and if nothing, why not."""

    may: str
    why_not: str = ""


def turn_of(actor: Actor, row: FundsRequest | FundsClaim) -> Turn:
    wanted = {SUBMITTED: "decide", HALF_APPROVED: "second"}.get(row.state)
    if wanted is None:
        return Turn("")
    permission = f"funds.{wanted}"
    if not actor.can(permission):
        return Turn("", _waits_for(permission, row))
    if actor.user_id in {row.submitted_by_user_id, row.decided_by_user_id if wanted == "second" else None}:
        return Turn("", _("You asked for it, or approved it first. Another person has to decide."))
    stake = stake_of(actor, row.partner)
    return Turn("", str(STAKE_WORDS[stake])) if stake else Turn(wanted)


def _waits_for(permission: str, row: FundsRequest | FundsClaim) -> str:
    names = decider_names(permission, row)
    if not names:
        return _("Nobody can decide it now: nobody has the right role.")
    return _("It waits for %(names)s.") % {"names": ", ".join(names)}


def funds_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """On the partner's page: what is free of its allocations, and its newest requests. Nothing without either."""
    family = family_ids(partner_id)
    allocations = list(visible_allocations(actor).filter(partner_id__in=family).order_by("-ends_on")[:LISTED])
    if not allocations:
        return None
    standings = standings_of(allocations)
    content = {
        "rows": [(one, standings[one.id]) for one in allocations],
        "requests": list(visible_requests(actor).filter(partner_id__in=family)[:LISTED]),
    }
    return Panel(gettext_lazy("Marketing funds"), "components/funds/panel.html", content)
