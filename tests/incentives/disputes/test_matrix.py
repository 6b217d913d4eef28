"""Every pair of person, state and step that disputes do not allow is refused, and nothing is written."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from incentives.disputes import actions
from incentives.disputes.models import Dispute, DisputeState
from incentives.disputes.refusals import AdjustmentWaits, StepRefused
from incentives.disputes.rules import LIVE, STEPS
from incentives.disputes.terms import set_answer_days
from incentives.earnings.models import Entry
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.matrix import ADMINS, FINANCE, MANAGER, NORTHWIND, Step, check_steps

ABOVE = 100_001
RULERS = ADMINS | FINANCE
BOTH = {"open", "answered"}
MATRIX = {
    "ask": Step(
        lambda actor, row: actions.ask_again(actor=actor, dispute=row, body="Why?", at=NOW), NORTHWIND, BOTH
    ),
    "withdraw": Step(
        lambda actor, row: actions.withdraw_dispute(actor=actor, dispute=row, at=NOW), NORTHWIND, BOTH
    ),
    "answer": Step(
        lambda actor, row: actions.answer_dispute(actor=actor, dispute=row, body="So", at=NOW),
        RULERS | MANAGER,
        BOTH,
    ),
    "accept": Step(
        lambda actor, row: actions.accept_dispute(
            actor=actor, dispute=row, amount_minor=1_000, ruling="Yes", at=NOW
        ),
        RULERS,
        BOTH,
    ),
    "reject": Step(
        lambda actor, row: actions.reject_dispute(actor=actor, dispute=row, ruling="No", at=NOW), RULERS, BOTH
    ),
}


@pytest.fixture
def earned(cast: Cast) -> Iterator[Cast]:
    """Northwind has an entry of 1,000.00."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 1_000_000)
    calculate(cast.acme, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        yield cast


def question(cast: Cast) -> actions.Question:
    return actions.Question(partner=cast.northwind, body="It should be 12 %", entry=Entry.objects.get())


def opened(cast: Cast) -> Dispute:
    return actions.open_dispute(actor=cast.paul.actor, question=question(cast), at=NOW)


def accepted(cast: Cast, amount_minor: int) -> Dispute:
    return actions.accept_dispute(
        actor=cast.felix.actor, dispute=opened(cast), amount_minor=amount_minor, ruling="Yes", at=NOW
    )


STATES: dict[str, Callable[[Cast], Dispute]] = {
    "open": opened,
    "answered": lambda cast: actions.answer_dispute(
        actor=cast.nina.actor, dispute=opened(cast), body="So", at=NOW
    ),
    "accepted": lambda cast: accepted(cast, 1_000),
    "rejected": lambda cast: actions.reject_dispute(
        actor=cast.felix.actor, dispute=opened(cast), ruling="No", at=NOW
    ),
    "withdrawn": lambda cast: actions.withdraw_dispute(actor=cast.paul.actor, dispute=opened(cast), at=NOW),
}


def test_the_matrix_knows_every_state_and_step() -> None:
    assert set(STATES) == set(DisputeState.values)
    assert set(MATRIX) == set(STEPS)
    assert BOTH == LIVE


@pytest.mark.parametrize("state", DisputeState.values)
def test_no_forbidden_step_of_a_dispute_is_taken(earned: Cast, state: str) -> None:
    row = STATES[state](earned)
    assert row.state == state
    check_steps(earned, MATRIX, state=state, subject=row, refusal=StepRefused)


def test_while_its_adjustment_waits_nobody_ends_a_dispute(earned: Cast) -> None:
    row = accepted(earned, ABOVE)
    assert row.state == "open"
    waits = {(step, name): AdjustmentWaits for step in ("accept", "reject") for name in RULERS}
    waits |= {("withdraw", name): AdjustmentWaits for name in NORTHWIND}
    check_steps(earned, MATRIX, state="open", subject=row, refusal=StepRefused, objections=waits)


NEW = {
    "open": Step(
        lambda actor, asked: actions.open_dispute(actor=actor, question=asked, at=NOW),
        NORTHWIND,
        {"new"},
    ),
    "set_days": Step(lambda actor, _asked: set_answer_days(actor=actor, days=3, at=NOW), ADMINS, {"new"}),
}


def test_nobody_else_opens_a_dispute_or_sets_the_days(earned: Cast) -> None:
    check_steps(earned, NEW, state="new", subject=question(earned), refusal=StepRefused, unseen=())
