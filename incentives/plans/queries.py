"""Reads of plans: for the pages, and for publishing's checks.

Promise: other tenants' plans are missing; called by plans.{console,api} and plans.actions.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from incentives.plans.document import FIXED_SETTINGS
from incentives.plans.models import Audience, Plan, PlanAssignment, PlanVersion
from partners.customers.queries import list_industries
from partners.directory.models import Partner, PartnerType
from partners.directory.queries import list_regions, partner_ids_by_code, visible_partners
from partners.products.models import Product, ProductCategory
from partners.products.queries import product_ids_by_code
from partners.segments.queries import segment_choices
from partners.tiers.queries import list_tiers
from partners.training.models import Course
from partners.training.queries import course_choices
from prm.accounts.actor import Actor
from prm.web.forms import reader_countries

Choices = Sequence[tuple[str, Any]]
MOST_OFFERED = 200


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


def all_plans(actor: Actor) -> QuerySet[Plan]:
    return Plan.objects.all()


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


def fixed_settings(plan: Plan) -> dict[str, str]:
    """What its first published version settled for all later ones; empty before anything is published."""
    first = plan.versions.filter(published_at__isnull=False).order_by("number").first()
    return {name: first.document[name] for name in FIXED_SETTINGS} if first else {}


def list_assignments(plan: Plan) -> QuerySet[PlanAssignment]:
    return plan.assignments.all()


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


def list_assigned_segments() -> set[str]:
    """The codes of the segments that any plan was ever assigned to."""
    assigned = PlanAssignment.objects.filter(audience=Audience.SEGMENT).order_by()
    return set(assigned.values_list("target", flat=True).distinct())


def value_names() -> dict[tuple[str, str], str | Promise]:
    """What people call the values that conditions compare: (fact, value) to name."""
    named = {"category": _category_choices(), **_common_choices()}
    return {(fact, code): name for fact, choices in named.items() for code, name in choices}


class ConditionChoices:
    """What can be chosen of a fact, read when it is asked for, once."""

    def __init__(self) -> None:
        self._found: dict[str, Choices] = {}

    def __call__(self, fact: str) -> Choices:
        if fact not in self._found:
            self._found[fact] = _CHOICES[fact]() if fact in _CHOICES else ()
        return self._found[fact]


def known_values(asked: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """Per fact that is asked, and whose values a room keeps, the codes that there are, with their names."""
    return {fact: dict(_KNOWN[fact](asked[fact])) for fact in _KNOWN if fact in asked}


def target_choices() -> dict[str, Choices]:
    """Per audience to whom a plan can be assigned."""
    rows = Partner.objects.filter(merged_into__isnull=True).order_by("name_key", "id")
    partners = [(str(id_), f"{name} ({code})") for id_, name, code in rows.values_list("id", "name", "code")]
    return {Audience.PARTNER: partners, **{audience: _NAMED[audience]() for audience in _NAMED}}


def _common_choices() -> dict[str, Choices]:
    return {
        "partner_type": PartnerType.choices,
        "segment": segment_choices(),
        "certificate": course_choices(),
    }


def _category_choices() -> Choices:
    return list(ProductCategory.objects.order_by("name").values_list("code", "name"))


def _tier_choices() -> Choices:
    return [(tier.name, tier.name) for tier in list_tiers()]


def _product_choices() -> Choices:
    """Of a short catalogue; codes of a long one are written."""
    rows = Product.objects.order_by("name", "code").values_list("code", "name")[: MOST_OFFERED + 1]
    return [(code, f"{name} ({code})") for code, name in rows] if len(rows) <= MOST_OFFERED else ()


def _partner_choices() -> Choices:
    rows = Partner.objects.filter(merged_into__isnull=True).order_by("name_key", "id")
    return [(code, f"{name} ({code})") for code, name in rows.values_list("code", "name")]


def _as_they_are(values: Iterable[str]) -> Choices:
    return [(value, value) for value in values]


_CHOICES: dict[str, Callable[[], Choices]] = {
    "product": _product_choices,
    "category": _category_choices,
    "industry": lambda: _as_they_are(list_industries()),
    "partner": _partner_choices,
    "partner_type": lambda: PartnerType.choices,
    "region": lambda: _as_they_are(list_regions()),
    "country": lambda: list(reader_countries().items()),
    "tier": _tier_choices,
    "segment": segment_choices,
    "certificate": course_choices,
}


def _courses_by_code(asked: Collection[str]) -> Choices:
    """Drafts, too: a plan may be written before the course is published."""
    return list(Course.objects.values_list("code", "title"))


def _products_by_code(asked: Collection[str]) -> Choices:
    return [(code, code) for code in product_ids_by_code(asked)]


def _partners_by_code(asked: Collection[str]) -> Choices:
    return [(code, code) for code in partner_ids_by_code(asked)]


_KNOWN: dict[str, Callable[[Collection[str]], Choices]] = {
    "category": lambda asked: _category_choices(),
    "product": _products_by_code,
    "tier": lambda asked: _tier_choices(),
    "segment": lambda asked: segment_choices(),
    "certificate": _courses_by_code,
    "partner": _partners_by_code,
    "partner_type": lambda asked: [(value, str(label)) for value, label in PartnerType.choices],
    "country": lambda asked: list(reader_countries().items()),
}
_NAMED: dict[str, Callable[[], Choices]] = {
    Audience.SEGMENT: segment_choices,
    Audience.TIER: _tier_choices,
    Audience.TYPE: lambda: PartnerType.choices,
}


def find_target(audience: str, named: str) -> str | None:
    """What an assignment keeps for a partner's code or the name that a room gives; None: there is no such thing."""
    if audience == Audience.EVERYONE:
        return "" if not named else None
    if audience == Audience.PARTNER:
        found = partner_ids_by_code([named]).get(named)
        return str(found) if found is not None else None
    return named if named in dict(_NAMED[audience]()) else None


