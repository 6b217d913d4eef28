"""Which plans say the name of a tier: by an assignment, or in a condition of a version, today or later.

Promise: such a tier keeps its name; what is over holds none, for earlier days keep the name it had. Called by the plans
catalogue."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from incentives.plans.models import Audience, Plan, PlanAssignment, PlanVersion
from incentives.plans.queries import version_in_force
from partners.segments.actions import today_of
from partners.segments.queries import Use
from partners.tiers.uses import TIER_FACT


def plans_that_say(name: str) -> list[Use]:
    today = today_of(timezone.now())
    assigned = PlanAssignment.objects.filter(audience=Audience.TIER, target=name)
    asking = set(
        assigned.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=today)).values_list("plan_id", flat=True)
    )
    for version in PlanVersion.objects.all():
        if name in set(_values(version.document)) and _counts_from(version, today):
            asking.add(version.plan_id)
    plans = Plan.objects.filter(id__in=asking).order_by("name", "id")
    return [Use(plan.name, reverse("plan-detail", args=[plan.id])) for plan in plans]


def _counts_from(version: PlanVersion, today: date) -> bool:
    """A draft, one to come, or the one in force: a later one may have taken its place."""
    if version.published_at is None or version.starts_on > today:
        return True
    return version_in_force(version.plan_id, today) == version


def _values(part: Any) -> Iterator[str]:
    """What a document compares the tier with, wherever it does."""
    if isinstance(part, list):
        for one in part:
            yield from _values(one)
    elif isinstance(part, dict):
        if part.get("fact") == TIER_FACT:
            value = part.get("value")
            yield from value if isinstance(value, list) else [str(value)]
        else:
            yield from _values(list(part.values()))
