"""Disputes as pages show them: what is questioned, what a person may do, the panels on other pages.

Called by: disputes.{console,portal}, the catalogue."""

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from incentives.disputes.models import Dispute
from incentives.disputes.queries import (
    disputes_about,
    live_before,
    messages_of,
    visible_disputes,
    with_subjects,
)
from incentives.disputes.rules import ANSWER, DECIDE, DISPUTE, LIVE, is_overdue
from incentives.ledger.guards import ClosingNote
from partners.deals.refusals import STAKE_WORDS
from partners.deals.stakes import stake_of
from partners.directory.family import family_ids
from prm.accounts.actor import Actor
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant
from prm.web import format as formats
from prm.web.panels import Panel

LISTED = 5
LANGUAGES = {"en": gettext_lazy("English"), "ru": gettext_lazy("Russian")}
TITLE = gettext_lazy("Disputes")
TEMPLATE = "components/disputes/panel.html"


def dispute_content(actor: Actor, row: Dispute) -> dict[str, Any]:
    """What both sides see of a dispute."""
    (subject,) = with_subjects([row])
    live = row.state in LIVE
    today = timezone.localdate(timezone=current_tenant().zone)
    return {
        "row": row,
        "entry": subject["entry"],
        "line": subject["line"],
        "messages_of": messages_of(actor, row),
        "live": live,
        "waits_for_adjustment": live and row.adjustment_id is not None,
        "overdue": is_overdue(row.state, row.answer_by, today),
        "own_side": actor.is_partner,
    }


def staff_rights(actor: Actor, row: Dispute) -> dict[str, Any]:
    """Whether this person may answer and decide, and if not, why."""
    live = row.state in LIVE
    stake = stake_of(actor, row.partner) if live and actor.can(DECIDE) else ""
    return {
        "may_answer": live and actor.can(ANSWER),
        "may_decide": live and actor.can(DECIDE) and not stake and row.adjustment_id is None,
        "why_not": STAKE_WORDS[stake] if stake else "",
        "language": LANGUAGES.get(row.language, row.language),
    }


def entry_panel(actor: Actor, entry_id: UUID) -> Panel | None:
    """On the explanation of an amount: its disputes; a partner's person may open one."""
    rows = disputes_about(actor, entry_id)
    may_open = actor.is_partner and actor.can(DISPUTE) and not any(row.state in LIVE for row in rows)
    if not rows and not may_open:
        return None
    content = {"rows": rows, "own": actor.is_partner, "may_open": may_open, "query": f"entry={entry_id}"}
    return Panel(TITLE, TEMPLATE, content)


def note_before_closing(actor: Actor, period_on: date) -> ClosingNote | None:
    """Open disputes about the month to be closed and those before it: their corrections come after it."""
    rows = live_before(actor, Period.of(period_on).ends_on)
    oldest = rows.order_by("opened_at").first()
    if oldest is None or not actor.can("disputes.view"):
        return None
    count = rows.count()
    told = ngettext(
        "%(n)s dispute about this month or an earlier one is open, since %(day)s",
        "%(n)s disputes about this month or earlier ones are open, the oldest since %(day)s",
        count,
    )
    day = formats.day(oldest.opened_at.astimezone(current_tenant().zone).date())
    return ClosingNote(told % {"n": count, "day": day}, reverse("disputes") + "?state=live")


def partner_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    rows = list(visible_disputes(actor).filter(partner_id__in=family_ids(partner_id))[:LISTED])
    if not rows:
        return None
    return Panel(TITLE, TEMPLATE, {"rows": rows, "own": False, "may_open": False})
