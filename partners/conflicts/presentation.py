"""A conflict in words: the rule and its verdict, the axis of both sides, what a side is told. For conflicts' faces."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from partners.conflicts import queries
from partners.conflicts.models import Conflict, ConflictSide, Verdict
from partners.conflicts.rules import (
    FIRST,
    NO_CATEGORY,
    OTHER_DEAL,
    OTHER_LINE,
    PROTECTED,
    SOLD_BY_OTHER,
    SOLD_BY_US,
    SOLD_DIRECTLY,
    RuleVerdict,
)
from partners.deals.queries import access_deal
from partners.directory.queries import visible_partners
from partners.sales.models import SaleLine
from prm.accounts.actor import Actor
from prm.audit.queries import list_records_about
from prm.web import format as formats
from prm.web.history import Step, steps_of
from prm.web.panels import Panel

KIND_WORDS = {
    "registered": gettext_lazy("Registered the customer"),
    "decided": gettext_lazy("Decided"),
    "protected": gettext_lazy("Protection began"),
    "evidence": gettext_lazy("Evidence"),
    "sale": gettext_lazy("Sold to the customer"),
}
DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS = 86_400, 3_600, 60


@dataclass(frozen=True)
class Told:
    """What a side reads: what stands, what was said, what is to be done."""

    headline: str
    text: str
    next_step: str


def names_of(actor: Actor, sides: list[ConflictSide]) -> dict[UUID, str]:
    """By side; a manager is not told which partner of another portfolio it is."""
    if not actor.has_portfolio_wall:
        return {side.id: side.partner.name for side in sides}
    wanted = [side.partner_id for side in sides]
    seen = set(visible_partners(actor).filter(id__in=wanted).values_list("id", flat=True))
    other = _("A partner of another portfolio")
    return {side.id: side.partner.name if side.partner_id in seen else other for side in sides}


def rule_said(verdict: RuleVerdict, names: dict[UUID, str]) -> Told:
    who = names[verdict.side_id] if verdict.side_id else ""
    if verdict.rule == PROTECTED:
        return Told(
            _("A live protection holds"), _("It belongs to %(who)s.") % {"who": who}, _ahead(verdict.lead)
        )
    if verdict.rule == FIRST:
        said = _("Who registered first is served first: %(who)s.") % {"who": who}
        return Told(_("The first registration"), said, _ahead(verdict.lead))
    if verdict.rule == SOLD_DIRECTLY:
        said = _("In the year before the first registration we sold to this customer. Look at what happened.")
        return Told(_("We sold to this customer ourselves"), said, "")
    return Told(_("No claim stands"), _("Every registration here was refused."), "")


def _ahead(lead: timedelta | None) -> str:
    if not lead:
        return ""
    return _("%(time)s before the next") % {"time": span_said(int(lead.total_seconds()))}


def span_said(seconds: int) -> str:
    """The largest unit that fits: days, hours, minutes or seconds."""
    if seconds >= DAY_SECONDS:
        n = seconds // DAY_SECONDS
        return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
    if seconds >= HOUR_SECONDS:
        n = seconds // HOUR_SECONDS
        return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    if seconds >= MINUTE_SECONDS:
        n = seconds // MINUTE_SECONDS
        return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}


def axis_said(conflict: Conflict, sides: list[ConflictSide], names: dict[UUID, str]) -> list[dict[str, Any]]:
    """Rows of the axis: when, and for each side and the vendor what it did then. A veiled side shows no words."""
    columns = [*(names[side.id] for side in sides), _("We ourselves")]
    hidden = {place for place, side in enumerate(sides) if names[side.id] != side.partner.name}
    return [
        _row(moment, columns, veiled=moment.side in hidden) for moment in queries.axis_of(conflict, sides)
    ]


def _row(moment: queries.Moment, columns: list[str], *, veiled: bool) -> dict[str, Any]:
    here = len(columns) - 1 if moment.side is None else moment.side
    return {
        "at": moment.at,
        "has_hour": moment.has_hour,
        "what": KIND_WORDS[moment.kind],
        "text": "" if veiled else moment.text,
        "amount_minor": None if veiled else moment.amount_minor,
        "currency": moment.currency,
        "file": None if veiled else moment.file,
        "cells": [(place == here, name) for place, name in enumerate(columns)],
    }


def side_said(side: ConflictSide, today: date) -> Told:
    if not side.verdict:
        return Told(
            _("Somebody else works with this customer too"),
            _(
                "Who registered first is served first; what you did for the customer counts where the rule "
                "leaves a doubt."
            ),
            _("Tell what you did by %(day)s. The programme's administrators decide, and you get their words.")
            % {"day": formats.day(side.evidence_until)},
        )
    headline = side.get_verdict_display()
    if side.verdict == Verdict.SHARED:
        headline = _("Shared with you: %(part)s") % {
            "part": formats.percent((side.percent or Decimal(0)) / 100)
        }
    if side.heard_until and today <= side.heard_until:
        then = _(
            "Another side appealed. Until %(day)s you are heard: tell what speaks for you. Another person decides; "
            "until then the ruling stands."
        ) % {"day": formats.day(side.heard_until)}
    elif side.appealed_at and side.appeal_until:
        then = _("You appealed on %(at)s. Another person decides; until then the ruling stands.") % {
            "at": formats.moment(side.appealed_at)
        }
    elif may_appeal(side, today):
        assert side.appeal_until is not None
        then = _("You can appeal once, until %(day)s.") % {"day": formats.day(side.appeal_until)}
    else:
        then = pgettext("ruling", "This is final.") if side.verdict != Verdict.AWARDED else ""
    return Told(headline, side.words, then)


def may_appeal(side: ConflictSide, today: date) -> bool:
    told_off = side.verdict in (Verdict.SHARED, Verdict.REFUSED) and side.appealed_at is None
    return told_off and side.appeal_until is not None and today <= side.appeal_until


WHY_WORDS = {
    NO_CATEGORY: gettext_lazy("The product has no category."),
    OTHER_LINE: gettext_lazy("Another product line is protected."),
    OTHER_DEAL: gettext_lazy("It names another deal, or a day outside its protection."),
    SOLD_BY_US: gettext_lazy("We sold it ourselves."),
    SOLD_BY_OTHER: gettext_lazy("A partner without a part in the deal sold it."),
}


@dataclass(frozen=True)
class UnmatchedRow:
    """A sale beside a protection in words; whose protection it is stays unsaid where the reader may not know."""

    line: SaleLine
    why: Any
    deals: list[tuple[UUID | None, str]]


def unmatched_said(actor: Actor, rows: list[queries.Unmatched]) -> list[UnmatchedRow]:
    wanted = {met.partner_id for row in rows for met in row.met}
    seen = (
        set(visible_partners(actor).filter(id__in=wanted).values_list("id", flat=True)) if wanted else set()
    )
    other = _("A partner of another portfolio")
    return [
        UnmatchedRow(
            row.line,
            WHY_WORDS[row.why],
            [(met.deal_id, met.partner) if met.partner_id in seen else (None, other) for met in row.met],
        )
        for row in rows
    ]


def history_of(conflict: Conflict) -> list[Step]:
    return steps_of(list_records_about(conflict.id), {"outcome": _("Ruling"), "awarded": _("Awarded to")})


def conflict_panel(actor: Actor, deal_id: UUID) -> Panel:
    """On a deal's page for staff: its conflict, or the way to open one."""
    deal = access_deal(actor, deal_id)
    side = queries.latest_side(deal)
    conflict = side.conflict if side else None
    content = {
        "deal": deal,
        "conflict": conflict,
        "may_open": actor.can("conflicts.open") and (conflict is None or bool(side and side.verdict)),
    }
    return Panel(_("Conflict"), "components/partners/conflict_panel.html", content)


def own_conflict_panel(actor: Actor, deal_id: UUID) -> Panel | None:
    """On a deal's page for its partner."""
    deal = access_deal(actor, deal_id)
    side = queries.latest_side(deal)
    content = {"deal": deal, "side": side, "may_act": actor.can("own_deals.register")}
    return Panel(
        _("Somebody else works with this customer?"), "components/partners/own_conflict_panel.html", content
    )
