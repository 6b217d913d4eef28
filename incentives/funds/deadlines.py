"""The night of marketing funds: what was not claimed in time goes back, and partners are reminded before.

Promise: a claim handed over in time is decided first, whenever that is; asked again, the night changes nothing. Called
by: funds.tasks."""

from datetime import datetime
from uuid import UUID

from incentives.funds.models import ClaimState, FundsRequest, RequestState
from incentives.funds.queries import has_undecided_claim
from incentives.funds.rules import REQUEST_STEPS, due_reminder
from incentives.funds.steps import (
    begin_request,
    end_unfinished,
    free,
    keep,
    tell_partner,
    tell_staff,
    today_of,
)
from prm.accounts.actor import Actor
from prm.notifications.rules import Amount


def expire_requests(*, actor: Actor, at: datetime) -> int:
    """Release what is committed and was not claimed by the deadline; returns of how many requests."""
    over = FundsRequest.objects.filter(
        state__in=REQUEST_STEPS["expire"].begins, allocation__claims_until__lt=today_of(at)
    )
    ids = list(over.order_by("number").values_list("id", flat=True))
    return sum(_expire(actor, request_id, at) for request_id in ids)


def _expire(actor: Actor, request_id: UUID, at: datetime) -> bool:
    request = begin_request("expire", actor=actor, request=FundsRequest(id=request_id))
    if has_undecided_claim(request):
        return False
    end_unfinished(request, ClaimState.EXPIRED, actor=actor, at=at)
    released_minor = request.left_minor
    free(request, released_minor)
    request.state = RequestState.EXPIRED
    keep(request, actor=actor, action="funds_request.expired", at=at, released_minor=released_minor)
    amount = Amount(released_minor, request.allocation.currency)
    tell_partner("funds.request_expired", request, {"amount": amount})
    tell_staff("funds.request_over", request, "funds.decide", {"amount": amount})
    return True


def remind_of_deadlines(*, at: datetime) -> int:
    """Tell partners of approved requests of which something is left, 14 and 3 days before it is lost."""
    today, told = today_of(at), 0
    approved = FundsRequest.objects.select_for_update(of=("self",)).select_related("allocation", "partner")
    for request in approved.filter(state=RequestState.APPROVED, allocation__claims_until__gte=today):
        due = due_reminder(request.allocation.claims_until, today, request.reminded_days)
        if due is None or request.left_minor <= 0:
            continue
        request.reminded_days = due
        request.save(update_fields=["reminded_days"])
        amount = Amount(request.left_minor, request.allocation.currency)
        params = {"amount": amount, "until": request.allocation.claims_until}
        tell_partner("funds.request_expiring", request, params)
        told += 1
    return told
