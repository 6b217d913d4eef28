"""What every step of marketing funds is made of: the locks, the permission, the state, who may decide, what is freed.

Promise: an allocation, its request and its claim are locked in this order; money is moved between them under the
allocation's lock alone. Called by: funds actions, claims, deadlines."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from incentives.funds.models import ClaimState, Decided, FundsAllocation, FundsClaim, FundsRequest
from incentives.funds.queries import access_claim, access_request
from incentives.funds.refusals import DeadlinePassed, ReasonMissing, RequesterCannotDecide, StepRefused
from incentives.funds.rules import CLAIM_STEPS, REQUEST, REQUEST_STEPS, SYSTEM, Step, is_over
from partners.deals.stakes import person_behind
from partners.deals.steps import refuse_conflicted
from partners.directory.family import surviving_id
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.notifications.rules import Value
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant


def today_of(at: datetime) -> date:
    return at.astimezone(current_tenant().zone).date()


def require(actor: Actor, permission: str) -> None:
    """Raises PermissionDenied. A key asks for a partner by its scope, and decides nothing."""
    allowed = actor.kind == "system" if permission == SYSTEM else actor.can(permission)
    if not allowed and not (permission == REQUEST and actor.kind == "token"):
        raise PermissionDenied(permission or "a step of the system")


def lock_allocation(allocation_id: UUID) -> FundsAllocation:
    return FundsAllocation.objects.select_for_update().get(id=allocation_id)


def begin_request(step: str, *, actor: Actor, request: FundsRequest) -> FundsRequest:
    """The request and its allocation, locked until our commit, if this actor may take the step from where it stands."""
    seen = access_request(actor, request.id)
    allocation = lock_allocation(seen.allocation_id)
    fresh = FundsRequest.objects.select_for_update().get(id=seen.id)
    fresh.allocation, fresh.partner = allocation, seen.partner
    _check(REQUEST_STEPS[step], actor, fresh)
    return fresh


def begin_claim(step: str, *, actor: Actor, claim: FundsClaim) -> FundsClaim:
    """The claim with its request and allocation, locked in their order."""
    seen = access_claim(actor, claim.id)
    allocation = lock_allocation(seen.request.allocation_id)
    request = FundsRequest.objects.select_for_update().get(id=seen.request_id)
    fresh = FundsClaim.objects.select_for_update().get(id=seen.id)
    request.allocation, fresh.request, fresh.partner = allocation, request, seen.partner
    _check(CLAIM_STEPS[step], actor, fresh)
    return fresh


def _check(step: Step, actor: Actor, row: Any) -> None:
    require(actor, step.permission)
    if row.state not in step.begins:
        raise StepRefused(row.get_state_display())


def refuse_decider(actor: Actor, row: Any) -> None:
    """A decision is made by a person of the vendor who neither asked nor has a stake in the partner."""
    if actor.user_id is None or actor.is_partner:
        raise PermissionDenied("a person of the vendor decides")
    if actor.user_id == row.submitted_by_user_id:
        raise RequesterCannotDecide
    refuse_conflicted(actor, row.partner)


def refuse_late(allocation: FundsAllocation, at: datetime) -> None:
    if is_over(allocation.claims_until, today_of(at)):
        raise DeadlinePassed


def require_reason(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def signed(actor: Actor, row: Decided, at: datetime) -> None:
    """Who asked: for a key, the person who made it."""
    person = person_behind(actor)
    row.submitted_at, row.submitted_by_label = at, actor.label
    row.submitted_by_user_id = person.member.user_id if person else actor.user_id
    row.last_reason = row.last_reason_by = ""


def decided(actor: Actor, row: Decided, at: datetime, reason: str = "") -> None:
    row.decided_at, row.decided_by_label, row.decided_by_user_id = at, actor.label, actor.user_id
    row.last_reason, row.last_reason_by = reason, actor.label if reason else ""


def seconded(actor: Actor, row: Decided, at: datetime) -> None:
    row.seconded_at, row.seconded_by_label, row.seconded_by_user_id = at, actor.label, actor.user_id


def free(request: FundsRequest, amount_minor: int) -> None:
    """Give back to the allocation what the locked request holds and nobody will claim."""
    if amount_minor:
        request.released_minor += amount_minor
        request.allocation.held_minor -= amount_minor
        request.allocation.save(update_fields=["held_minor"])


def revoke(request: FundsRequest) -> None:
    """Take back what a first yes has promised to the locked request, as if it had not been given."""
    request.allocation.held_minor -= request.committed_minor
    request.allocation.save(update_fields=["held_minor"])
    request.committed_minor = 0


def keep(
    row: FundsRequest | FundsClaim, *, actor: Actor, action: str, at: datetime, reason: str = "", **after: Any
) -> None:
    """Save the locked row, and tell the trail and whoever listens."""
    row.save()
    record(actor=actor, action=action, subject=row, at=at, after={"state": row.state, **after}, reason=reason)
    emit(action, id=row.id, partner_id=row.partner_id, state=row.state)


def end_unfinished(request: FundsRequest, state: ClaimState, *, actor: Actor, at: datetime) -> None:
    """Claims of a locked request that ends, which nobody has handed over, end with it."""
    open_claims = FundsClaim.objects.filter(request_id=request.id, state__in=CLAIM_STEPS["fill"].begins)
    for claim in open_claims.select_for_update().order_by("number"):
        claim.state = state
        keep(claim, actor=actor, action=f"funds_claim.{state}", at=at)


def tell_partner(kind: str, row: FundsRequest | FundsClaim, params: Mapping[str, Value]) -> None:
    notify(
        kind,
        to=PartnerPeople(surviving_id(row.partner_id), "own_funds.view"),
        params={"number": str(row), **params},
        link=(_PAGES[type(row)][0], [row.id]),
    )


def tell_staff(
    kind: str, row: FundsRequest | FundsClaim, permission: str, params: Mapping[str, Value]
) -> None:
    manager = row.partner.manager_id if permission == "funds.decide" else None
    notify(
        kind,
        to=StaffPeople(permission, first=manager),
        params={"number": str(row), "partner": row.partner.name, **params},
        link=(_PAGES[type(row)][1], [row.id]),
    )


_PAGES: dict[type, tuple[str, str]] = {
    FundsRequest: ("portal-funds-request", "funds-request"),
    FundsClaim: ("portal-funds-claim", "funds-claim"),
}
