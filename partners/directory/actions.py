"""Writes of partners: create, change, upsert by code, assign a manager, place in the tree.

Promise: the history of type, region, country and tier is kept; the tree has no circle on any day; a stale version
changes nothing; each change leaves an AuditRecord and an event. Called by directory interfaces and imports."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypedDict

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from partners.directory.keys import write_keys
from partners.directory.models import Partner, PartnerParent, PartnerStanding
from partners.directory.queries import PartnerMerged, visible_partners
from partners.directory.requisites import TaxIdInvalid, refuse_tax_id
from partners.directory.rules import (
    FIRST_DAY,
    STANDING_FIELDS,
    Span,
    first_cycle_day,
    with_change,
    with_fields,
)
from partners.directory.timelines import note_status, standing_spans, write_parents, write_standings
from partners.directory.tree import links_above
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.locks import hold
from prm.tenancy.models import next_number
from prm.tenancy.queries import current_tenant


class PartnerFacts(TypedDict, total=False):
    """What may be told of a partner; a key that is absent stays as it is."""

    code: str
    name: str
    legal_name: str
    tax_id: str
    partner_type: str
    country: str
    region: str
    tier: str
    status: str
    joined_on: date
    website: str


class PartnerCodeTaken(Exception):
    """Another partner of the tenant has this code."""

    code = "partner_code_taken"
    field = "code"
    message = _("Another partner has this code.")


class PartnerChangedMeanwhile(Exception):
    """Somebody else saved this partner after it was opened; `partner` is as it stands now."""

    code = "version_conflict"
    message = _("Somebody else changed this partner after you opened it.")

    def __init__(self, partner: Partner) -> None:
        super().__init__(self.code)
        self.partner = partner


class PartnerTreeCycle(Exception):
    """The parent would stand below its own child; `day` is the first such day."""

    code = "partner_tree_cycle"
    field = "parent_code"

    def __init__(self, day: date) -> None:
        super().__init__(str(self.message))
        self.day = day

    message = _("This partner stands below the one you are moving, so it cannot stand above it.")


def create_partner(*, actor: Actor, facts: PartnerFacts, at: datetime) -> Partner:
    """A new partner; a channel manager's own joins the own portfolio. Raises `PartnerCodeTaken`, `TaxIdInvalid`."""
    refuse_tax_id(facts)
    partner = Partner(
        **facts,
        manager_id=actor.id if actor.has_portfolio_wall else None,
        created_at=at,
        changed_at=at,
    )
    if partner.joined_on is None:
        partner.joined_on = _today(at)
    partner.number = next_number("partner")
    _save(partner)
    PartnerStanding.objects.create(
        partner=partner, starts_on=min(FIRST_DAY, partner.joined_on), **_standing_in(vars(partner))
    )
    record(actor=actor, action="partner.created", subject=partner, at=at, after=dict(facts))
    emit("partner.created", partner_id=partner.id)
    return partner


def change_partner(
    *,
    actor: Actor,
    partner: Partner,
    changes: PartnerFacts,
    at: datetime,
    version: int | None = None,
    standing_from: date | None = None,
) -> Partner:
    """Change what differs. Type, region, country and tier count from `standing_from` (today without it) on.

    `version` is the one the editor opened; without it the caller wins. A standing from a coming day shows in the
    partner's own columns when that day has come (`adopt_standings`). Raises `TaxIdInvalid`.
    """
    partner = Partner.objects.select_for_update().get(id=partner.id)
    refuse_merged(partner)
    if version is not None and partner.version != version:
        raise PartnerChangedMeanwhile(partner)
    refuse_tax_id(changes, partner)
    today = _today(at)
    standing_from = standing_from or today
    restated = _restate(partner, _standing_in(changes), standing_from)
    plain = {name: value for name, value in changes.items() if name not in STANDING_FIELDS}
    before = {name: getattr(partner, name) for name in plain if getattr(partner, name) != plain[name]}
    now_true = _standing_on(partner, today) if restated else {}
    before |= {name: getattr(partner, name) for name in now_true if getattr(partner, name) != now_true[name]}
    after = {name: {**plain, **now_true}[name] for name in before}
    if not before and not restated:
        return partner
    if "status" in before:
        note_status(partner, str(after["status"]), today)
    for name, value in after.items():
        setattr(partner, name, value)
    partner.version += 1
    partner.changed_at = at
    _save(partner)
    if restated:
        after |= restated | {"standing_from": standing_from}
        emit("partner.standing_changed", partner_id=partner.id, starts_on=standing_from.isoformat())
    record(actor=actor, action="partner.changed", subject=partner, at=at, before=before, after=after)
    emit("partner.changed", partner_id=partner.id, fields=sorted({*before, *restated}))
    return partner


def upsert_partner(*, actor: Actor, facts: PartnerFacts, at: datetime) -> tuple[Partner, str]:
    """The partner with `facts["code"]`, created or changed; says "created", "updated" or "unchanged"."""
    standing = Partner.objects.select_for_update().filter(code=facts["code"]).first()
    if standing is None:
        return create_partner(actor=actor, facts=facts, at=at), "created"
    if not visible_partners(actor).filter(id=standing.id).exists():
        raise PartnerCodeTaken
    refuse_merged(standing)
    changed = change_partner(actor=actor, partner=standing, changes=facts, at=at)
    return changed, "updated" if changed.version != standing.version else "unchanged"


