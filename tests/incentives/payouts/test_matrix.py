"""Every pair of person, state and step that payout runs and the answers about their payments do not allow is refused,
and nothing is written."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from incentives.payouts import actions, exporting, outcomes
from incentives.payouts.calculation import stop_calculation
from incentives.payouts.models import ItemState, PayoutItem, PayoutRun, PayoutState
from incentives.payouts.outcomes import OutcomeRefused, UnclearNeedsAnother
from incentives.payouts.rules import OUTCOMES, STATES, STEPS, SYSTEM
from incentives.payouts.steps import begin
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.matrix import ADMINS, FINANCE, Step, check_steps
from tests.support.payouts import (
    calculated_payout,
    close_month,
    exported_payout,
    give_account,
    submitted_payout,
    tick,
)

JANUARY = date(2026, 1, 1)
PREPARERS = ADMINS | FINANCE


def by_worker(step: str) -> Step:
    """Begun by nobody, wherever the run stands."""
    return Step(lambda actor, run: begin(step, actor=actor, run_id=run.id), frozenset(), ())


RUNS = {
    "calculate": Step(
        lambda actor, run: actions.recalculate_run(actor=actor, run=run, at=tick()),
        PREPARERS,
        {"draft", "calculated", "failed"},
    ),
    "submit": Step(
        lambda actor, run: actions.submit_run(
            actor=actor, run=run, typed_total_minor=run.total_minor, at=tick()
        ),
        PREPARERS,
        {"calculated"},
    ),
    "approve": Step(
        lambda actor, run: actions.approve_run(
            actor=actor, run=run, typed_total_minor=run.total_minor, at=tick()
        ),
        FINANCE,
        {"submitted"},
    ),
    "reject": Step(
        lambda actor, run: actions.reject_run(actor=actor, run=run, reason="x", at=tick()),
        FINANCE,
        {"submitted", "approved"},
    ),
    "cancel": Step(
        lambda actor, run: actions.cancel_run(actor=actor, run=run, reason="x", at=tick()),
        PREPARERS,
        {"draft", "calculating", "calculated", "failed", "submitted", "approved"},
    ),
    "export": Step(
        lambda actor, run: exporting.start_export(actor=actor, run=run, at=tick()), FINANCE, {"approved"}
    ),
    **{name: by_worker(name) for name, step in STEPS.items() if step.permission == SYSTEM},
}
# The preparer submits, and gives no yes of their own.
PREPARED_BY_VERA = {("submit", name): actions.PreparerSubmits for name in PREPARERS - {"vera"}}
FOLLOW = {"settle", "settle_partly", "reopen"}  # steps that the bank's answers take


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Northwind earned 100.00 in January, which is closed; Southwind earned as much and has no bank details."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "L1", date(2026, 1, 10), 100_000)
        sell(cast.southwind, product, "L2", date(2026, 1, 10), 100_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    return cast


def prepared(cast: Cast) -> PayoutRun:
    with tenant_context(cast.acme.id):
        return actions.prepare_run(
            actor=cast.vera.actor, period_on=JANUARY, currency="EUR", pays_on=date(2026, 12, 5), at=tick()
        )


def failed(cast: Cast) -> PayoutRun:
    run = prepared(cast)
    assert run.job_id is not None
    with tenant_context(cast.acme.id):
        stop_calculation(run_id=run.id, job_id=run.job_id)
    actions.work_on_run(tenant_id=cast.acme.id, run_id=run.id, now=tick)
    return run


def rejected(cast: Cast) -> PayoutRun:
    run = submitted_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        return actions.reject_run(actor=cast.felix.actor, run=run, reason="x", at=tick())


def approved(cast: Cast) -> PayoutRun:
    run = submitted_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        return actions.approve_run(
            actor=cast.felix.actor, run=run, typed_total_minor=run.total_minor, at=tick()
        )


def exporting_run(cast: Cast) -> PayoutRun:
    run = approved(cast)
    with tenant_context(cast.acme.id):
        return exporting.start_export(actor=cast.felix.actor, run=run, at=tick())


def answered(cast: Cast, outcome: str) -> PayoutRun:
    run = exported_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        tell(cast.felix.actor, PayoutItem.objects.get(run_id=run.id, state="sent"), outcome, "E-1")
    return run


def cancelled(cast: Cast) -> PayoutRun:
    run = calculated_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        return actions.cancel_run(actor=cast.vera.actor, run=run, reason="x", at=tick())


RUNS_IN: dict[str, Callable[[Cast], PayoutRun]] = {
    "draft": rejected,
    "calculating": prepared,
    "calculated": lambda cast: calculated_payout(cast, JANUARY),
    "failed": failed,
    "submitted": lambda cast: submitted_payout(cast, JANUARY),
    "approved": approved,
    "exporting": exporting_run,
    "exported": lambda cast: exported_payout(cast, JANUARY),
    "settled": lambda cast: answered(cast, "paid"),
    "partly_settled": lambda cast: answered(cast, "returned"),
    "cancelled": cancelled,
}


def test_the_matrices_know_every_state_and_step() -> None:
    assert set(RUNS_IN) == set(PayoutState.values) == STATES
    assert set(RUNS) == set(STEPS) - FOLLOW
    assert set(ITEMS_IN) == set(ItemState.values)
    assert set(ANSWERS) - {"take_back"} == {outcome for taken in OUTCOMES.values() for outcome in taken}


@pytest.mark.parametrize("state", PayoutState.values)
def test_no_forbidden_step_of_a_run_is_taken(january: Cast, state: str) -> None:
    run = RUNS_IN[state](january)
    with tenant_context(january.acme.id):
        run.refresh_from_db()
        assert run.state == state
        check_steps(
            january, RUNS, state=state, subject=run, refusal=actions.RunStateRefuses, unseen=(),
            objections=PREPARED_BY_VERA,
        )  # fmt: skip


MONTHS: dict[str, tuple[date, type[Exception]]] = {
    "closed": (JANUARY, AssertionError),
    "open": (date(2026, 2, 1), actions.PeriodNotClosed),
    "in another run": (JANUARY, actions.RunAlreadyOpen),
}


@pytest.mark.parametrize("case", MONTHS)
def test_a_run_is_prepared_by_its_people_over_closed_months_and_once(january: Cast, case: str) -> None:
    month, refusal = MONTHS[case]
    if case == "in another run":
        prepared(january)
    prepare = Step(
        lambda actor, period_on: actions.prepare_run(
            actor=actor, period_on=period_on, currency="EUR", pays_on=date(2026, 12, 5), at=tick()
        ),
        PREPARERS,
        {"closed"},
    )
    with tenant_context(january.acme.id):
        check_steps(january, {"prepare": prepare}, state=case, subject=month, refusal=refusal, unseen=())


def tell(actor: Any, item: PayoutItem, outcome: str, event_ref: str) -> PayoutItem:
    return outcomes.record_outcome(
        actor=actor, item=item, outcome=outcome, event_ref=event_ref, note="", at=tick()
    )


ANSWERS = {
    "paid": Step(lambda actor, item: tell(actor, item, "paid", "E-2"), FINANCE, {"sent", "unknown"}),
    "returned": Step(lambda actor, item: tell(actor, item, "returned", "E-2"), FINANCE, {"sent", "unknown"}),
    "unknown": Step(lambda actor, item: tell(actor, item, "unknown", "E-2"), FINANCE, {"sent"}),
    "take_back": Step(
        lambda actor, item: outcomes.take_back_answer(actor=actor, item=item, reason="x", at=tick()),
        FINANCE,
        {"paid", "returned"},
    ),
}
ITEMS_IN: dict[str, Callable[[Cast], PayoutRun]] = {
    "reserved": lambda cast: calculated_payout(cast, JANUARY),
    "held": lambda cast: calculated_payout(cast, JANUARY),
    "sent": lambda cast: exported_payout(cast, JANUARY),
    "paid": lambda cast: answered(cast, "paid"),
    "returned": lambda cast: answered(cast, "returned"),
    "unknown": lambda cast: answered(cast, "unknown"),
}
# Felix called it unclear, and does not decide it as well.
DOUBTED_BY_FELIX = {(answer, "felix"): UnclearNeedsAnother for answer in ("paid", "returned")}


@pytest.mark.parametrize("state", ItemState.values)
def test_no_forbidden_answer_of_the_bank_is_recorded_or_taken_back(january: Cast, state: str) -> None:
    run = ITEMS_IN[state](january)
    with tenant_context(january.acme.id):
        check_steps(
            january, ANSWERS, state=state, subject=PayoutItem.objects.get(run_id=run.id, state=state),
            refusal=OutcomeRefused, unseen=(), objections=DOUBTED_BY_FELIX if state == "unknown" else None,
        )  # fmt: skip
