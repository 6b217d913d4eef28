"""Which plans ask who is in a segment: by an assignment, or in a condition of any version.

Promise: such a segment is neither removed nor given another code, since published versions never change; called by the
plans catalogue."""

from django.urls import reverse

from incentives.plans.compiler import values_asked
from incentives.plans.language import PlanInvalid, parse_document
from incentives.plans.models import Audience, Plan, PlanAssignment, PlanVersion
from partners.segments.models import Segment
from partners.segments.queries import SEGMENT_FACT, Use


def plans_that_ask(segment: Segment) -> list[Use]:
    assigned = PlanAssignment.objects.filter(audience=Audience.SEGMENT, target=segment.code)
    asking = set(assigned.values_list("plan_id", flat=True))
    asking |= {version.plan_id for version in PlanVersion.objects.all() if _asks(version, segment.code)}
    plans = Plan.objects.filter(id__in=asking).order_by("name", "id")
    return [Use(plan.name, reverse("plan-detail", args=[plan.id])) for plan in plans]


def _asks(version: PlanVersion, code: str) -> bool:
    """A draft with faults asks nothing yet."""
    try:
        return code in values_asked(parse_document(version.document), SEGMENT_FACT)
    except PlanInvalid:
        return False