def assign_manager(*, actor: Actor, partner: Partner, manager: Membership | None, at: datetime) -> Partner:
    """Put the partner into somebody's portfolio, or into nobody's."""
    partner = (
        Partner.objects.select_for_update(of=("self",)).select_related("manager__user").get(id=partner.id)
    )
    refuse_merged(partner)
    if partner.manager_id == (manager.id if manager else None):
        return partner
    before = {"manager": str(partner.manager.user) if partner.manager else ""}
    partner.manager = manager
    partner.version += 1
    partner.changed_at = at
    partner.save(update_fields=["manager", "version", "changed_at"])
    Partner.objects.filter(merged_into_id=partner.id).update(
        manager=manager
    )  # the portfolio holds the whole past
    after = {"manager": str(manager.user) if manager else ""}
    record(actor=actor, action="partner.assigned", subject=partner, at=at, before=before, after=after)
    emit("partner.assigned", partner_id=partner.id, manager_id=manager.id if manager else None)
    return partner


def move_partner(
    *, actor: Actor, partner: Partner, parent: Partner | None, starts_on: date, at: datetime
) -> list[Span[Any]]:
    """Place the partner under `parent` (None: under nobody) from a day until the next move already known.

    Raises `PartnerTreeCycle` where any day would close a circle. Returns the parents by date as they now stand.
    """
    for one in filter(None, (partner, parent)):
        refuse_merged(one)
    lock_tree()
    links = links_above(partner.id, *([parent.id] if parent else []))
    before = links.get(partner.id, [])
    after = with_change(before, parent.id if parent else None, starts_on)
    if after == before:
        return before
    links[partner.id] = after
    circle = first_cycle_day(links, partner.id)
    if circle is not None:
        raise PartnerTreeCycle(circle)
    write_parents(partner, after)
    Partner.objects.filter(id=partner.id).update(version=models.F("version") + 1, changed_at=at)
    held = next((span.value for span in before if span.covers(starts_on)), None)
    record(
        actor=actor,
        action="partner.moved",
        subject=partner,
        at=at,
        before={"parent": _name_of(held)},
        after={"parent": parent.name if parent else "", "starts_on": starts_on},
    )
    emit(
        "partner.moved",
        partner_id=partner.id,
        parent_id=parent.id if parent else None,
        starts_on=starts_on.isoformat(),
    )
    return after


def adopt_standings(*, actor: Actor, at: datetime) -> int:
    """Let standings that were dated ahead show in the partners' own columns once their day has come."""
    today = _today(at)
    current = PartnerStanding.objects.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=today))
    adopted = 0
    for standing in current.filter(starts_on__lte=today).exclude(
        **{f"partner__{name}": models.F(name) for name in STANDING_FIELDS}
    ):
        partner = Partner.objects.select_for_update().get(id=standing.partner_id)
        after = {
            name: getattr(standing, name)
            for name in STANDING_FIELDS
            if getattr(standing, name) != getattr(partner, name)
        }
        before = {name: getattr(partner, name) for name in after}
        for name, value in after.items():
            setattr(partner, name, value)
        partner.version += 1
        partner.changed_at = at
        partner.save()
        record(actor=actor, action="partner.changed", subject=partner, at=at, before=before, after=after)
        emit("partner.changed", partner_id=partner.id, fields=sorted(after))
        adopted += 1
    return adopted


def _restate(partner: Partner, standing: dict[str, str], starts_on: date) -> dict[str, str]:
    """Write the changed standing; returns what it says that was not said for these days before."""
    spans = standing_spans(partner)
    if spans and starts_on < spans[0].starts_on:
        spans[0] = Span(spans[0].value, starts_on, spans[0].ends_on)
    told = {
        name: value
        for name, value in standing.items()
        if any(
            span.value[name] != value for span in spans if span.ends_on is None or span.ends_on > starts_on
        )
    }
    if told:
        write_standings(partner, with_fields(spans, told, starts_on))
    return told


def _standing_on(partner: Partner, day: date) -> Mapping[str, str]:
    return next((span.value for span in standing_spans(partner) if span.covers(day)), {})


def _standing_in(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: facts[name] for name in STANDING_FIELDS if name in facts}


def _save(partner: Partner) -> None:
    write_keys(partner)
    try:
        with transaction.atomic():
            partner.save()
    except IntegrityError as clash:
        if "partner_one_per_code" in str(clash):
            raise PartnerCodeTaken from clash
        raise


def refuse_merged(partner: Partner) -> None:
    """Raises `PartnerMerged`: nothing new is written for one that was merged."""
    if partner.merged_into_id is not None:
        raise PartnerMerged(partner)


def lock_tree() -> None:
    """One mover at a time in a tenant: two moves that are each fine could close a circle together."""
    hold("partner-tree")


def _name_of(partner_id: Any) -> str:
    return Partner.objects.get(id=partner_id).name if partner_id else ""


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


__all__ = [
    "PartnerChangedMeanwhile",
    "PartnerCodeTaken",
    "PartnerFacts",
    "PartnerMerged",
    "PartnerParent",
    "PartnerTreeCycle",
    "TaxIdInvalid",
    "adopt_standings",
    "assign_manager",
    "change_partner",
    "create_partner",
    "lock_tree",
    "move_partner",
    "refuse_merged",
    "upsert_partner",
]
