"""Approvals at the same moment, in real transactions: an allocation, a request and a budget are never exceeded."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from incentives.funds import actions, claims, refusals
from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsRequest
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import partners_with_balance
from prm.tenancy.context import tenant_context
from tests.concurrency.test_sales_ingest import at_once
from tests.support.cast import Cast, make_partner, stage
from tests.support.funds import AT, allocate, approved, ask, claimed, make_budget

pytestmark = pytest.mark.race
ROUNDS = 5


@pytest.fixture
def acme(own_database: str) -> Cast:
    return stage()


def inside(cast: Cast, step: Callable[[], Any]) -> Callable[[], Any]:
    def work() -> Any:
        with tenant_context(cast.acme.id):
            return step()

    return work


def test_two_approvals_at_once_never_exceed_the_allocation(acme: Cast) -> None:
    for _turn in range(ROUNDS):
        with tenant_context(acme.acme.id):
            allocation = allocate(acme, make_budget(acme))
            requests = [ask(acme.paul, allocation) for _ in range(2)]
        decisions = [
            partial(actions.approve_request, actor=who.actor, request=request, amount_minor=600_000, at=AT)
            for request, who in zip(requests, (acme.nina, acme.vera), strict=True)
        ]
        results = at_once(*(inside(acme, decision) for decision in decisions))
        assert {type(result) for result in results} == {FundsRequest, refusals.AllocationExceeded}
        with tenant_context(acme.acme.id):
            assert FundsAllocation.objects.get(id=allocation.id).held_minor == 600_000


def test_two_claims_at_once_never_exceed_their_request(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        request = approved(acme, allocate(acme, make_budget(acme)))
        waiting = [claimed(acme.paul, request, 740_000) for _ in range(2)]
    results = at_once(
        *(
            inside(acme, partial(claims.approve_claim, actor=acme.nina.actor, claim=claim, at=AT))
            for claim in waiting
        )
    )
    assert sorted(result.paid_minor for result in results) == [230_000, 370_000]
    with tenant_context(acme.acme.id):
        assert [row.owed_minor for row in partners_with_balance()] == [600_000]
        assert all(verdict.holds for verdict in prove_books())


def test_one_claim_approved_twice_at_once_is_owed_once(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        claim = claimed(acme.paul, approved(acme, allocate(acme, make_budget(acme))), 740_000)
    results = at_once(
        *(
            inside(acme, partial(claims.approve_claim, actor=who.actor, claim=claim, at=AT))
            for who in (acme.nina, acme.vera)
        )
    )
    assert {type(result) for result in results} == {FundsClaim, refusals.StepRefused}
    with tenant_context(acme.acme.id):
        assert [row.owed_minor for row in partners_with_balance()] == [370_000]


def test_two_allocations_at_once_never_exceed_the_budget(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        budget = make_budget(acme)
    others = [make_partner(acme.acme, f"O{number}", f"Other {number}") for number in range(2)]
    results = at_once(*(inside(acme, partial(allocate, acme, budget, other, 1_500_000)) for other in others))
    assert {type(result) for result in results} == {FundsAllocation, refusals.BudgetExceeded}
    with tenant_context(acme.acme.id):
        assert FundsBudget.objects.get().allocated_minor == 1_500_000
