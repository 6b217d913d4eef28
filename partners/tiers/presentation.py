"""Tiers in words: conditions, what is missing, what a review does. Called by tiers interfaces and its catalogue."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner, PartnerStanding
from partners.onboarding.ladder import Rung
from partners.segments.facts import fact_of
from partners.segments.language import RuleInvalid, read_rule
from partners.segments.words import RuleWords
from partners.tiers import queries
from partners.tiers.models import Tier, TierPin, TierWarning
from partners.tiers.queries import Outcome
from partners.tiers.rules import FALL, RISE, WARN
from partners.tiers.shortfalls import AT_MOST, Entry
from prm.accounts.actor import Actor
from prm.comments.timeline import ASKED, Moment, last_day_before, on_day
from prm.kit.predicates import conditions_of
from prm.tenancy.queries import current_tenant
from prm.web.panels import Panel

HUNDRED = 100


@dataclass(frozen=True)
class Missing:
    """What is missing, in words. A condition has its `sentence`, what it is `now`, what is short of it or `over` it,
    and for "at least" how far it is in percent; `judged`: by the vendor, not measured here. A choice has `members`
    alone."""

    sentence: str = ""
    now: str = ""
    short: str = ""
    over: str = ""
    percent: int | None = None
    judged: bool = False
    joint: str = ""
    members: tuple["Missing", ...] = ()


@dataclass(frozen=True)
class Step:
    tier: Tier
    rule: Any
    partners: int


def said_missing(entries: list[Entry]) -> list[Missing]:
    """Entries of `shortfalls`; a condition of a fact that is no longer known is left out."""
    words = RuleWords()
    return [said for entry in entries if (said := _said(words, entry)) is not None]


def _said(words: RuleWords, entry: Entry) -> Missing | None:
    for joint in ("any", "all"):
        if joint in entry:
            members = (_said(words, one) for one in entry[joint])
            return Missing(joint=joint, members=tuple(one for one in members if one is not None))
    op = entry.get("op", "gte")
    raw = {"fact": entry["fact"], "op": op, "value": entry["needs"]}
    if entry["with"]:
        raw["with"] = entry["with"]
    try:
        (condition,) = conditions_of(read_rule({"all": [raw]}))
    except RuleInvalid:
        return None
    fact = fact_of(condition.fact)
    now = words.facts([{"fact": entry["fact"], "value": entry["has"]}])[0].value
    said = Missing(words.condition(condition), now, judged=entry.get("judged", False))
    if said.judged or "lacks" not in entry or not (lacks := Decimal(entry["lacks"])):
        return said
    if op in AT_MOST:
        return replace(said, over=words.value(fact, lacks))
    return replace(said, short=words.value(fact, lacks), percent=_percent(entry))


def _percent(entry: Entry) -> int:
    has, needs = Decimal(entry["has"] or 0), Decimal(entry["needs"])
    return int(has * HUNDRED / needs) if needs > 0 and has > 0 else 0


def ladder() -> list[Step]:
    """The steps from the highest, with how many partners hold each."""
    held = Counter(Partner.objects.filter(status="active").values_list("tier", flat=True))
    words = RuleWords()
    return [
        Step(tier, words.group(read_rule(tier.rule)), held[tier.name])
        for tier in reversed(queries.list_tiers())
    ]


def public_ladder() -> list[Rung]:
    """The tiers for the programme's page, from the lowest."""
    words, tiers = RuleWords(), queries.list_tiers()
    return [Rung(tier.name, words.group(read_rule(tier.rule)), tier.benefits) for tier in tiers]


def said_outcomes(outcomes: list[Outcome]) -> dict[str, list[dict[str, Any]]]:
    """What a review changes, by verdict and in the order of partners' names; who falls at the next one is among those
    that fall."""
    found: dict[str, list[dict[str, Any]]] = {RISE: [], FALL: [], WARN: []}
    for one in outcomes:
        verdict = FALL if one.falls_next else one.verdict
        if verdict in found:
            found[verdict].append({"outcome": one, "missing": said_missing(one.missing)})
    return found


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


def tier_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    """The days on which its tier changed, for the timeline of a partner."""
    rows = PartnerStanding.objects.filter(partner_id=partner_id).order_by("starts_on")
    moments, held = [], None
    for row in rows:
        if held is not None and row.tier != held and row.starts_on <= last_day_before(before):
            what = _("Tier: %(tier)s") % {"tier": row.tier or "–"}
            moments.append(Moment(on_day(row.starts_on), what, text=_before(held), icon="stairs-up"))
        held = row.tier
    return moments[-ASKED:]


def _before(tier: str) -> str:
    return _("before: %(tier)s") % {"tier": tier or "–"}
