"""Writes of plans: draft, edit, propose, publish by a second person, assign.

Promise: a published version never changes; a key never publishes, and what it edited its maker edited; each step leaves
an audit record. Called by plans.{console,api}.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.plans.language import PlanDocument, PlanInvalid, document_as_json
from incentives.plans.models import Plan, PlanAssignment, PlanVersion
from incentives.plans.publishing import examine
from incentives.plans.queries import list_clashing_assignments
from incentives.plans.refusals import (
    AssignmentNotShortened,
    AssignmentOverlaps,
    EditorCannotPublish,
    PlanCodeTaken,
    TermsMissing,
    VersionChangedMeanwhile,
    VersionIsPublished,
)
from prm.accounts.actor import Actor
from prm.accounts.queries import user_behind
from prm.audit.actions import record
from prm.notifications.actions import StaffPeople, notify
from prm.outbox.actions import emit

CHANGE, PUBLISH = "plans.change", "plans.publish"


@dataclass(frozen=True)
class Terms:
    """What partners accept with a version, by language, and whether it is paid only then."""

    texts: Mapping[str, str] = field(default_factory=dict)
    pays_after_acceptance: bool = False

    def said(self) -> dict[str, str]:
        return {code: text.strip() for code, text in self.texts.items() if text.strip()}


NO_TERMS = Terms()


def create_plan(*, actor: Actor, code: str, name: str, slot: str, at: datetime) -> Plan:
    _require(actor, CHANGE)
    try:
        with transaction.atomic():
            plan = Plan.objects.create(code=code, name=name, slot=slot, created_at=at)
    except IntegrityError as clash:
        raise PlanCodeTaken from clash
    record(
        actor=actor,
        action="plan.created",
        subject=plan,
        at=at,
        after={"code": code, "name": name, "slot": slot},
    )
    return plan


def draft_version(
    *,
    actor: Actor,
    plan: Plan,
    document: Mapping[str, Any],
    starts_on: date,
    at: datetime,
    ends_on: date | None = None,
    note: str = "",
    terms: Terms = NO_TERMS,
) -> PlanVersion:
    """Start the next version; its document may still be incomplete, the numbering is the order of drafting. Raises
    `TermsMissing`."""
    _require(actor, CHANGE)
    _refuse_waiting_for_nothing(terms)
    Plan.objects.select_for_update().get(id=plan.id)
    last = plan.versions.order_by("-number").first()
    version = PlanVersion.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        document=document,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note,
        edited_by_id=_membership(actor),
        edited_by_user_id=user_behind(actor),
        edited_at=at,
        terms=terms.said(),
        pays_after_acceptance=terms.pays_after_acceptance,
    )
    record(actor=actor, action="plan.version_drafted", subject=version, at=at, after={"starts_on": starts_on})
    return version


def edit_version(
    *,
    actor: Actor,
    version: PlanVersion,
    revision: int,
    document: Mapping[str, Any],
    starts_on: date,
    ends_on: date | None,
    note: str,
    at: datetime,
) -> PlanVersion:
    """Save a draft. `revision` is the one the editor opened; a newer one refuses with nothing lost. A proposal of what
    the draft said before is taken back."""
    _require(actor, CHANGE)
    version = _lock_draft(version, revision)
    before = {"document": version.document, "starts_on": version.starts_on, "ends_on": version.ends_on}
    version.document = dict(document)
    version.starts_on, version.ends_on, version.note = starts_on, ends_on, note
    _save_edited(version, actor, at)
    after = {"document": version.document, "starts_on": starts_on, "ends_on": ends_on}
    record(actor=actor, action="plan.version_edited", subject=version, at=at, before=before, after=after)
    return version


def write_terms(
    *, actor: Actor, version: PlanVersion, revision: int, terms: Terms, at: datetime
) -> PlanVersion:
    """What partners accept with a draft: an edit as any other. Raises `TermsMissing`."""
    _require(actor, CHANGE)
    _refuse_waiting_for_nothing(terms)
    version = _lock_draft(version, revision)
    before = {"terms": version.terms, "pays_after_acceptance": version.pays_after_acceptance}
    version.terms, version.pays_after_acceptance = terms.said(), terms.pays_after_acceptance
    _save_edited(version, actor, at)
    after = {"terms": version.terms, "pays_after_acceptance": version.pays_after_acceptance}
    record(actor=actor, action="plan.terms_written", subject=version, at=at, before=before, after=after)
    return version


def _save_edited(version: PlanVersion, actor: Actor, at: datetime) -> None:
    version.edited_by_id, version.edited_by_user_id = _membership(actor), user_behind(actor)
    version.edited_at = at
    version.proposed_at, version.proposed_by_label = None, ""
    version.revision += 1
    version.save()


def propose_version(*, actor: Actor, version: PlanVersion, at: datetime) -> PlanVersion:
    """Say that the draft is ready: those who may publish are told. Raises `PlanInvalid` with every fault."""
    _require(actor, CHANGE)
    version = _lock_draft(version)
    check_version(version)
    if version.proposed_at is not None:
        return version
    version.proposed_at, version.proposed_by_label = at, actor.label
    version.save(update_fields=["proposed_at", "proposed_by_label"])
    record(actor=actor, action="plan.version_proposed", subject=version, at=at)
    emit("plan.proposed", plan_id=version.plan_id, version_id=version.id)
    notify(
        "plan.proposed",
        to=StaffPeople("plans.publish"),
        params={"plan": version.plan.name, "number": version.number, "person": actor.label},
        link=("version-detail", [version.id]),
    )
    return version


def publish_version(
    *, actor: Actor, version: PlanVersion, at: datetime, revision: int | None = None
) -> PlanVersion:
    """Put a draft in force from its start. `revision` is the one the publisher read; a newer one refuses. Raises
    `PlanInvalid` with every fault and its pointer."""
    _require(actor, PUBLISH)
    version = _lock_draft(version, revision)
    if actor.user_id is None or actor.user_id == version.edited_by_user_id:
        raise EditorCannotPublish
    document = check_version(version)
    version.document = document_as_json(document)
    version.published_by_id, version.published_by_user_id = _membership(actor), actor.user_id
    version.published_at = at
    version.save()
    record(
        actor=actor,
        action="plan.version_published",
        subject=version,
        at=at,
        after={"document": version.document},
    )
    emit(
        "plan.published",
        plan_id=version.plan_id,
        version_id=version.id,
        starts_on=version.starts_on.isoformat(),
    )
    return version


def assign_plan(
    *,
    actor: Actor,
    plan: Plan,
    audience: str,
    target: str,
    starts_on: date,
    ends_on: date | None,
    at: datetime,
) -> PlanAssignment:
    """Give the plan to an audience; equal rank over the same dates in one slot is refused."""
    _require(actor, CHANGE)
    _lock_slot(plan.slot)
    clash = list_clashing_assignments(
        slot=plan.slot, audience=audience, target=target, starts_on=starts_on, ends_on=ends_on
    ).first()
    if clash is not None:
        raise AssignmentOverlaps(clash)
    assignment = PlanAssignment.objects.create(
        plan=plan,
        slot=plan.slot,
        audience=audience,
        target=target,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    after = {"audience": audience, "target": target, "starts_on": starts_on, "ends_on": ends_on}
    record(actor=actor, action="plan.assigned", subject=plan, at=at, after=after)
    emit("plan.assigned", plan_id=plan.id, starts_on=starts_on.isoformat())
    return assignment


def end_assignment(
    *, actor: Actor, assignment: PlanAssignment, ends_on: date, at: datetime
) -> PlanAssignment:
    """Let it end earlier than it would. Raises `AssignmentNotShortened`: a longer one might meet another plan's, and
    days that it did not cover are given by a new one."""
    _require(actor, CHANGE)
    _lock_slot(assignment.slot)
    assignment = PlanAssignment.objects.select_related("plan").get(id=assignment.id)
    before = {"ends_on": assignment.ends_on}
    if ends_on <= assignment.starts_on or (assignment.ends_on is not None and ends_on >= assignment.ends_on):
        raise AssignmentNotShortened(assignment)
    assignment.ends_on = ends_on
    assignment.save(update_fields=["ends_on"])
    after = {"ends_on": ends_on, "audience": assignment.audience, "target": assignment.target}
    record(
        actor=actor,
        action="plan.assignment_ended",
        subject=assignment.plan,
        at=at,
        before=before,
        after=after,
    )
    emit("plan.assigned", plan_id=assignment.plan_id, starts_on=ends_on.isoformat())
    return assignment


def _require(actor: Actor, permission: str) -> None:
    """A key does what its scope says, and publishes nothing: it has no user."""
    if actor.kind != "token" and not actor.can(permission):
        raise PermissionDenied(permission)


def _refuse_waiting_for_nothing(terms: Terms) -> None:
    if terms.pays_after_acceptance and not terms.said():
        raise TermsMissing


def _lock_slot(slot: str) -> None:
    """One assigner per slot at a time."""
    list(Plan.objects.select_for_update().filter(slot=slot).order_by("id"))


def _lock_draft(version: PlanVersion, revision: int | None = None) -> PlanVersion:
    """With `revision`, only where nobody saved it since."""
    locked = PlanVersion.objects.select_for_update().get(id=version.id)
    if locked.published_at is not None:
        raise VersionIsPublished
    if revision is not None and locked.revision != revision:
        raise VersionChangedMeanwhile
    return locked


def check_version(version: PlanVersion) -> PlanDocument:
    """What keeps a draft from being published, whoever asks. Raises `PlanInvalid` with every fault."""
    document, faults = examine(version)
    if document is None or faults:
        raise PlanInvalid(faults)
    return document


def _membership(actor: Actor) -> Any:
    return actor.id if actor.kind == "person" else None


__all__ = [
    "NO_TERMS",
    "AssignmentNotShortened",
    "AssignmentOverlaps",
    "EditorCannotPublish",
    "PlanCodeTaken",
    "PlanInvalid",
    "Terms",
    "TermsMissing",
    "VersionChangedMeanwhile",
    "VersionIsPublished",
    "assign_plan",
    "check_version",
    "create_plan",
    "draft_version",
    "edit_version",
    "end_assignment",
    "propose_version",
    "publish_version",
    "write_terms",
]
