"""Writes of segments: define, change, recalculate, keep a list, remove.

Promise: the segment's row is locked while its members change, so two recalculations at once leave one history; what
did not change is not written. Called by segments interfaces and tasks."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from partners.directory.queries import partner_ids_by_code
from partners.segments import selection
from partners.segments.language import read_rule
from partners.segments.models import Segment, SegmentKind, SegmentMember, SegmentRun
from partners.segments.queries import Use, leads_back, uses_of
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.jobs.actions import start_job
from prm.jobs.models import Job
from prm.outbox.actions import emit, enqueue
from prm.tenancy.queries import current_tenant

RECALCULATE = "partners.segments.recalculate"


class SegmentFacts(TypedDict, total=False):
    """What may be told of a segment; `rule` is a predicate as JSON."""

    code: str
    name: str
    purpose: str
    kind: str
    rule: dict[str, Any] | None


class SegmentCodeTaken(Exception):
    code = "segment_code_taken"
    field = "code"
    message = _("Another segment has this code.")


class SegmentChangedMeanwhile(Exception):
    """Somebody else saved this segment after it was opened; `segment` is as it stands now."""

    code = "version_conflict"
    message = _("Somebody else changed this segment after you opened it.")

    def __init__(self, segment: Segment) -> None:
        super().__init__(self.code)
        self.segment = segment


class SegmentInUse(Exception):
    """Something still asks, by its code, who is in the segment."""

    code = "segment_in_use"
    field = "code"
    message = _("This segment is in use. Take it out of what uses it first.")

    def __init__(self, uses: list[Use]) -> None:
        super().__init__(self.code)
        self.uses = uses


class SegmentHasRule(Exception):
    """Members of a segment by rule follow the rule alone."""

    code = "segment_has_rule"
    message = _("The members of this segment follow its rule; change the rule instead.")


class SegmentLeadsBack(Exception):
    """The rule asks, perhaps through other segments, who is in the segment itself."""

    code = "segment_leads_back"
    field = "rule"
    message = _("This rule leads back to the segment itself; a segment cannot depend on its own members.")


class SegmentHistoryLater(Exception):
    """The members were already recalculated for a later day; history is not rewritten."""

    code = "segment_history_later"
    field = "as_of"
    message = _(
        "The members were already recalculated for a later day. Earlier days can be looked at, not rewritten."
    )


class PartnerCodesUnknown(Exception):
    """Some codes name no partner; `codes` are those."""

    code = "partner_codes_unknown"
    field = "codes"

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes

    @property
    def message(self) -> str:
        return str(_("No partner has these codes: %(codes)s.")) % {"codes": ", ".join(self.codes[:20])}


def create_segment(*, actor: Actor, facts: SegmentFacts, at: datetime) -> Segment:
    """A new segment; one by rule has its members at once. Raises `RuleInvalid`, `SegmentCodeTaken`."""
    if facts.get("kind", SegmentKind.RULE) == SegmentKind.RULE:
        _check_rule(facts["code"], facts.get("rule"))
    segment = Segment(**facts, created_at=at, changed_at=at)
    _save(segment)
    record(actor=actor, action="segment.created", subject=segment, at=at, after=dict(facts))
    emit("segment.created", segment_id=segment.id)
    if segment.kind == SegmentKind.RULE:
        recalculate_segment(actor=actor, segment=segment, as_of=today_of(at), at=at)
        segment.refresh_from_db()
    return segment


def change_segment(
    *, actor: Actor, segment: Segment, changes: SegmentFacts, at: datetime, version: int | None = None
) -> Segment:
    """Change what differs; a changed rule takes effect at once. The kind of a segment never changes, nor its code while
    something asks for it. Raises `SegmentInUse`."""
    segment = Segment.objects.select_for_update().get(id=segment.id)
    if version is not None and segment.version != version:
        raise SegmentChangedMeanwhile(segment)
    if changes.get("rule") is not None:
        if segment.kind != SegmentKind.RULE:
            raise SegmentHasRule
        _check_rule(changes.get("code", segment.code), changes["rule"])
    told = {
        name: value for name, value in changes.items() if name != "kind" and getattr(segment, name) != value
    }
    if not told:
        return segment
    if "code" in told and (uses := uses_of(segment)):
        raise SegmentInUse(uses)
    before = {name: getattr(segment, name) for name in told}
    for name, value in told.items():
        setattr(segment, name, value)
    segment.version += 1
    segment.changed_at = at
    _save(segment)
    record(actor=actor, action="segment.changed", subject=segment, at=at, before=before, after=told)
    emit("segment.changed", segment_id=segment.id, fields=sorted(told))
    if "rule" in told:
        recalculate_segment(actor=actor, segment=segment, as_of=today_of(at), at=at)
        segment.refresh_from_db()
    return segment


def recalculate_segment(*, actor: Actor, segment: Segment, as_of: date, at: datetime) -> selection.Applied:
    """Let the members follow the rule as of a day. Raises `SegmentHistoryLater` for a day before the last one."""
    segment = Segment.objects.select_for_update().get(id=segment.id)
    if segment.kind != SegmentKind.RULE:
        raise SegmentHasRule
    if segment.calculated_for is not None and as_of < segment.calculated_for:
        raise SegmentHistoryLater
    applied = selection.apply_rule(read_rule(segment.rule), as_of, segment.id)
    _tell(actor, segment, applied, as_of, at)
    return applied


def add_members(*, actor: Actor, segment: Segment, codes: Collection[str], at: datetime) -> int:
    """Put partners into a fixed list, by code; how many were not in it. Unknown codes refuse all."""
    segment, ids = _listed(segment, codes)
    held = set(_open_members(segment).filter(partner_id__in=ids).values_list("partner_id", flat=True))
    coming = [partner_id for partner_id in ids if partner_id not in held]
    day = today_of(at)
    SegmentMember.objects.bulk_create(
        SegmentMember(segment=segment, partner_id=partner_id, starts_on=day) for partner_id in coming
    )
    _list_changed(actor, segment, day, at, entered=len(coming))
    return len(coming)


def remove_members(*, actor: Actor, segment: Segment, codes: Collection[str], at: datetime) -> int:
    """Take partners out of a fixed list, by code; how many were in it."""
    segment, ids = _listed(segment, codes)
    day = today_of(at)
    going = _open_members(segment).filter(partner_id__in=ids)
    left: int = going.filter(starts_on__gte=day).delete()[0] + going.update(ends_on=day)
    _list_changed(actor, segment, day, at, left=left)
    return left


def remove_segment(*, actor: Actor, segment: Segment, at: datetime) -> None:
    """Remove a segment that nothing uses, with its history."""
    segment = Segment.objects.select_for_update().get(id=segment.id)
    if uses := uses_of(segment):
        raise SegmentInUse(uses)
    record(
        actor=actor, action="segment.removed", subject=segment, at=at,
        before={"code": segment.code, "name": segment.name, "rule": segment.rule},
    )  # fmt: skip
    emit("segment.removed", segment_id=segment.id)
    segment.delete()


def ask_recalculation(*, actor: Actor, at: datetime) -> Job:
    """Recalculate every segment by rule in the background; the job shows how far it is."""
    total = Segment.objects.filter(kind=SegmentKind.RULE).count()
    job = start_job(actor=actor, kind="segments", at=at, total=total, path="/m/segments/")
    enqueue(RECALCULATE, job_id=job.id, started_by=actor.label)
    return job


def _check_rule(code: str, rule: Any) -> None:
    read_rule(rule)
    if leads_back(code, rule):
        raise SegmentLeadsBack


def today_of(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def _tell(actor: Actor, segment: Segment, applied: selection.Applied, as_of: date, at: datetime) -> None:
    first = segment.calculated_for is None
    segment.member_count, segment.calculated_for, segment.calculated_at = applied.members, as_of, at
    segment.save(update_fields=["member_count", "calculated_for", "calculated_at"])
    if not (first or applied.entered or applied.left):
        return
    SegmentRun.objects.create(
        segment=segment,
        as_of=as_of,
        rule=segment.rule,
        entered=applied.entered,
        left=applied.left,
        members=applied.members,
        started_by_label=actor.label,
        finished_at=at,
    )
    told = {"entered": applied.entered, "left": applied.left, "members": applied.members, "as_of": as_of}
    record(actor=actor, action="segment.recalculated", subject=segment, at=at, after=told)
    emit("segment.recalculated", segment_id=segment.id, entered=applied.entered, left=applied.left)


def _listed(segment: Segment, codes: Collection[str]) -> tuple[Segment, list[UUID]]:
    segment = Segment.objects.select_for_update().get(id=segment.id)
    if segment.kind != SegmentKind.LIST:
        raise SegmentHasRule
    known = partner_ids_by_code(codes)
    if unknown := [code for code in dict.fromkeys(codes) if code not in known]:
        raise PartnerCodesUnknown(unknown)
    return segment, list(known.values())


def _open_members(segment: Segment) -> Any:
    return SegmentMember.objects.filter(segment=segment, ends_on__isnull=True)


def _list_changed(
    actor: Actor, segment: Segment, day: date, at: datetime, *, entered: int = 0, left: int = 0
) -> None:
    if entered or left:
        members = _open_members(segment).count()
        _tell(actor, segment, selection.Applied(members, entered, left), day, at)


def _save(segment: Segment) -> None:
    try:
        with transaction.atomic():
            segment.save()
    except IntegrityError as clash:
        if "segment_one_per_code" in str(clash):
            raise SegmentCodeTaken from clash
        raise
