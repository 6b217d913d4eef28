"""Writes of tiers: the ladder, the calendar, pins. The review has a module of its own, `reviewing`.

Promise: a tier that something names keeps its name, and stays; called by tiers interfaces."""

from datetime import date, datetime
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.segments.actions import today_of
from partners.segments.language import read_rule
from partners.segments.queries import Use
from partners.tiers.models import Tier, TierCalendar, TierPin, TierWarning
from partners.tiers.uses import uses_of_tier
from prm.accounts.actor import Actor
from prm.audit.actions import record
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


class TierInUse(Exception):
    """Rules and plans say its name; `uses` are those."""

    code = "tier_in_use"
    field = "name"

    def __init__(self, uses: list[Use]) -> None:
        super().__init__(self.code)
        self.uses = uses

    @property
    def message(self) -> str:
        named = ", ".join(str(use.label) for use in self.uses)
        return str(_("Rules and plans say the name of this tier: %(uses)s. Change them first.")) % {
            "uses": named
        }


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
    """A renamed tier keeps its partners: they are renamed with it, from today on.

    Raises `RuleInvalid`, `TierTaken`, and `TierInUse` where something would go on saying the old name.
    """
    tier = Tier.objects.select_for_update().get(id=tier.id)
    if "rule" in changes:
        read_rule(changes["rule"])
    before = {name: getattr(tier, name) for name, value in changes.items() if getattr(tier, name) != value}
    if not before:
        return tier
    if "name" in before:
        _refuse_used(tier)
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
    """Raises `TierHeld`, `TierInUse`."""
    tier = Tier.objects.select_for_update().get(id=tier.id)
    if Partner.objects.filter(tier=tier.name, merged_into__isnull=True).exists():
        raise TierHeld
    _refuse_used(tier)
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
    """Whatever it reaches, the partner keeps its tier until before a day; what it was warned of is over."""
    if ends_on <= today_of(at):
        raise PinEndsBefore
    pin, _made = TierPin.objects.update_or_create(
        partner=partner,
        defaults={"ends_on": ends_on, "reason": reason, "author_label": actor.label, "pinned_at": at},
    )
    TierWarning.objects.filter(partner=partner).delete()
    record(
        actor=actor, action="tier.pinned", subject=partner, at=at, after={"ends_on": ends_on}, reason=reason
    )
    return pin


def unpin_tier(*, actor: Actor, partner: Partner, at: datetime) -> None:
    if TierPin.objects.filter(partner=partner).delete()[0]:
        record(actor=actor, action="tier.unpinned", subject=partner, at=at)


def _refuse_used(tier: Tier) -> None:
    if uses := uses_of_tier(tier.name):
        raise TierInUse(uses)


def _save(tier: Tier) -> None:
    try:
        with transaction.atomic():
            tier.save()
    except IntegrityError as clash:
        if "tier_one_per" in str(clash):
            raise TierTaken from clash
        raise
