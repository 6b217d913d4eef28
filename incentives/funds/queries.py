"""Reads of marketing funds: who sees what, what stands where, what waits for whom.

Promise: partners see their own and those merged into them, channel managers their portfolio; a foreign or missing row
answers 404. Called by funds actions and interfaces."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.urls import reverse

from incentives.funds.models import (
    ClaimState,
    FundsAllocation,
    FundsBudget,
    FundsClaim,
    FundsCost,
    FundsRequest,
    RequestState,
)
from incentives.funds.rules import UNDECIDED_CLAIMS
from partners.directory.family import own_ids
from partners.directory.queries import usable_partners, visible_partners
from partners.segments.models import Segment
from partners.segments.queries import Use, members_on
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import CHANNEL_MANAGER, roles_with
from prm.files.models import StoredFile

M = TypeVar("M", bound=Model)
LIVE_CLAIMS = (ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.HALF_APPROVED,
               ClaimState.SETTLED)  # fmt: skip


def _visible(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    if actor.is_partner:
        return rows.filter(partner_id__in=own_ids(actor))
    if actor.has_portfolio_wall:
        return rows.filter(partner_id__in=visible_partners(actor).values("id"))
    return rows


def list_budgets() -> QuerySet[FundsBudget]:
    return FundsBudget.objects.select_related("segment").order_by("-ends_on", "name", "id")


def budgets_for(segment: Segment) -> list[Use]:
    """Such a segment is not removed: the budget says whom it was for."""
    rows = FundsBudget.objects.filter(segment=segment).order_by("name", "id")
    return [Use(budget.name, reverse("funds-budget", args=[budget.id])) for budget in rows]


def access_budget(budget_id: UUID) -> FundsBudget:
    return get_object_or_404(FundsBudget.objects.select_related("segment"), id=budget_id)


def visible_allocations(actor: Actor) -> QuerySet[FundsAllocation]:
    return _visible(FundsAllocation.objects.select_related("partner"), actor)


def access_allocation(actor: Actor, allocation_id: UUID) -> FundsAllocation:
    return get_object_or_404(visible_allocations(actor), id=allocation_id)


def open_allocations(actor: Actor, today: date) -> QuerySet[FundsAllocation]:
    """Those that may still be asked for something."""
    return visible_allocations(actor).filter(claims_until__gte=today).order_by("claims_until", "name", "id")


def visible_requests(actor: Actor) -> QuerySet[FundsRequest]:
    rows = FundsRequest.objects.select_related("partner", "allocation").order_by("-number")
    return _visible(rows, actor)


def access_request(actor: Actor, request_id: UUID) -> FundsRequest:
    return get_object_or_404(visible_requests(actor), id=request_id)


def visible_claims(actor: Actor) -> QuerySet[FundsClaim]:
    rows = FundsClaim.objects.select_related("partner", "request__allocation").order_by("-number")
    return _visible(rows, actor)


def access_claim(actor: Actor, claim_id: UUID) -> FundsClaim:
    return get_object_or_404(visible_claims(actor), id=claim_id)


def costs_of(claim: FundsClaim) -> list[FundsCost]:
    """In the order in which they were added."""
    return list(FundsCost.objects.filter(claim_id=claim.id).select_related("file").order_by("id"))


def access_cost(claim: FundsClaim, cost_id: UUID) -> FundsCost:
    return get_object_or_404(FundsCost.objects.select_related("file"), claim_id=claim.id, id=cost_id)


def claims_of(request: FundsRequest) -> list[FundsClaim]:
    return list(FundsClaim.objects.filter(request_id=request.id).order_by("number"))


def has_undecided_claim(request: FundsRequest) -> bool:
    return FundsClaim.objects.filter(request_id=request.id, state__in=UNDECIDED_CLAIMS).exists()


def is_in_segment(budget: FundsBudget, partner_id: UUID, day: date) -> bool:
    """Whether the partner may have a part of the budget on a day; everybody may where it names no segment."""
    return budget.segment is None or members_on(budget.segment, day).filter(partner_id=partner_id).exists()


def partners_to_allocate(actor: Actor, budget: FundsBudget, day: date) -> list[tuple[str, str]]:
    """For `choices=`: active partners of the segment that have no part of the budget yet, by name."""
    rows = usable_partners(actor).filter(status="active")
    if budget.segment is not None:
        rows = rows.filter(id__in=members_on(budget.segment, day).values("partner_id"))
    rows = rows.exclude(id__in=FundsAllocation.objects.filter(budget_id=budget.id).values("partner_id"))
    return [(str(one.id), f"{one.name} ({one.code})") for one in rows.order_by("name_key", "id")]


def earlier_claim_of(cost: FundsCost) -> str:
    """The number of a live claim of the partner that has the same supplier's invoice, "" for none."""
    same = FundsCost.objects.filter(
        partner_id=cost.partner_id,
        supplier__iexact=cost.supplier,
        invoice_number__iexact=cost.invoice_number,
        claim__state__in=LIVE_CLAIMS,
    )
    found = same.exclude(id=cost.id).select_related("claim").first()
    return str(found.claim) if found else ""


