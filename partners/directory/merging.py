"""Merging a duplicate into its survivor: what would follow, and doing it.

Promise: one transaction; nothing happens while a room objects; the merged partner stays with what was booked to it, its
codes lead to the survivor; both trails say so. Called by directory.{merge_pages,merge_api}. Why: docs/adr/0013."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partners.directory.actions import assign_manager, change_partner, refuse_merged
from partners.directory.followers import Follower, Merge, Objection, followers, objections_to
from partners.directory.models import DistinctPartners, Partner, PartnerStatus
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

# What may be taken over from the merged partner. The code stays the survivor's: both codes lead to it.
CHOOSABLE = (
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
    "manager",
)


class SamePartner(Exception):
    """A partner cannot be merged into itself."""

    code = "same_partner"
    message = _("Choose another partner: one cannot be merged into itself.")


class MergeForbidden(Exception):
    """Something that goes on must end first; `objections` say what."""

    code = "merge_forbidden"

    def __init__(self, objections: list[Objection]) -> None:
        super().__init__(", ".join(objection.code for objection in objections))
        self.objections = objections
        self.code = objections[0].code

    @property
    def message(self) -> str:
        return " ".join(str(objection.message) for objection in self.objections)


class FieldNotChoosable(Exception):
    """Something was to be taken over that is not a field of the choice."""

    code = "field_not_choosable"
    field = "take"

    @property
    def message(self) -> str:
        return str(_("Only these fields can be taken over: %(fields)s.")) % {"fields": ", ".join(CHOOSABLE)}


@dataclass(frozen=True)
class Following:
    """How much a room keeps of the merged partner, and what becomes of it."""

    follower: Follower
    count: int


@dataclass(frozen=True)
class MergePlan:
    """What merging would do: by room, and why it may not be done now."""

    merge: Merge
    followings: list[Following]
    objections: list[Objection]


def plan_merge(*, actor: Actor, survivor: Partner, merged: Partner, at: datetime) -> MergePlan:
    """What would follow; writes nothing. Raises `SamePartner`, `PartnerMerged`."""
    merge = _merge_of(actor, survivor, merged, at)
    counted = [Following(follower, follower.count(merged.id)) for follower in followers()]
    return MergePlan(merge, counted, objections_to(merge))


@transaction.atomic
def merge_partners(
    *, actor: Actor, survivor: Partner, merged: Partner, take: Collection[str], at: datetime
) -> Partner:
    """Merge for good. `take` names the fields whose value the merged partner gives to the survivor.

    Raises `SamePartner`, `PartnerMerged`, `FieldNotChoosable`, `MergeForbidden`.
    """
    if set(take) - set(CHOOSABLE):
        raise FieldNotChoosable
    locked = _locked(survivor, merged)
    merge = _merge_of(actor, locked[survivor.id], locked[merged.id], at)
    objections = objections_to(merge)
    if objections:
        raise MergeForbidden(objections)
    before = {name: getattr(merge.survivor, name) for name in take}
    _take_over(merge, take)
    _mark(merge)
    counts = {}
    for follower in followers():
        counts[follower.name] = follower.count(merged.id)
        if follower.follow is not None:
            follower.follow(merge)
    _tell(merge, take=sorted(before), counts={name: count for name, count in counts.items() if count})
    return Partner.objects.select_related("manager__user").get(id=survivor.id)


def _locked(*partners: Partner) -> dict[Any, Partner]:
    """Both rows for this transaction alone, always in the same order: what names either waits."""
    rows = Partner.objects.select_for_update(of=("self",)).select_related("manager__user", "merged_into")
    return {row.id: row for row in rows.filter(id__in=[one.id for one in partners]).order_by("id")}


def _merge_of(actor: Actor, survivor: Partner, merged: Partner, at: datetime) -> Merge:
    if survivor.id == merged.id:
        raise SamePartner
    refuse_merged(survivor)
    refuse_merged(merged)
    return Merge(actor, merged, survivor, at, _today(at))


def _take_over(merge: Merge, take: Collection[str]) -> None:
    changes: Any = {name: getattr(merge.merged, name) for name in take if name != "manager"}
    if changes:
        change_partner(actor=merge.actor, partner=merge.survivor, changes=changes, at=merge.at)
    if "manager" in take:
        assign_manager(actor=merge.actor, partner=merge.survivor, manager=merge.merged.manager, at=merge.at)


def _mark(merge: Merge) -> None:
    """The merged partner points at its survivor, and so do those that were merged into it before: one step, always."""
    survivor = Partner.objects.get(id=merge.survivor.id)
    merged = merge.merged
    Partner.objects.filter(merged_into=merged).update(merged_into=survivor, manager_id=survivor.manager_id)
    merged.status, merged.merged_into, merged.merged_at = PartnerStatus.MERGED, survivor, merge.at
    merged.manager_id = survivor.manager_id
    merged.version += 1
    merged.changed_at = merge.at
    merged.save(
        update_fields=["status", "merged_into", "merged_at", "manager", "version", "changed_at"],
    )
    DistinctPartners.objects.filter(first=merged).delete()
    DistinctPartners.objects.filter(second=merged).delete()


def _tell(merge: Merge, *, take: list[str], counts: dict[str, int]) -> None:
    merged, survivor = merge.merged, merge.survivor
    record(
        actor=merge.actor,
        action="partner.merged",
        subject=merged,
        at=merge.at,
        after={"survivor": f"{survivor.name} ({survivor.code})"},
    )
    record(
        actor=merge.actor,
        action="partner.took_over",
        subject=survivor,
        at=merge.at,
        after={"merged": f"{merged.name} ({merged.code})", "taken_fields": take, **counts},
    )
    emit("partner.merged", partner_id=merged.id, survivor_id=survivor.id)


def _today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()
