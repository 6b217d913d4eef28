"""The deadline: what goes back, what is decided first, and the reminders before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from incentives.funds import claims, refusals
from incentives.funds.deadlines import expire_requests, remind_of_deadlines
from incentives.funds.models import FundsAllocation, FundsClaim, FundsRequest
from incentives.funds.tasks import night
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.funds import allocate, approved, ask, claimed, cost_of, filled, make_budget
from tests.support.rows import nothing_written

LAST_DAY = datetime(2026, 7, 31, 20, 0, tzinfo=UTC)
NIGHT = datetime(2026, 8, 1, 0, 40, tzinfo=UTC)


def test_on_the_last_day_nothing_expires(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        approved(cast, allocate(cast, make_budget(cast)))
        with nothing_written():
            assert expire_requests(actor=cast.system, at=LAST_DAY) == 0


def test_afterwards_what_nobody_claimed_goes_back_with_its_drafts(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        allocation = allocate(cast, make_budget(cast))
        draft = filled(cast.paul, approved(cast, allocation), cost_of(1_000))
        ask(cast.paul, allocation, 100_000)
        assert expire_requests(actor=cast.system, at=NIGHT) == 2
        assert set(FundsRequest.objects.values_list("state", "released_minor")) == {
            ("expired", 600_000),
            ("expired", 0),
        }
        assert FundsClaim.objects.get(id=draft.id).state == "expired"
        assert FundsAllocation.objects.get().held_minor == 0
        with nothing_written():
            assert expire_requests(actor=cast.system, at=NIGHT) == 0


def test_a_claim_handed_over_in_time_is_decided_first(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        request = approved(cast, allocate(cast, make_budget(cast)))
        claim = claimed(cast.paul, request, 740_000, at=LAST_DAY)
        with nothing_written():
            assert expire_requests(actor=cast.system, at=NIGHT) == 0
        told: dict[str, Any] = {"actor": cast.nina.actor, "claim": claim, "at": NIGHT}
        with nothing_written(), pytest.raises(refusals.DeadlinePassed):
            claims.return_claim(reason="Late", **told)
        claims.approve_claim(**told)
        assert expire_requests(actor=cast.system, at=NIGHT) == 1
        request.refresh_from_db()
        assert (request.claimed_minor, request.released_minor) == (370_000, 230_000)


def test_partners_are_reminded_twice(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        approved(cast, allocate(cast, make_budget(cast)))
        told = [
            remind_of_deadlines(at=datetime(2026, 7, day, 0, 40, tzinfo=UTC)) for day in (16, 17, 18, 28, 29)
        ]
        assert told == [0, 1, 0, 1, 0]


def test_the_night_does_both_for_every_vendor(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        approved(cast, allocate(cast, make_budget(cast)))
        soon = timezone.now().date() + timedelta(days=2)
        late = allocate(cast, make_budget(cast, ends_on=soon, claims_until=soon))
        approved(cast, late)
    night()
    with tenant_context(cast.acme.id):
        told = set(FundsRequest.objects.values_list("state", "reminded_days"))
        assert told == {("expired", None), ("approved", 3)}