def count_proposed_plans(actor: Actor) -> int:
    """Plans whose new version waits for a second person."""
    proposed = PlanVersion.objects.filter(published_at__isnull=True, proposed_at__isnull=False)
    return proposed.values("plan_id").distinct().count()


def assignment_labels(actor: Actor, assignments: Iterable[PlanAssignment]) -> dict[UUID, str]:
    """For each assignment, who it is for in words; partners outside the actor's portfolio have no name here."""
    listed = list(assignments)
    ids = [assignment.target for assignment in listed if assignment.audience == Audience.PARTNER]
    partners = visible_partners(actor).filter(id__in=ids).values_list("id", "name")
    names = {str(id_): name for id_, name in partners}
    segments = dict(segment_choices()) if any(a.audience == Audience.SEGMENT for a in listed) else {}
    return {assignment.id: _label(assignment, names, segments) for assignment in listed}


def _label(assignment: PlanAssignment, partners: dict[str, str], segments: dict[str, str]) -> str:
    target = assignment.target
    match assignment.audience:
        case Audience.PARTNER:
            return partners.get(target) or _("A partner outside your portfolio")
        case Audience.SEGMENT:
            return _("Segment “%(name)s”") % {"name": segments.get(target, target)}
        case Audience.TIER:
            return _("Tier “%(name)s”") % {"name": target}
        case Audience.TYPE:
            return str(dict(PartnerType.choices).get(target, target))
        case _:
            return str(Audience.EVERYONE.label)


def partner_codes(assignments: Iterable[PlanAssignment]) -> dict[str, str]:
    """The codes of the partners that assignments name, by id as text."""
    ids = [assignment.target for assignment in assignments if assignment.audience == Audience.PARTNER]
    return {str(id_): code for id_, code in Partner.objects.filter(id__in=ids).values_list("id", "code")}
