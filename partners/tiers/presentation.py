"""Tiers in words: conditions, what is missing, what a review does. Called by tiers interfaces and its catalogue."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner
from partners.segments.facts import fact_of
from partners.segments.language import read_rule
from partners.segments.words import RuleWords
from partners.tiers import queries
from partners.tiers.models import Tier, TierPin, TierWarning
from partners.tiers.queries import Outcome
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web.panels import Panel

VERDICTS = {
    "rise": pgettext_lazy("tier", "Rises"),
    "fall": pgettext_lazy("tier", "Falls"),
    "warn": pgettext_lazy("tier", "Is warned"),
}
HUNDRED = 100


@dataclass(frozen=True)
class Missing:
    """One condition that is not met: in words, with how far it is, in percent."""

    label: str
    has: str
    needs: str
    lacks: str
    percent: int


@dataclass(frozen=True)
class Step:
    tier: Tier
    rule: Any
    partners: int


def said_missing(told: list[dict[str, Any]]) -> list[Missing]:
    words = RuleWords()
    found = []
    for short in told:
        fact = fact_of(short["fact"])
        has, needs, lacks = (Decimal(short[name]) for name in ("has", "needs", "lacks"))
        percent = int(has * HUNDRED / needs) if needs > 0 and has > 0 else 0
        label = words.label(fact, short["with"])
        found.append(
            Missing(
                label, words.value(fact, has), words.value(fact, needs), words.value(fact, lacks), percent
            )
        )
    return found


def ladder() -> list[Step]:
    """The steps from the highest, with how many partners hold each."""
    held = Counter(Partner.objects.filter(status="active").values_list("tier", flat=True))
    words = RuleWords()
    return [
        Step(tier, words.group(read_rule(tier.rule)), held[tier.name])
        for tier in reversed(queries.list_tiers())
    ]


def said_outcomes(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    """What a review changes, in the order of partners' names; those that nothing happens to are left out."""
    return [
        {"outcome": one, "verdict": VERDICTS[one.verdict], "missing": said_missing(one.missing)}
        for one in outcomes
        if one.verdict in VERDICTS
    ]


def tier_panel(actor: Actor, partner_id: UUID) -> Panel:
    """On the page of a partner: its tier, a warning, a pin."""
    content = {
        "partner": Partner.objects.get(id=partner_id),
        **standing_of(partner_id),
        "may_change": actor.can("tiers.change"),
    }
    return Panel(pgettext_lazy("menu", "Tier"), "components/partners/tier_panel.html", content)


def standing_of(partner_id: UUID) -> dict[str, TierWarning | TierPin | list[Missing] | None]:
    warning = queries.warning_of(partner_id)
    return {
        "warning": warning,
        "missing": said_missing(warning.missing) if warning else [],
        "pin": queries.pin_of(partner_id, today()),
    }


def today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
