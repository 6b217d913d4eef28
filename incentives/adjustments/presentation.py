"""Adjustments as pages show them: whose turn it is, and the panel on the explanation of a corrected amount.

Called by: adjustments.{console,portal}, the catalogue."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.adjustments.models import Adjustment
from incentives.adjustments.queries import (
    adjustments_of_entries,
    approver_names,
    opposite_of,
    visible_adjustments,
)
from incentives.adjustments.rules import APPROVE, POSTED, PROPOSE, PROPOSED
from partners.deals.refusals import STAKE_WORDS
from partners.deals.stakes import stake_of
from partners.directory.family import family_ids
from prm.accounts.actor import Actor
from prm.web.panels import Panel

LISTED = 5


@dataclass(frozen=True)
class Turn:
    """What this person may do ("approve", "withdraw", "take_back", ""), and if nothing, why not."""

    may: str = ""
    why_not: str = ""


def turn_of(actor: Actor, row: Adjustment) -> Turn:
    if row.state == PROPOSED:
        return _turn_to_decide(actor, row)
    if row.state != POSTED or row.takes_back_id is not None or not actor.can(PROPOSE):
        return Turn()
    opposite = opposite_of(row)
    return Turn() if opposite else _unless_conflicted(actor, row, "take_back")


def _turn_to_decide(actor: Actor, row: Adjustment) -> Turn:
    if actor.user_id == row.proposed_by_user_id:
        return Turn("withdraw", _("You proposed it. Another person has to agree.") + " " + _waits_for(row))
    if not actor.can(APPROVE):
        return Turn("", _waits_for(row))
    return _unless_conflicted(actor, row, "approve")


def _unless_conflicted(actor: Actor, row: Adjustment, may: str) -> Turn:
    stake = stake_of(actor, row.partner)
    return Turn("", str(STAKE_WORDS[stake])) if stake else Turn(may)


def _waits_for(row: Adjustment) -> str:
    names = approver_names(row)
    if not names:
        return _("Nobody can decide it now: nobody has the right role.")
    return _("It waits for %(names)s.") % {"names": ", ".join(names)}


def entry_panel(actor: Actor, entry_id: UUID) -> Panel | None:
    """On the explanation of an amount: what was corrected of it by hand, and who may correct it."""
    rows = adjustments_of_entries(actor, [entry_id])
    may_propose = not actor.is_partner and actor.can(PROPOSE)
    if not rows and not may_propose:
        return None
    content = {"rows": rows, "may_propose": may_propose, "entry_id": entry_id, "own": actor.is_partner}
    return Panel(gettext_lazy("Adjusted by hand"), "components/adjustments/panel.html", content)


def partner_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """On the partner's page: its newest adjustments. Nothing without any."""
    rows = list(visible_adjustments(actor).filter(partner_id__in=family_ids(partner_id))[:LISTED])
    if not rows:
        return None
    content = {"rows": rows, "may_propose": False, "own": False}
    return Panel(gettext_lazy("Adjusted by hand"), "components/adjustments/panel.html", content)
