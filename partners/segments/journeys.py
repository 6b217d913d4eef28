"""Segments as groups that have first steps of their own; called by segments.catalogue.

Promise: a partner is measured by the rule as it is today, for it was no member yesterday."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from partners.onboarding.journeys import list_plans
from partners.segments import selection
from partners.segments.language import read_rule
from partners.segments.models import Segment, SegmentMember
from partners.segments.queries import Use


def segment_choices() -> list[tuple[str, str]]:
    return list(Segment.objects.order_by("name", "code").values_list("code", "name"))


def segments_holding(partner_id: UUID, codes: Collection[str], day: date) -> set[str]:
    """Of the segments with these codes, those that hold the partner on the day."""
    held = set()
    for segment in Segment.objects.filter(code__in=codes):
        if segment.rule is None:
            listed = SegmentMember.objects.filter(
                segment=segment, partner_id=partner_id, ends_on__isnull=True
            )
            if listed.exists():
                held.add(segment.code)
        elif partner_id in selection.matching(read_rule(segment.rule), day):
            held.add(segment.code)
    return held


def plans_for_segment(segment: Segment) -> list[Use]:
    """Plans of first steps that begin for members of this segment."""
    return [
        Use(
            _("First steps"),
            f"{reverse('plan-of-steps', args=[plan.partner_type])}?{urlencode({'group': segment.code})}",
        )
        for plan in list_plans()
        if plan.group_code == segment.code
    ]
