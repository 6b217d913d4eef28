"""The review of tiers: raise, warn, keep warnings right, and lower whose warning and grace are over.

Promise: nobody falls without a warning, nor before the day that it told; whom somebody left out, or pinned, does not
fall; a review run twice on a day does the second time nothing. Called by tiers interfaces and tasks."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import change_partner
from partners.tiers import queries
from partners.tiers.models import Tier, TierWarning
from partners.tiers.queries import Outcome
from partners.tiers.rules import FALL, PINNED, RISE, WARN, falls_on, put_off
from partners.tiers.shortfalls import without_walled
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.notifications.rules import Value
from prm.outbox.actions import emit

KEPT = "kept"


class CannotLeaveOut(Exception):
    """Somebody was to be left out who falls neither today nor at the next review, or was left out of one since the
    warning; `names` are those."""

    code = "cannot_leave_out"

    def __init__(self, names: list[str]) -> None:
        super().__init__(self.code)
        self.names = names

    @property
    def message(self) -> str:
        told = {"names": ", ".join(self.names)}
        return (
            str(_("Not to fall at the next review, or left out before: %(names)s. Pin what should stay."))
            % told
        )


def review_tiers(
    *, actor: Actor, today: date, at: datetime, keep: Mapping[UUID, str] | None = None
) -> dict[str, int]:
    """Do what the preview of the day shows, and say how many: raise, warn, lower who is due. Those in `keep`, with a
    reason each, are left out of the review at which they would fall, today's or the next one.

    Raises `CannotLeaveOut`.
    """
    keep = keep or {}
    list(Tier.objects.select_for_update().order_by("id"))  # one review at a time
    TierWarning.objects.exclude(tier__name=F("partner__tier")).delete()  # of a tier that is not held any more
    outcomes = queries.outcomes_on(today, today - timedelta(days=1))
    _refuse_others(outcomes, keep)
    counts = dict.fromkeys((RISE, WARN, FALL, KEPT), 0)
    for outcome in outcomes:
        done = KEPT if outcome.partner.id in keep else outcome.verdict
        if done in counts:
            counts[done] += 1
        if done in (RISE, FALL):
            _move(actor, outcome, today, at)
        elif done == WARN:
            _warn(actor, outcome, today, at)
        elif done == KEPT:
            _leave_out(actor, outcome, keep[outcome.partner.id], today, at)
        else:
            _renew(outcome)
    return counts


def _refuse_others(outcomes: list[Outcome], named: Collection[UUID]) -> None:
    others = set(named) - {one.partner.id for one in outcomes if one.may_be_left_out}
    if others:
        names = {one.partner.id: one.partner.name for one in outcomes}
        raise CannotLeaveOut(sorted(names.get(key, str(key)) for key in others))


def _move(actor: Actor, outcome: Outcome, today: date, at: datetime) -> None:
    """A fall counts from the day it was told for, even where the review runs late."""
    partner, name = outcome.partner, outcome.to.name if outcome.to else ""
    falls = outcome.verdict == FALL and outcome.warning is not None
    moved_on = outcome.warning.falls_on if falls and outcome.warning else today
    if outcome.warning is not None:
        outcome.warning.delete()
    change_partner(actor=actor, partner=partner, changes={"tier": name}, standing_from=moved_on, at=at)
    emit(f"tier.{outcome.verdict}", partner_id=partner.id, tier=name)
    kind = "tier.risen" if outcome.verdict == RISE else "tier.fallen"
    told: dict[str, Value] = {"tier": name or "–", "from": moved_on}
    notify(kind, to=PartnerPeople(partner.id, "own_tier.view"), params=told, link=("portal-tier", []))
    if falls:
        _note_fall(actor, outcome, told, at)


def _note_fall(actor: Actor, outcome: Outcome, told: dict[str, Value], at: datetime) -> None:
    """The trail says why, and whoever looks after the partner hears of it: no person's hand was in it."""
    partner, warning = outcome.partner, outcome.warning
    assert warning is not None
    before = {"tier": warning.tier.name, "warned_on": warning.warned_on}
    record(actor=actor, action="tier.fallen", subject=partner, at=at, before=before, after=told)
    staff = StaffPeople("tiers.review", first=partner.manager_id)
    params = {**told, "partner": partner.name}
    notify("tier.fallen_staff", to=staff, params=params, link=("partner-detail", [partner.id]))


def _warn(actor: Actor, outcome: Outcome, today: date, at: datetime) -> None:
    assert outcome.held is not None
    partner = outcome.partner
    decides_on = falls_on(queries.calendar_of(), today) - timedelta(days=1)
    TierWarning.objects.create(
        partner=partner,
        tier=outcome.held,
        warned_on=today,
        decides_on=decides_on,
        missing=without_walled(outcome.missing),
    )
    told = {"tier": outcome.held.name, "decides_on": decides_on}
    record(actor=actor, action="tier.warned", subject=partner, at=at, after=told)
    emit("tier.warned", partner_id=partner.id)
    params: dict[str, Value] = {"partner": partner.name, "tier": outcome.held.name, "until": decides_on}
    people = PartnerPeople(partner.id, "own_tier.view")
    notify("tier.warned", to=people, params=params, link=("portal-tier", []))
    staff = StaffPeople("tiers.review", first=partner.manager_id)
    notify("tier.warned_staff", to=staff, params=params, link=("partner-detail", [partner.id]))


def _leave_out(actor: Actor, outcome: Outcome, reason: str, today: date, at: datetime) -> None:
    """The day is put off to the review after the one that it belongs to; the partner is told."""
    assert outcome.warning is not None
    assert outcome.held is not None
    warning, partner = outcome.warning, outcome.partner
    until = put_off(queries.calendar_of(), warning.falls_on, today) - timedelta(days=1)
    warning.decides_on, warning.missing = until, without_walled(outcome.missing)
    warning.kept_reason, warning.kept_by_label = reason, actor.label
    warning.save()
    told = {"tier": outcome.held.name, "decides_on": until}
    record(actor=actor, action="tier.left_out", subject=partner, at=at, after=told, reason=reason)
    emit("tier.left_out", partner_id=partner.id)
    people = PartnerPeople(partner.id, "own_tier.view")
    params: dict[str, Value] = {"tier": outcome.held.name, "until": until}
    notify("tier.put_off", to=people, params=params, link=("portal-tier", []))


def _renew(outcome: Outcome) -> None:
    """A warning says what is missing as of today, and goes where nothing is or somebody pinned the tier."""
    warning = outcome.warning
    if warning is None:
        return
    if outcome.verdict == PINNED or not outcome.is_short:
        warning.delete()
        return
    missing = without_walled(outcome.missing)
    if warning.missing != missing:
        warning.missing = missing
        warning.save(update_fields=["missing"])
