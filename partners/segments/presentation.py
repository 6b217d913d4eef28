"""What the pages of segments show: the rule in words, members with why, and what saving would do.

Called by: segments.console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner
from partners.segments import selection
from partners.segments.builder import Builder
from partners.segments.language import RuleInvalid, read_rule
from partners.segments.models import Segment, SegmentMember
from partners.segments.words import RuleWords, SaidFact, SaidGroup
from prm.accounts.actor import Actor
from prm.audit.queries import list_records_about
from prm.comments.timeline import ASKED, Moment, last_day_before, on_day
from prm.web.history import Step, steps_of

CSV_HEADER = [_("Code"), pgettext_lazy("record", "Name"), _("Member since")]
HALF = 2
FIELD_LABELS = {
    "code": _("Code"),
    "name": pgettext_lazy("record", "Name"),
    "purpose": _("What it is for"),
    "entered": pgettext_lazy("segment", "entered"),
    "left": pgettext_lazy("segment", "left"),
    "members": pgettext_lazy("segment", "members then"),
}


@dataclass(frozen=True)
class SaidMember:
    member: SegmentMember
    facts: list[SaidFact]


@dataclass(frozen=True)
class Sampled:
    """One partner that the rule would take."""

    partner: Partner
    facts: list[SaidFact]
    is_new: bool


@dataclass(frozen=True)
class SaidPreview:
    """What saving would do; `warning` is "none" or "most" where the rule takes nobody, or more than half."""

    matching: int
    of: int
    enter: int
    leave: int
    sample: list[Sampled]

    @property
    def warning(self) -> str:
        if self.matching == 0:
            return "none"
        return "most" if self.matching * HALF > self.of else ""

    @property
    def unlisted(self) -> int:
        return self.matching - len(self.sample)


def said_rule(segment: Segment) -> SaidGroup | None:
    return RuleWords().group(read_rule(segment.rule)) if segment.rule else None


def said_members(members: Sequence[SegmentMember]) -> list[SaidMember]:
    words = RuleWords()
    return [SaidMember(member, words.facts(member.facts)) for member in members]


def preview_of(builder: Builder, today: date, segment: Segment | None) -> SaidPreview | None:
    """None while the rule is not complete."""
    try:
        rule = read_rule(builder.rule())
    except RuleInvalid:
        return None
    found = selection.preview(rule, today, segment.id if segment else None)
    partners = Partner.objects.in_bulk([UUID(row["partner_id"]) for row in found.sample])
    words = RuleWords()

    def sampled(row: dict[str, Any]) -> Sampled:
        return Sampled(partners[UUID(row["partner_id"])], words.facts(row["facts"]), not row["is_member"])

    return SaidPreview(
        found.matching, found.of, found.enter, found.leave, [sampled(row) for row in found.sample]
    )


def history_of(segment: Segment) -> list[Step]:
    return steps_of(list_records_about(segment.id), FIELD_LABELS, {})


def segment_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    """Segments that a partner entered and left, each with the facts that decided, for its timeline."""
    last, words = last_day_before(before), RuleWords()
    rows = SegmentMember.objects.filter(partner_id=partner_id).select_related("segment")
    entered = rows.filter(starts_on__lte=last).order_by("-starts_on", "-id")[:ASKED]
    left = rows.filter(ends_on__lte=last).order_by("-ends_on", "-id")[:ASKED]
    told = [(row, row.starts_on, _("Entered the segment %(name)s"), row.facts) for row in entered]
    told += [
        (row, row.ends_on, _("Left the segment %(name)s"), row.left_facts) for row in left if row.ends_on
    ]
    return [
        Moment(
            on_day(day),
            str(what) % {"name": row.segment.name},
            text="; ".join(f"{fact.label}: {fact.value}" for fact in words.facts(facts)),
            url=reverse("segment-detail", args=[row.segment_id]),
            icon="filter",
        )
        for row, day, what, facts in told
    ]
