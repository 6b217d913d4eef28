"""Writes of tiers: the ladder, the calendar, pins, and the review that moves partners.

Promise: a review run twice on a day does the second time nothing; called by tiers interfaces and tasks."""

from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.segments.actions import today_of
from partners.segments.language import read_rule
from partners.tiers import queries
from partners.tiers.models import Tier, TierCalendar, TierPin, TierWarning
from partners.tiers.rules import FALL, RISE, WARN, falls_on
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.notifications.rules import Value
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant


class TierFacts(TypedDict, total=False):
    name: str
    rank: int
    rule: dict[str, Any]
    benefits: str


class TierTaken(Exception):
    """Another tier has this name or rank."""

    code = "tier_taken"
    field = "name"
    message = _("Another tier has this name or rank.")


class TierHeld(Exception):
    """Partners hold this tier."""

    code = "tier_held"
    message = _("Partners hold this tier; it stays until none does.")


class PinEndsBefore(Exception):
    code = "pin_ends_before"
    field = "ends_on"
    message = _("The end must be after today.")


def define_tier(*, actor: Actor, facts: TierFacts, at: datetime) -> Tier:
    """A new step. Raises `RuleInvalid`, `TierTaken`."""
    read_rule(facts.get("rule"))
    tier = Tier(**facts, changed_at=at)
    _save(tier)
    record(actor=actor, action="tier.defined", subject=tier, at=at, after=dict(facts))
    emit("tier.defined", tier_id=tier.id)
    return tier


def change_tier(*, actor: Actor, tier: Tier, changes: TierFacts, at: datetime) -> Tier:
    """A renamed tier keeps its partners: they are renamed with it, from today on."""
    tier = Tier.objects.select_for_update().get(id=tier.id)
    if "rule" in changes:
        read_rule(changes["rule"])
    before = {name: getattr(tier, name) for name, value in changes.items() if getattr(tier, name) != value}
    if not before:
        return tier
    for name in before:
        setattr(tier, name, changes[name])  # type: ignore[literal-required]
    tier.version += 1
    tier.changed_at = at
    _save(tier)
    after = {name: changes[name] for name in before}  # type: ignore[literal-required]
    record(actor=actor, action="tier.changed", subject=tier, at=at, before=before, after=after)
    emit("tier.changed", tier_id=tier.id)
    if "name" in before:
        for partner in Partner.objects.filter(tier=before["name"], merged_into__isnull=True):
            change_partner(actor=actor, partner=partner, changes={"tier": tier.name}, at=at)
    return tier


def remove_tier(*, actor: Actor, tier: Tier, at: datetime) -> None:
    tier = Tier.objects.select_for_update().get(id=tier.id)
    if Partner.objects.filter(tier=tier.name, merged_into__isnull=True).exists():
        raise TierHeld
    record(
        actor=actor, action="tier.removed", subject=tier, at=at, before={"name": tier.name, "rank": tier.rank}
    )
    tier.delete()


def set_calendar(*, actor: Actor, facts: dict[str, Any], at: datetime) -> TierCalendar:
    row = TierCalendar.objects.select_for_update().first() or TierCalendar()
    before = {name: getattr(row, name) for name, value in facts.items() if getattr(row, name) != value}
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    after = {name: facts[name] for name in before}
    record(
        actor=actor, action="tier.calendar_set", subject=current_tenant(), at=at, before=before, after=after
    )
    return row


def pin_tier(*, actor: Actor, partner: Partner, ends_on: date, reason: str, at: datetime) -> TierPin:
    """Whatever it reaches, the partner keeps its tier until before a day."""
    if ends_on <= today_of(at):
        raise PinEndsBefore
    pin, _made = TierPin.objects.update_or_create(
        partner=partner,
        defaults={"ends_on": ends_on, "reason": reason, "author_label": actor.label, "pinned_at": at},
    )
    record(
        actor=actor, action="tier.pinned", subject=partner, at=at, after={"ends_on": ends_on}, reason=reason
    )
    return pin


def unpin_tier(*, actor: Actor, partner: Partner, at: datetime) -> None:
    if TierPin.objects.filter(partner=partner).delete()[0]:
        record(actor=actor, action="tier.unpinned", subject=partner, at=at)


def review_tiers(*, actor: Actor, today: date, at: datetime) -> dict[str, int]:
    """Do what the preview of the day shows: raise, warn, lower; how many of each."""
    list(Tier.objects.select_for_update().order_by("id"))  # one review at a time
    counts = {RISE: 0, WARN: 0, FALL: 0}
    for outcome in queries.outcomes_on(today, today - timedelta(days=1)):
        if outcome.verdict in counts:
            counts[outcome.verdict] += 1
        _apply(actor, outcome, today, at)
    return counts


def _apply(actor: Actor, outcome: queries.Outcome, today: date, at: datetime) -> None:
    if outcome.verdict in (RISE, FALL):
        _move(actor, outcome, today, at)
    elif outcome.verdict == WARN:
        _warn(actor, outcome, today, at)
    elif not outcome.missing:
        TierWarning.objects.filter(partner=outcome.partner).delete()


def _move(actor: Actor, outcome: queries.Outcome, today: date, at: datetime) -> None:
    partner, name = outcome.partner, outcome.to.name if outcome.to else ""
    warning = queries.warning_of(partner.id)
    fell_on = (
        falls_on(queries.calendar_of(), warning.warned_on) if warning and outcome.verdict == FALL else today
    )
    TierWarning.objects.filter(partner=partner).delete()
    change_partner(actor=actor, partner=partner, changes={"tier": name}, standing_from=fell_on, at=at)
    emit(f"tier.{outcome.verdict}", partner_id=partner.id, tier=name)
    kind = "tier.risen" if outcome.verdict == RISE else "tier.fallen"
    notify(
        kind,
        to=PartnerPeople(partner.id, "own_tier.view"),
        params={"tier": name or "–", "from": fell_on},
        link=("portal-tier", []),
    )


def _warn(actor: Actor, outcome: queries.Outcome, today: date, at: datetime) -> None:
    assert outcome.held is not None
    decides_on = falls_on(queries.calendar_of(), today) - timedelta(days=1)
    TierWarning.objects.create(
        partner=outcome.partner,
        tier=outcome.held,
        warned_on=today,
        decides_on=decides_on,
        missing=outcome.missing,
    )
    told = {"tier": outcome.held.name, "decides_on": decides_on}
    record(actor=actor, action="tier.warned", subject=outcome.partner, at=at, after=told)
    emit("tier.warned", partner_id=outcome.partner.id)
    params: dict[str, Value] = {
        "partner": outcome.partner.name,
        "tier": outcome.held.name,
        "until": decides_on,
    }
    notify(
        "tier.warned",
        to=PartnerPeople(outcome.partner.id, "own_tier.view"),
        params=params,
        link=("portal-tier", []),
    )
    notify(
        "tier.warned_staff",
        to=StaffPeople("tiers.review", first=outcome.partner.manager_id),
        params=params,
        link=("partner-detail", [outcome.partner.id]),
    )


def _save(tier: Tier) -> None:
    try:
        with transaction.atomic():
            tier.save()
    except IntegrityError as clash:
        if "tier_one_per" in str(clash):
            raise TierTaken from clash
        raise