def same_proofs(costs: Collection[FundsCost]) -> dict[UUID, str]:
    """Of these costs those whose file, byte for byte, proves another cost too: that one's claim."""
    found: dict[UUID, str] = {}
    for cost in costs:
        same = FundsCost.objects.filter(file__sha256=cost.file.sha256, claim__state__in=LIVE_CLAIMS)
        other = same.exclude(id=cost.id).select_related("claim").first()
        if other is not None:
            found[cost.id] = str(other.claim)
    return found


@dataclass(frozen=True)
class Standing:
    """How the money of allocations is used, in minor units: asked and not decided, committed and not claimed, claimed
    and not decided finally, settled; `released` came back."""

    allocated_minor: int = 0
    asked_minor: int = 0
    committed_minor: int = 0
    claimed_minor: int = 0
    settled_minor: int = 0
    released_minor: int = 0
    left_minor: int = 0


def standings_of(allocations: Iterable[FundsAllocation]) -> dict[UUID, Standing]:
    """Per allocation, in two queries whatever their number."""
    listed = {allocation.id: allocation for allocation in allocations}
    waiting = Q(state__in=[RequestState.SUBMITTED, RequestState.RETURNED])
    sums = FundsRequest.objects.filter(allocation_id__in=listed).order_by().values("allocation_id")
    requests: dict[UUID, dict[str, Any]] = {
        row["allocation_id"]: dict(row)
        for row in sums.annotate(
            asked=Sum("asked_minor", filter=waiting),
            committed=Sum("committed_minor"),
            claimed=Sum("claimed_minor"),
            released=Sum("released_minor"),
        )
    }
    paid = FundsClaim.objects.filter(request__allocation_id__in=listed, state=ClaimState.SETTLED).order_by()
    settled = dict(
        paid.values_list("request__allocation_id").annotate(total=Sum("paid_minor")).values_list(
            "request__allocation_id", "total"
        )
    )  # fmt: skip
    return {key: _standing(one, requests.get(key, {}), settled.get(key) or 0) for key, one in listed.items()}


def _standing(allocation: FundsAllocation, sums: dict[str, Any], settled_minor: int) -> Standing:
    committed, claimed, released = (sums.get(name) or 0 for name in ("committed", "claimed", "released"))
    return Standing(
        allocated_minor=allocation.amount_minor,
        asked_minor=sums.get("asked") or 0,
        committed_minor=committed - claimed - released,
        claimed_minor=claimed - settled_minor,
        settled_minor=settled_minor,
        released_minor=released,
        left_minor=allocation.left_minor,
    )


def total_of(standings: Iterable[Standing]) -> Standing:
    """The sums of standings in one currency."""
    listed = list(standings)
    return Standing(**{name: sum(getattr(one, name) for one in listed) for name in vars(Standing())})


REQUESTS_WAITING = {"funds.decide": RequestState.SUBMITTED, "funds.second": RequestState.HALF_APPROVED}
CLAIMS_WAITING = {"funds.decide": ClaimState.SUBMITTED, "funds.second": ClaimState.HALF_APPROVED}


def count_requests_to_decide(actor: Actor) -> int:
    """Those that wait for a person with this actor's rights."""
    states = [state for permission, state in REQUESTS_WAITING.items() if actor.can(permission)]
    return visible_requests(actor).filter(state__in=states).count() if states else 0


def count_claims_to_decide(actor: Actor) -> int:
    states = [state for permission, state in CLAIMS_WAITING.items() if actor.can(permission)]
    return visible_claims(actor).filter(state__in=states).count() if states else 0


def decider_names(permission: str, row: FundsRequest | FundsClaim) -> list[str]:
    """Who can decide about it: channel managers only where the partner is theirs."""
    members = Membership.objects.filter(
        role__in=roles_with(permission), partner_id__isnull=True, ended_at__isnull=True
    ).select_related("user")
    return sorted(
        str(member.user)
        for member in members
        if member.role != CHANNEL_MANAGER or member.id == row.partner.manager_id
    )


def may_open_proof(actor: Actor, stored: StoredFile) -> bool:
    """A proof is opened by whoever sees its claim."""
    return FundsCost.objects.filter(
        file_id=stored.id, claim_id__in=visible_claims(actor).values("id")
    ).exists()
