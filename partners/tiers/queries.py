"""Reads of tiers: the ladder, what each partner has reached on a day, and what is missing.

Promise: reached is the highest tier whose own rule holds; called by tiers actions and interfaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from partners.directory.models import Partner
from partners.segments.language import read_rule
from partners.segments.selection import measures
from partners.tiers.models import Tier, TierCalendar, TierPin, TierWarning
from partners.tiers.rules import Calendar, Standing, decide
from prm.kit.predicates import Condition, conditions_of

Measured = Mapping[UUID, tuple[bool, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Outcome:
    """What the review does to one partner; `to` is the tier afterwards (None: none)."""

    partner: Partner
    held: Tier | None
    to: Tier | None
    verdict: str
    missing: list[dict[str, Any]]


def list_tiers() -> list[Tier]:
    """From the lowest."""
    return list(Tier.objects.order_by("rank"))


def all_tiers() -> QuerySet[Tier]:
    return Tier.objects.all()


def access_tier(tier_id: UUID) -> Tier:
    return get_object_or_404(Tier, id=tier_id)


def calendar_of() -> Calendar:
    row = TierCalendar.objects.first()
    return (
        Calendar() if row is None else Calendar(row.every, row.warn_days, row.grace_days, row.rises_at_once)
    )


def calendar_row() -> TierCalendar:
    return TierCalendar.objects.first() or TierCalendar()


def outcomes_on(today: date, reached_by: date) -> list[Outcome]:
    """Of every active partner, by name: what a review of `today` does, by what was reached by the evening of a day."""
    tiers = list_tiers()
    measured = [(tier, measures(read_rule(tier.rule), reached_by)) for tier in tiers]
    pins = set(TierPin.objects.filter(ends_on__gt=today).values_list("partner_id", flat=True))
    warned = dict(TierWarning.objects.values_list("partner_id", "warned_on"))
    by_name, calendar = {tier.name: tier for tier in tiers}, calendar_of()
    found = []
    for partner in Partner.objects.filter(status="active").order_by("name_key", "id"):
        held = by_name.get(partner.tier)
        reached = _reached(partner.id, measured)
        standing = Standing(
            held.rank if held else 0,
            reached.rank if reached else 0,
            partner.id in pins,
            warned.get(partner.id),
        )
        verdict = decide(standing, calendar, today)
        missing = missing_of(held, partner.id, dict(measured)) if held and reached is not held else []
        found.append(
            Outcome(partner, held, reached if verdict in ("rise", "fall") else held, verdict, missing)
        )
    return found


def missing_of(tier: Tier, partner_id: UUID, measured: Mapping[Tier, Measured]) -> list[dict[str, Any]]:
    """The conditions of a tier that a partner does not meet, each with what it has and what is short of it."""
    _holds, facts = measured[tier].get(partner_id, (False, []))
    held = {(fact["fact"], tuple(sorted(fact.get("with", {}).items()))): fact["value"] for fact in facts}
    return [
        short
        for condition in conditions_of(read_rule(tier.rule))
        if (short := _short(condition, held.get((condition.fact, tuple(sorted(condition.terms))))))
        is not None
    ]


def _short(condition: Condition, value: Any) -> dict[str, Any] | None:
    """What a condition of the form "at least" lacks; conditions of another form are judged by the rule alone."""
    if condition.op not in ("gte", "gt") or not isinstance(condition.value, Decimal):
        return None
    has = Decimal(value or 0)
    if has >= condition.value:
        return None
    return {
        "fact": condition.fact,
        "with": dict(condition.terms),
        "has": str(has),
        "needs": f"{condition.value:f}",
        "lacks": f"{condition.value - has:f}",
    }


def _reached(partner_id: UUID, measured: Sequence[tuple[Tier, Measured]]) -> Tier | None:
    reached = [tier for tier, found in measured if found.get(partner_id, (False, []))[0]]
    return reached[-1] if reached else None


def progress_of(partner: Partner, today: date) -> tuple[Tier | None, Tier | None, list[dict[str, Any]]]:
    """The tier a partner has, the next one, and what that one still asks for."""
    tiers = list_tiers()
    held = next((tier for tier in tiers if tier.name == partner.tier), None)
    following = next((tier for tier in tiers if tier.rank > (held.rank if held else 0)), None)
    if following is None:
        return held, None, []
    measured = {following: measures(read_rule(following.rule), today)}
    return held, following, missing_of(following, partner.id, measured)


def warning_of(partner_id: UUID) -> TierWarning | None:
    return TierWarning.objects.select_related("tier").filter(partner_id=partner_id).first()


def pin_of(partner_id: UUID, today: date) -> TierPin | None:
    return TierPin.objects.filter(partner_id=partner_id, ends_on__gt=today).first()
