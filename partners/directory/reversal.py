"""Taking an import of partners back: what a partner was before, and putting it back so.

Promise: what was changed since, or is used by other records, is refused and not touched; called by importing."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import PartnerChangedMeanwhile, PartnerTreeCycle, lock_tree
from partners.directory.extras import extras
from partners.directory.keys import write_keys
from partners.directory.models import Partner, PartnerParent
from partners.directory.rules import Span, first_cycle_day
from partners.directory.timelines import note_status, standing_spans, write_parents, write_standings
from partners.directory.tree import links_above, list_parent_links
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

FIELDS = (
    "code",
    "name",
    "legal_name",
    "tax_id",
    "partner_type",
    "country",
    "region",
    "tier",
    "status",
    "joined_on",
    "website",
)


class PartnerInUse(Exception):
    """Sales, people or other partners refer to this partner."""

    code = "partner_in_use"
    message = _("Other records refer to this partner.")


def snapshot_of(partner: Partner, *, whole: bool = False) -> dict[str, Any]:
    """Everything an import may change, as JSON; `whole` with what rooms above know of the partner."""
    return {
        "facts": {name: str(getattr(partner, name)) for name in FIELDS},
        "manager": str(partner.manager_id) if partner.manager_id else None,
        "extras": {extra.name: extra.snapshot(partner.id) for extra in extras()} if whole else {},
        "standings": [_as_json(dict(span.value), span) for span in standing_spans(partner)],
        "parents": [
            _as_json(str(link.parent_id), Span(None, link.starts_on, link.ends_on))
            for link in list_parent_links(partner.id)
        ],
    }


def restore_partner(
    *, actor: Actor, partner_id: UUID, version: int, snapshot: dict[str, Any], at: datetime
) -> None:
    """Put the partner back as it was, history included. Raises `PartnerChangedMeanwhile`, `PartnerTreeCycle`."""
    partner = _unchanged(partner_id, version)
    before = {name: str(getattr(partner, name)) for name in FIELDS}
    if partner.status != snapshot["facts"]["status"]:
        note_status(partner, snapshot["facts"]["status"], at.astimezone(current_tenant().zone).date())
    for name, value in snapshot["facts"].items():
        setattr(partner, name, date.fromisoformat(value) if name == "joined_on" else value)
    if "manager" in snapshot:
        partner.manager_id = UUID(snapshot["manager"]) if snapshot["manager"] else None
    write_keys(partner)
    partner.version += 1
    partner.changed_at = at
    partner.save()
    write_standings(partner, [_span(entry) for entry in snapshot["standings"]])
    for extra in extras():
        if extra.name in snapshot.get("extras", {}):
            extra.restore(actor, partner, snapshot["extras"][extra.name], at)
    _restore_parents(partner, [_span(entry) for entry in snapshot["parents"]])
    after = {name: value for name, value in snapshot["facts"].items() if before[name] != value}
    record(
        actor=actor,
        action="partner.restored",
        subject=partner,
        at=at,
        before={name: before[name] for name in after},
        after=after,
    )
    emit("partner.changed", partner_id=partner.id, fields=sorted(after))
    starts = [span.starts_on for span in standing_spans(partner)]
    emit("partner.standing_changed", partner_id=partner.id, starts_on=min(starts).isoformat())


def remove_partners(*, actor: Actor, versions: Mapping[UUID, int], at: datetime) -> None:
    """Take out partners that nothing but each other refers to. Raises `PartnerChangedMeanwhile`, `PartnerInUse`."""
    partners = list(Partner.objects.select_for_update().filter(id__in=versions).order_by("id"))
    for partner in partners:
        if partner.version != versions[partner.id]:
            raise PartnerChangedMeanwhile(partner)
    for partner in partners:
        facts = {name: str(getattr(partner, name)) for name in FIELDS}
        record(actor=actor, action="partner.removed", subject=partner, at=at, before=facts)
        emit("partner.removed", partner_id=partner.id)
    PartnerParent.objects.filter(partner_id__in=versions).delete()
    try:
        with transaction.atomic():
            Partner.objects.filter(id__in=versions).delete()
    except (ProtectedError, IntegrityError) as clash:
        raise PartnerInUse from clash


def _unchanged(partner_id: UUID, version: int) -> Partner:
    partner = Partner.objects.select_for_update().get(id=partner_id)
    if partner.version != version:
        raise PartnerChangedMeanwhile(partner)
    return partner


def _restore_parents(partner: Partner, spans: list[Span[Any]]) -> None:
    lock_tree()
    told = [Span(UUID(span.value), span.starts_on, span.ends_on) for span in spans]
    links = links_above(partner.id, *(span.value for span in told))
    if links.get(partner.id, []) == sorted(told, key=lambda span: span.starts_on):
        return
    links[partner.id] = told
    circle = first_cycle_day(links, partner.id)
    if circle is not None:
        raise PartnerTreeCycle(circle)
    write_parents(partner, told)
    earliest = min((span.starts_on for span in told), default=partner.joined_on)
    emit("partner.moved", partner_id=partner.id, parent_id=None, starts_on=earliest.isoformat())


def _as_json(value: Any, span: Span[Any]) -> list[Any]:
    return [value, span.starts_on.isoformat(), span.ends_on.isoformat() if span.ends_on else None]


def _span(entry: list[Any]) -> Span[Any]:
    value, starts_on, ends_on = entry
    return Span(value, date.fromisoformat(starts_on), date.fromisoformat(ends_on) if ends_on else None)
