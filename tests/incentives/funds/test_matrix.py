"""Every pair of person, state and step that marketing funds do not allow is refused, and nothing is written."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from incentives.funds import actions, claims
from incentives.funds.deadlines import expire_requests
from incentives.funds.models import ClaimState, FundsClaim, FundsCost, FundsRequest, RequestState
from incentives.funds.refusals import StepRefused
from incentives.funds.rules import CLAIM_STEPS, REQUEST_STEPS, SYSTEM
from incentives.funds.steps import begin_request
from tests.support.funds import (
    AT,
    PDF,
    Stage,
    approved,
    ask,
    claimed,
    cost_of,
    filled,
    limited,
    plan_of,
    refuse,
    settled,
)
from tests.support.matrix import ADMINS, FINANCE, MANAGER, NORTHWIND, STRANGERS, Step, actors_of, check_steps

AFTER_THE_DEADLINE = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
DECIDERS = ADMINS | MANAGER


def seen_as(state: str, row: Any) -> Any:
    """As whoever asks has read it: one action refuses at the first decision and at the second."""
    seen = copy(row)
    seen.state = state
    return seen


REQUESTS = {
    "change": Step(
        lambda actor, row: actions.change_request(actor=actor, request=row, facts=plan_of(), at=AT),
        NORTHWIND,
        {"returned"},
    ),
    "withdraw": Step(
        lambda actor, row: actions.withdraw_request(actor=actor, request=row, at=AT),
        NORTHWIND,
        {"submitted", "returned", "half_approved"},
    ),
    "claim": Step(
        lambda actor, row: claims.start_claim(actor=actor, request=row, at=AT), NORTHWIND, {"approved"}
    ),
    "finish": Step(
        lambda actor, row: actions.finish_request(actor=actor, request=row, at=AT), NORTHWIND, {"approved"}
    ),
    "approve": Step(
        lambda actor, row: actions.approve_request(actor=actor, request=row, amount_minor=None, at=AT),
        DECIDERS,
        {"submitted"},
    ),
    "return": Step(
        lambda actor, row: actions.return_request(actor=actor, request=row, reason="x", at=AT),
        DECIDERS,
        {"submitted"},
    ),
    "refuse": Step(
        lambda actor, row: actions.refuse_request(
            actor=actor, request=seen_as("submitted", row), reason="x", at=AT
        ),
        DECIDERS,
        {"submitted"},
    ),
    "second": Step(
        lambda actor, row: actions.second_request(actor=actor, request=row, at=AT), FINANCE, {"half_approved"}
    ),
    "refuse_second": Step(
        lambda actor, row: actions.refuse_request(
            actor=actor, request=seen_as("half_approved", row), reason="x", at=AT
        ),
        FINANCE,
        {"half_approved"},
    ),
    "expire": Step(lambda actor, row: begin_request("expire", actor=actor, request=row), frozenset(), set()),
}


def half_approved_request(stage: Stage) -> FundsRequest:
    limited()
    return approved(stage.cast, stage.allocation)


def returned_request(stage: Stage) -> FundsRequest:
    request = ask(stage.cast.paul, stage.allocation)
    return actions.return_request(actor=stage.cast.nina.actor, request=request, reason="x", at=AT)


def refused_request(stage: Stage) -> FundsRequest:
    request = ask(stage.cast.paul, stage.allocation)
    return actions.refuse_request(actor=stage.cast.nina.actor, request=request, reason="x", at=AT)


def withdrawn_request(stage: Stage) -> FundsRequest:
    request = ask(stage.cast.paul, stage.allocation)
    return actions.withdraw_request(actor=stage.cast.paul.actor, request=request, at=AT)


def finished_request(stage: Stage) -> FundsRequest:
    request = approved(stage.cast, stage.allocation)
    return actions.finish_request(actor=stage.cast.paul.actor, request=request, at=AT)


def expired_request(stage: Stage) -> FundsRequest:
    request = approved(stage.cast, stage.allocation)
    expire_requests(actor=stage.cast.system, at=AFTER_THE_DEADLINE)
    return FundsRequest.objects.get(id=request.id)


REQUESTS_IN: dict[str, Callable[[Stage], FundsRequest]] = {
    "submitted": lambda stage: ask(stage.cast.paul, stage.allocation),
    "returned": returned_request,
    "half_approved": half_approved_request,
    "approved": lambda stage: approved(stage.cast, stage.allocation),
    "refused": refused_request,
    "withdrawn": withdrawn_request,
    "finished": finished_request,
    "expired": expired_request,
}


def test_the_matrices_know_every_state_and_step() -> None:
    assert set(REQUESTS_IN) == set(RequestState.values)
    assert set(REQUESTS) == set(REQUEST_STEPS)
    assert set(CLAIMS_IN) == set(ClaimState.values)
    assert {name.partition(":")[0] for name in CLAIMS} == set(CLAIM_STEPS)
    assert {name for name, step in REQUEST_STEPS.items() if step.permission == SYSTEM} == {"expire"}


@pytest.mark.parametrize("state", RequestState.values)
def test_no_forbidden_step_of_a_request_is_taken(stage: Stage, state: str) -> None:
    request = REQUESTS_IN[state](stage)
    assert request.state == state
    check_steps(stage.cast, REQUESTS, state=state, subject=request, refusal=StepRefused)


def test_nobody_else_asks_for_funds(stage: Stage) -> None:
    for name, actor in actors_of(stage.cast).items():
        if name in NORTHWIND:
            continue
        refuse(
            Http404 if name in STRANGERS else PermissionDenied,
            lambda actor=actor: actions.ask_for_funds(  # type: ignore[misc]
                actor=actor, allocation=stage.allocation, facts=plan_of(), at=AT
            ),
        )


def add_cost(actor: Any, claim: FundsClaim) -> object:
    proof = claims.Proof("a.pdf", PDF)
    return claims.add_cost(actor=actor, claim=claim, facts=cost_of(500), proof=proof, at=AT)


def remove_cost(actor: Any, claim: FundsClaim) -> None:
    cost = FundsCost.objects.filter(claim_id=claim.id).earliest("id")
    claims.remove_cost(actor=actor, claim=claim, cost_id=cost.id, at=AT)


CLAIMS = {
    "fill:add": Step(add_cost, NORTHWIND, {"draft", "returned"}),
    "fill:remove": Step(remove_cost, NORTHWIND, {"draft", "returned"}),
    "submit": Step(
        lambda actor, row: claims.submit_claim(actor=actor, claim=row, at=AT),
        NORTHWIND,
        {"draft", "returned"},
    ),
    "withdraw": Step(
        lambda actor, row: claims.withdraw_claim(actor=actor, claim=row, at=AT),
        NORTHWIND,
        {"draft", "returned", "submitted"},
    ),
    "approve": Step(
        lambda actor, row: claims.approve_claim(actor=actor, claim=row, at=AT), DECIDERS, {"submitted"}
    ),
    "return": Step(
        lambda actor, row: claims.return_claim(actor=actor, claim=row, reason="x", at=AT),
        DECIDERS,
        {"submitted"},
    ),
    "refuse": Step(
        lambda actor, row: claims.refuse_claim(
            actor=actor, claim=seen_as("submitted", row), reason="x", at=AT
        ),
        DECIDERS,
        {"submitted"},
    ),
    "second": Step(
        lambda actor, row: claims.second_claim(actor=actor, claim=row, at=AT), FINANCE, {"half_approved"}
    ),
    "refuse_second": Step(
        lambda actor, row: claims.refuse_claim(
            actor=actor, claim=seen_as("half_approved", row), reason="x", at=AT
        ),
        FINANCE,
        {"half_approved"},
    ),
}


def claim_of(stage: Stage, step: Callable[..., FundsClaim], **told: Any) -> FundsClaim:
    """Handed over by Paul, then this."""
    claim = claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 1_000)
    return step(claim=claim, at=AT, **told)


def half_approved_claim(stage: Stage) -> FundsClaim:
    request = approved(stage.cast, stage.allocation)
    limited()
    return settled(stage.cast, request, 740_000)


def expired_claim(stage: Stage) -> FundsClaim:
    claim = filled(stage.cast.paul, approved(stage.cast, stage.allocation), cost_of(1_000))
    expire_requests(actor=stage.cast.system, at=AFTER_THE_DEADLINE)
    return FundsClaim.objects.get(id=claim.id)


CLAIMS_IN: dict[str, Callable[[Stage], FundsClaim]] = {
    "draft": lambda stage: filled(stage.cast.paul, approved(stage.cast, stage.allocation), cost_of(1_000)),
    "submitted": lambda stage: claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 1_000),
    "returned": lambda stage: claim_of(stage, claims.return_claim, actor=stage.cast.nina.actor, reason="x"),
    "half_approved": half_approved_claim,
    "settled": lambda stage: settled(stage.cast, approved(stage.cast, stage.allocation), 1_000),
    "refused": lambda stage: claim_of(stage, claims.refuse_claim, actor=stage.cast.nina.actor, reason="x"),
    "withdrawn": lambda stage: claim_of(stage, claims.withdraw_claim, actor=stage.cast.paul.actor),
    "expired": expired_claim,
}


@pytest.mark.parametrize("state", ClaimState.values)
def test_no_forbidden_step_of_a_claim_is_taken(stage: Stage, state: str) -> None:
    claim = CLAIMS_IN[state](stage)
    assert claim.state == state
    check_steps(stage.cast, CLAIMS, state=state, subject=claim, refusal=StepRefused)
