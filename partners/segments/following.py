"""What of segments follows a merged partner: places in fixed lists, what showed engagement, estimates.

Promise: who was in which segment on an earlier day stays; rules decide about the survivor by themselves.
Called by: segments catalogue."""

from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from partners.directory.followers import ENDS, MOVES, Follower, Merge
from partners.segments.models import (
    EngagementEvent,
    PotentialEstimate,
    Segment,
    SegmentKind,
    SegmentMember,
)


def end_memberships(merge: Merge) -> None:
    """The merged partner leaves every segment today; in a fixed list the survivor takes its place."""
    members = SegmentMember.objects.filter(ends_on__isnull=True)
    theirs = members.filter(partner=merge.merged)
    segments = Segment.objects.select_for_update().filter(id__in=theirs.values("segment_id")).order_by("id")
    for segment in list(segments):
        left = theirs.filter(segment=segment)
        left.filter(starts_on__gte=merge.today).delete()
        left.update(ends_on=merge.today)
        own = members.filter(segment=segment, partner=merge.survivor)
        if segment.kind == SegmentKind.LIST and not own.exists():
            SegmentMember.objects.create(segment=segment, partner=merge.survivor, starts_on=merge.today)
        segment.member_count = members.filter(segment=segment).count()
        segment.save(update_fields=["member_count"])


def move_engagement(merge: Merge) -> None:
    """What counted for both at once (a day's sign-in) counts once."""
    same = EngagementEvent.objects.filter(
        partner=merge.survivor, kind=OuterRef("kind"), reference=OuterRef("reference")
    )
    EngagementEvent.objects.filter(Exists(same), partner=merge.merged).delete()
    EngagementEvent.objects.filter(partner=merge.merged).update(partner=merge.survivor)


def move_estimates(merge: Merge) -> None:
    """Where the survivor has none of its own."""
    if not PotentialEstimate.objects.filter(partner=merge.survivor).exists():
        PotentialEstimate.objects.filter(partner=merge.merged).update(partner=merge.survivor)


def _memberships(partner_id: UUID) -> int:
    return SegmentMember.objects.filter(partner_id=partner_id, ends_on__isnull=True).count()


def segments_followers() -> list[Follower]:
    return [
        Follower(
            "segments",
            _("Places in segments"),
            ENDS,
            _memberships,
            end_memberships,
            _("In fixed lists the survivor takes its place; rules decide about the survivor anew."),
            order=30,
        ),
        Follower(
            "engagement",
            _("What showed engagement"),
            MOVES,
            lambda key: EngagementEvent.objects.filter(partner_id=key).count(),
            move_engagement,
            order=31,
        ),
        Follower(
            "estimates",
            _("Estimates of potential"),
            MOVES,
            lambda key: PotentialEstimate.objects.filter(partner_id=key).count(),
            move_estimates,
            _("Where the survivor has none of its own."),
            order=32,
        ),
    ]
