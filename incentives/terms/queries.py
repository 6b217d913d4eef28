"""Reads of terms: who is asked for a version and has accepted, what of it a partner has before it, what waits for it.

Promise: staff see their portfolio, a partner its own; what a merged partner accepted counts for its survivor.
Called by: terms actions and interfaces."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404

from incentives.plans.models import PlanVersion
from incentives.plans.queries import version_in_force
from incentives.terms import sql_covered
from incentives.terms.models import TermsAcceptance, TermsRequest
from incentives.terms.rules import Text, is_settled, taken_over_by
from partners.directory.family import family_ids
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.tenancy.context import require_context
from prm.tenancy.queries import current_tenant

Amounts = Sequence[tuple[str, int]]
"""Sums by currency."""


def today(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def versions_with_terms() -> QuerySet[PlanVersion]:
    """Published versions that ask somebody."""
    rows = PlanVersion.objects.filter(published_at__isnull=False).exclude(terms={})
    return rows.select_related("plan")


def requests_for(actor: Actor, version: PlanVersion) -> QuerySet[TermsRequest]:
    """Who is asked, as far as the actor sees them; `settled`: it has accepted this version or a later one."""
    rows = TermsRequest.objects.filter(
        version=version, partner__in=visible_partners(actor), partner__merged_into__isnull=True
    )
    accepted = TermsAcceptance.objects.filter(
        Q(partner_id=OuterRef("partner_id")) | Q(partner__merged_into_id=OuterRef("partner_id")),
        version__plan_id=version.plan_id,
        version__published_at__gte=version.published_at,
    )
    return rows.annotate(settled=Exists(accepted)).select_related("partner")


def outstanding(actor: Actor, version: PlanVersion, day: date) -> QuerySet[TermsRequest]:
    """Those who have not accepted and still may: no later text that they are asked for rules on the day."""
    later = TermsRequest.objects.filter(
        Q(version__ends_on__isnull=True) | Q(version__ends_on__gt=day),
        partner_id=OuterRef("partner_id"),
        version__plan_id=version.plan_id,
        version__published_at__gt=version.published_at,
        version__starts_on__lte=day,
    )
    return requests_for(actor, version).filter(~Exists(later), Q(settled=False))


def count_requests(actor: Actor, version: PlanVersion) -> tuple[int, int]:
    """How many are asked, and how many of them have accepted."""
    rows = requests_for(actor, version)
    told = rows.aggregate(asked=Count("id"), have=Count("id", filter=Q(settled=True)))
    return told["asked"], told["have"]


def list_acceptances(actor: Actor, version: PlanVersion) -> QuerySet[TermsAcceptance]:
    rows = TermsAcceptance.objects.filter(version=version, partner__in=visible_partners(actor))
    return rows.select_related("partner")


def acceptances_by_partner(version: PlanVersion, partner_ids: Iterable[UUID]) -> dict[UUID, TermsAcceptance]:
    """By the partner as it is now: its own of this version first, else what someone merged into it accepted."""
    wanted = list(partner_ids)
    rows = TermsAcceptance.objects.select_related("partner").filter(
        Q(partner_id__in=wanted) | Q(partner__merged_into_id__in=wanted), version=version
    )
    found: dict[UUID, TermsAcceptance] = {}
    for row in rows.order_by("accepted_at", "id"):
        found.setdefault(row.partner.merged_into_id or row.partner_id, row)
    return found


@dataclass(frozen=True)
class OwnTerms:
    """A version that a partner is asked for, and where that stands."""

    version: PlanVersion
    asked_at: datetime
    acceptance: TermsAcceptance | None
    settled: bool
    taken_over: bool

    @property
    def is_open(self) -> bool:
        return not self.settled and not self.taken_over

    @property
    def money_waits(self) -> bool:
        return self.version.pays_after_acceptance and not self.settled


def own_terms(partner_id: UUID, day: date) -> list[OwnTerms]:
    """What a partner is asked for, the latest first."""
    family = family_ids(partner_id)
    rows = TermsRequest.objects.filter(partner_id__in=family).select_related("version__plan").order_by("id")
    requests = {row.version_id: row for row in rows}
    kept = TermsAcceptance.objects.filter(partner_id__in=family).order_by("-accepted_at")
    accepted = {row.version_id: row for row in kept}
    texts = {row.version_id: _text(row.version) for row in requests.values()}
    told = [
        OwnTerms(
            row.version,
            row.asked_at,
            accepted.get(row.version_id),
            is_settled(texts[row.version_id], texts.values(), accepted),
            taken_over_by(texts[row.version_id], texts.values(), day) is not None,
        )
        for row in requests.values()
    ]
    return sorted(told, key=lambda one: texts[one.version.id].published_at, reverse=True)


def access_own_terms(partner_id: UUID, version_id: UUID, day: date) -> OwnTerms:
    found = next((one for one in own_terms(partner_id, day) if one.version.id == version_id), None)
    if found is None:
        raise Http404
    return found


def _text(version: PlanVersion) -> Text:
    assert version.published_at is not None
    return Text(version.id, version.plan_id, version.published_at, version.starts_on, version.ends_on)


def covered_by(version: PlanVersion, day: date) -> set[UUID]:
    """Partners that the version pays from the day on, or from its own start if that comes later."""
    day = max(day, version.starts_on)
    if version.ends_on is not None and day >= version.ends_on:
        return set()
    if version_in_force(version.plan_id, day) != version:
        return set()
    rows = _rows(sql_covered.COVERED, plan=version.plan_id, slot=version.plan.slot, day=day)
    return {partner_id for (partner_id,) in rows}


def earned_in(run_id: UUID, version_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """(version, partner) that a calculation posted amounts of its own sales for."""
    return set(_rows(sql_covered.EARNED, run=run_id, versions=list(version_ids)))


def unpaid(
    partner_ids: Iterable[UUID], version_ids: Iterable[UUID]
) -> dict[tuple[UUID, UUID], list[tuple[str, int]]]:
    """What each of the partners earned by each of the versions and no run has taken, by currency."""
    found: defaultdict[tuple[UUID, UUID], list[tuple[str, int]]] = defaultdict(list)
    for partner_id, version_id, currency, amount in _rows(
        sql_covered.UNPAID, partners=list(partner_ids), versions=list(version_ids)
    ):
        found[partner_id, version_id].append((currency, amount))
    return found


def ruled_before(version: PlanVersion) -> PlanVersion | None:
    """What the plan said until this version took over; None: it is the first."""
    earlier = PlanVersion.objects.filter(plan_id=version.plan_id, published_at__isnull=False)
    if version.published_at is not None:
        earlier = earlier.filter(published_at__lt=version.published_at)
    earlier = earlier.exclude(id=version.id).filter(starts_on__lte=version.starts_on)
    return earlier.exclude(ends_on__lt=version.starts_on).order_by("-published_at", "-number").first()


def _rows(statement: str, **parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": require_context().tenant_id, **parameters})
        return list(cursor.fetchall())
