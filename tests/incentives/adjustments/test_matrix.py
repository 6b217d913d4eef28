"""Every pair of person, state and step that adjustments do not allow is refused, and nothing is written."""

from collections.abc import Callable

import pytest

from incentives.adjustments import actions
from incentives.adjustments.models import Adjustment, AdjustmentState
from incentives.adjustments.refusals import NotYourProposal, ProposerCannotApprove, StepRefused
from incentives.adjustments.rules import STEPS
from incentives.adjustments.terms import set_limit
from prm.tenancy.context import tenant_context
from tests.support.adjustments import AT, adjusted, proposal_for, propose
from tests.support.cast import Cast
from tests.support.matrix import ADMINS, ALL_OF_NORTHWIND, FINANCE, STRANGERS, Step, check_steps

ABOVE = 100_001
CORRECTORS = ADMINS | FINANCE
MATRIX = {
    "approve": Step(
        lambda actor, row: actions.approve_adjustment(actor=actor, adjustment=row, at=AT),
        CORRECTORS,
        {"proposed"},
    ),
    "refuse": Step(
        lambda actor, row: actions.refuse_adjustment(actor=actor, adjustment=row, reason="x", at=AT),
        CORRECTORS,
        {"proposed"},
    ),
    "withdraw": Step(
        lambda actor, row: actions.withdraw_adjustment(actor=actor, adjustment=row, at=AT),
        CORRECTORS,
        {"proposed"},
    ),
    "take_back": Step(
        lambda actor, row: actions.take_back_adjustment(actor=actor, adjustment=row, reason="x", at=AT),
        CORRECTORS,
        {"posted"},
    ),
}
VERA_PROPOSED: dict[tuple[str, str], type[Exception]] = {
    ("approve", "vera"): ProposerCannotApprove,
    ("refuse", "vera"): ProposerCannotApprove,
    **{("withdraw", name): NotYourProposal for name in CORRECTORS - {"vera"}},
}


def proposed(cast: Cast) -> Adjustment:
    return propose(cast.vera, cast.northwind, ABOVE)


STATES: dict[str, Callable[[Cast], Adjustment]] = {
    "proposed": proposed,
    "posted": lambda cast: adjusted(cast, ABOVE),
    "refused": lambda cast: actions.refuse_adjustment(
        actor=cast.olga.actor, adjustment=proposed(cast), reason="x", at=AT
    ),
    "withdrawn": lambda cast: actions.withdraw_adjustment(
        actor=cast.vera.actor, adjustment=proposed(cast), at=AT
    ),
}


def test_the_matrix_knows_every_state_and_step() -> None:
    assert set(STATES) == set(AdjustmentState.values)
    assert set(MATRIX) == set(STEPS)


@pytest.mark.parametrize("state", AdjustmentState.values)
def test_no_forbidden_step_of_an_adjustment_is_taken(cast: Cast, state: str) -> None:
    """Vera proposed it; until it is posted it does not exist for the partner."""
    with tenant_context(cast.acme.id):
        row = STATES[state](cast)
        assert row.state == state
        unseen = STRANGERS if state == "posted" else STRANGERS | ALL_OF_NORTHWIND
        check_steps(
            cast, MATRIX, state=state, subject=row, refusal=StepRefused, unseen=unseen, objections=VERA_PROPOSED
        )  # fmt: skip


NEW = {
    "propose": Step(
        lambda actor, partner: actions.propose_adjustment(
            actor=actor, proposal=proposal_for(partner, 1_000), at=AT
        ),
        CORRECTORS,
        {"new"},
    ),
    "set_limit": Step(
        lambda actor, _partner: set_limit(actor=actor, amount_minor=500, at=AT), ADMINS, {"new"}
    ),
}


def test_nobody_else_proposes_one_or_sets_the_limit(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        check_steps(cast, NEW, state="new", subject=cast.northwind, refusal=StepRefused, unseen=())
