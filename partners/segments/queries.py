"""Reads of segments: the list, members as of a day with why, history, where a segment is used.

Promise: a channel manager meets the members of the own portfolio alone; called by segments interfaces, tiers and
incentives."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partners.directory.queries import visible_partners
from partners.segments.models import Segment, SegmentMember, SegmentRun
from partners.segments.rules import values_asked
from prm.accounts.actor import Actor
from prm.web.menu import Text

HISTORY_SHOWN = 50
SEGMENT_FACT = "segment"


@dataclass(frozen=True)
class Use:
    """Something that asks who is in a segment; `url` opens it."""

    label: Text
    url: str


UsesOf = Callable[[Segment], list[Use]]
_uses: list[UsesOf] = []


def offer_uses(uses_of: UsesOf) -> None:
    if uses_of not in _uses:
        _uses.append(uses_of)


def uses_of(segment: Segment) -> list[Use]:
    return [use for offered in _uses for use in offered(segment)]


def rules_that_ask(segment: Segment) -> list[Use]:
    asking = segments_whose_rule_names(SEGMENT_FACT, segment.code)
    return [Use(one.name, reverse("segment-detail", args=[one.id])) for one in asking if one.id != segment.id]


offer_uses(rules_that_ask)


def segments_in(rule: Mapping[str, Any]) -> set[str]:
    """The codes of the segments that a rule as JSON asks for."""
    return values_asked(rule, SEGMENT_FACT)


def segments_whose_rule_names(fact: str, value: str) -> list[Segment]:
    """Segments whose rule compares a fact with a value."""
    rows = Segment.objects.filter(rule__isnull=False).order_by("name")
    return [segment for segment in rows if segment.rule and value in values_asked(segment.rule, fact)]


def leads_back(code: str, rule: Mapping[str, Any]) -> bool:
    """Whether the rule of this segment would, through other segments, ask for itself."""
    rules = dict(Segment.objects.filter(rule__isnull=False).values_list("code", "rule")) | {code: rule}
    reached, waiting = set(), segments_in(rule)
    while waiting:
        reached |= waiting
        asked = {found for one in waiting if one in rules for found in segments_in(rules[one])}
        waiting = asked - reached
    return code in reached


def list_segments(q: str = "", kind: str = "") -> QuerySet[Segment]:
    rows = Segment.objects.all()
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(Q(name__icontains=q.strip()) | Q(code=q.strip())) if q.strip() else rows


def access_segment(segment_id: UUID) -> Segment:
    return get_object_or_404(Segment, id=segment_id)


def members_on(segment: Segment, day: date) -> QuerySet[SegmentMember]:
    rows = SegmentMember.objects.filter(segment=segment, starts_on__lte=day)
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))


def visible_members(actor: Actor, segment: Segment, day: date) -> QuerySet[SegmentMember]:
    rows = members_on(segment, day).select_related("partner__manager__user")
    if actor.has_portfolio_wall:
        return rows.filter(partner__in=visible_partners(actor))
    return rows


def list_changes(actor: Actor, segment: Segment) -> list[SegmentRun]:
    """The newest recalculations that changed something."""
    return list(SegmentRun.objects.filter(segment=segment).order_by("-id")[:HISTORY_SHOWN])


def was_unchanged(segment: Segment, changes: Sequence[SegmentRun]) -> bool:
    """Whether the last recalculation moved nobody: the segment knows of it, the runs that changed something do not."""
    last = segment.calculated_at
    return last is not None and (not changes or changes[0].finished_at < last)


def segments_of(partner_id: UUID, day: date) -> list[SegmentMember]:
    rows = SegmentMember.objects.filter(partner_id=partner_id, starts_on__lte=day)
    return list(
        rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))
        .select_related("segment")
        .order_by("segment__name")
    )


def memberships_on(partner_ids: Iterable[UUID], day: date) -> list[tuple[UUID, str, str]]:
    """Who of these partners is in which segment: partner, code and name of the segment."""
    rows = SegmentMember.objects.filter(partner_id__in=list(partner_ids), starts_on__lte=day)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day)).order_by("segment__name")
    return list(rows.values_list("partner_id", "segment__code", "segment__name"))


def segment_choices() -> list[tuple[str, str]]:
    """For `choices=`: segments by name."""
    return list(Segment.objects.order_by("name").values_list("code", "name"))
