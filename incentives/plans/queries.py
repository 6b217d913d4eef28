"""Reads of plans: for the pages, and for publishing's checks.

Promise: other tenants' plans are missing; called by plans.{console,api} and plans.actions.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise

from incentives.plans.models import Audience, Plan, PlanAssignment, PlanVersion
from partners.directory.models import Partner, PartnerType
from partners.products.models import ProductCategory
from prm.accounts.actor import Actor


def list_plans(actor: Actor) -> QuerySet[Plan]:
    """All plans of the tenant with their versions (newest first) and live assignments."""
    return (
        Plan.objects.annotate(
            published_count=Count("versions", filter=Q(versions__published_at__isnull=False), distinct=True),
            draft_count=Count("versions", filter=Q(versions__published_at__isnull=True), distinct=True),
        )
        .prefetch_related(Prefetch("assignments", PlanAssignment.objects.order_by("starts_on")))
        .order_by("slot", "name")
    )


def access_plan(actor: Actor, plan_id: UUID) -> Plan:
    plan = Plan.objects.filter(id=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def access_assignment(actor: Actor, assignment_id: UUID) -> PlanAssignment:
    found = PlanAssignment.objects.select_related("plan").filter(id=assignment_id).first()
    if found is None:
        raise Http404
    return found


def access_version(actor: Actor, version_id: UUID) -> PlanVersion:
    version = PlanVersion.objects.select_related("plan", "edited_by__user", "published_by__user").filter(
        id=version_id
    )
    found = version.first()
    if found is None:
        raise Http404
    return found


def list_versions(plan: Plan) -> QuerySet[PlanVersion]:
    return plan.versions.select_related("edited_by__user", "published_by__user").order_by("-number")


def version_in_force(plan_id: UUID, day: date) -> PlanVersion | None:
    """Of the published versions that cover the day, the one published last."""
    covering = PlanVersion.objects.filter(plan_id=plan_id, published_at__isnull=False, starts_on__lte=day)
    return covering.exclude(ends_on__lte=day).order_by("-published_at", "-number").first()


def list_clashing_assignments(
    *, slot: str, audience: str, target: str, starts_on: date, ends_on: date | None
) -> QuerySet[PlanAssignment]:
    """Assignments of the same slot and rank to the same audience over overlapping dates."""
    same = PlanAssignment.objects.select_related("plan").filter(slot=slot, audience=audience, target=target)
    overlapping = same.exclude(ends_on__lte=starts_on)
    return overlapping if ends_on is None else overlapping.exclude(starts_on__gte=ends_on)


def value_names() -> dict[tuple[str, str], str | Promise]:
    """What people call the values that conditions compare: (fact, value) to name."""
    categories = ProductCategory.objects.values_list("code", "name")
    types = PartnerType.choices
    return {("category", code): name for code, name in categories} | {
        ("partner_type", code): label for code, label in types
    }


def count_plans_with_drafts(actor: Actor) -> int:
    """Plans whose new version waits for a second person."""
    return PlanVersion.objects.filter(published_at__isnull=True).values("plan_id").distinct().count()


def partner_choices() -> list[tuple[str, str]]:
    """Partners for the assignment form: id and name."""
    rows = Partner.objects.filter(merged_into__isnull=True).order_by("name")
    return [(str(id_), f"{name} ({code})") for id_, name, code in rows.values_list("id", "name", "code")]


def category_choices() -> list[tuple[str, str]]:
    return list(ProductCategory.objects.order_by("name").values_list("code", "name"))


def assignment_labels(assignments: Iterable[PlanAssignment]) -> dict[UUID, str]:
    """For each assignment, who it is for in words."""
    listed = list(assignments)
    ids = [assignment.target for assignment in listed if assignment.audience == Audience.PARTNER]
    names = {str(id_): name for id_, name in Partner.objects.filter(id__in=ids).values_list("id", "name")}
    types = {str(value): str(label) for value, label in PartnerType.choices}
    everyone = str(Audience.EVERYONE.label)
    words = {Audience.PARTNER: names, Audience.TYPE: types}
    return {
        assignment.id: words.get(Audience(assignment.audience), {}).get(
            assignment.target, assignment.target or everyone
        )
        for assignment in listed
    }
