"""Reads of tiers: the ladder, what each partner has reached on a day, and what is missing.

Promise: reached is the highest tier whose own rule holds; called by tiers actions and interfaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.segments.language import read_rule
from partners.segments.selection import measures
from partners.tiers.models import Tier, TierCalendar, TierPin, TierWarning
from partners.tiers.rules import FALL, KEEP, RISE, Calendar, Standing, decide, falls_next, next_review
from partners.tiers.shortfalls import shortfalls
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant

Measured = Mapping[UUID, tuple[bool, list[dict[str, Any]]]]


@dataclass(frozen=True)
class Outcome:
    """What the review does to one partner; `to` is the tier afterwards (None: none). `is_short`: it has not reached the
    tier it holds; `missing` says of what, `reached` is the one it has reached. `falls_next`: warned, and due today
    or at the next review."""

    partner: Partner
    held: Tier | None
    to: Tier | None
    verdict: str
    missing: list[dict[str, Any]]
    is_short: bool = False
    reached: Tier | None = None
    warning: TierWarning | None = None
    falls_next: bool = False

    @property
    def may_be_left_out(self) -> bool:
        """Once for each warning: what should stay for longer is pinned."""
        return self.falls_next and self.warning is not None and not self.warning.kept_reason


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
    measured = {tier: measures(read_rule(tier.rule), reached_by) for tier in tiers}
    pins = set(TierPin.objects.filter(ends_on__gt=today).values_list("partner_id", flat=True))
    warnings = {(one.partner_id, one.tier_id): one for one in TierWarning.objects.all()}
    by_name, calendar = {tier.name: tier for tier in tiers}, calendar_of()
    found = []
    for partner in Partner.objects.filter(status="active").order_by("name_key", "id"):
        held = by_name.get(partner.tier)
        warning = warnings.get((partner.id, held.id)) if held else None
        reached = _reached(partner.id, measured)
        standing = Standing(
            held.rank if held else 0,
            reached.rank if reached else 0,
            partner.id in pins,
            warning.falls_on if warning else None,
        )
        verdict = decide(standing, calendar, today)
        is_short = standing.reached < standing.held
        missing = missing_of(held, partner.id, measured[held]) if held and is_short else []
        to = reached if verdict in (RISE, FALL) else held
        at_risk = verdict == FALL or (verdict == KEEP and is_short)
        nears = warning is not None and at_risk and falls_next(calendar, warning.falls_on, today)
        found.append(Outcome(partner, held, to, verdict, missing, is_short, reached, warning, nears))
    return found


def missing_of(
    tier: Tier, partner_id: UUID, measured: Measured, *, own_side: bool = False
) -> list[dict[str, Any]]:
    """What of a tier's rule a partner does not meet (shortfalls)."""
    _holds, facts = measured.get(partner_id, (False, []))
    return shortfalls(read_rule(tier.rule), facts, own_side=own_side)


def _reached(partner_id: UUID, measured: Mapping[Tier, Measured]) -> Tier | None:
    reached = [tier for tier, found in measured.items() if found.get(partner_id, (False, []))[0]]
    return reached[-1] if reached else None


def progress_of(partner: Partner, today: date) -> tuple[Tier | None, list[dict[str, Any]]]:
    """The tier above the partner's, and what it still asks for, as the partner's own scope can measure it."""
    tiers = list_tiers()
    held = next((tier for tier in tiers if tier.name == partner.tier), None)
    following = next((tier for tier in tiers if tier.rank > (held.rank if held else 0)), None)
    if following is None:
        return None, []
    measured = measures(read_rule(following.rule), today)
    return following, missing_of(following, partner.id, measured, own_side=True)


def count_falling_next(actor: Actor) -> int:
    """Partners that fall at the next review unless they reach their tier or somebody leaves them out."""
    today = timezone.localtime(timezone=current_tenant().zone).date()
    calendar = calendar_of()
    last = next_review(calendar, today) + timedelta(days=calendar.grace_days)
    rows = TierWarning.objects.filter(decides_on__lt=last, partner__status="active")
    return (
        rows.filter(partner__in=visible_partners(actor)).count() if actor.has_portfolio_wall else rows.count()
    )


def warning_of(partner_id: UUID) -> TierWarning | None:
    return TierWarning.objects.select_related("tier").filter(partner_id=partner_id).first()


def pin_of(partner_id: UUID, today: date) -> TierPin | None:
    return TierPin.objects.filter(partner_id=partner_id, ends_on__gt=today).first()
