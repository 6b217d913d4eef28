"""Every pair of person, state and step that payout runs and the answers about their payments do not allow is refused,
and nothing is written."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from incentives.payouts import actions, excluding, exporting, outcomes
from incentives.payouts.calculation import stop_calculation
from incentives.payouts.hand_models import AnswerState, HandAnswer
from incentives.payouts.models import ItemState, PayoutItem, PayoutRun, PayoutState
from incentives.payouts.outcomes import AnswerDecided, ProposerCannotConfirm
from incentives.payouts.rules import OUTCOMES, STATES, STEPS, SYSTEM
from incentives.payouts.settling import (
    Answer,
    OutcomeRefused,
    UnclearNeedsAnother,
    record_answers,
    take_back_answer,
)
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
    settle_by_hand,
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
    settle_by_hand(cast, sent_of(cast, run), outcome, "E-1")
    return run


def sent_of(cast: Cast, run: PayoutRun) -> PayoutItem:
    with tenant_context(cast.acme.id):
        return PayoutItem.objects.get(run_id=run.id, state="sent")


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


def tell(actor: Any, item: PayoutItem, outcome: str, event_ref: str) -> HandAnswer | None:
    return outcomes.record_outcome(
        actor=actor, item=item, outcome=outcome, event_ref=event_ref, note="", at=tick()
    )


ANSWERS = {
    "paid": Step(lambda actor, item: tell(actor, item, "paid", "E-2"), FINANCE, {"sent", "unknown"}),
    "returned": Step(lambda actor, item: tell(actor, item, "returned", "E-2"), FINANCE, {"sent", "unknown"}),
    "unknown": Step(lambda actor, item: tell(actor, item, "unknown", "E-2"), FINANCE, {"sent"}),
    "take_back": Step(
        lambda actor, item: take_back_answer(actor=actor, item=item, reason="x", at=tick()),
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


DECISIONS = {
    "confirm": Step(
        lambda actor, answer: outcomes.confirm_answer(
            actor=actor, run=answer.run, answer_id=answer.id, at=tick()
        ),
        FINANCE,
        {"waiting"},
    ),
    "decline": Step(
        lambda actor, answer: outcomes.decline_answer(
            actor=actor, run=answer.run, answer_id=answer.id, reason="x", at=tick()
        ),
        FINANCE,
        {"waiting"},
    ),
}


def decide(cast: Cast, answer: HandAnswer, state: str) -> None:
    told: dict[str, Any] = {"actor": cast.olga.actor, "run": answer.run, "at": tick()}
    if state == "confirmed":
        outcomes.confirm_answer(answer_id=answer.id, **told)
    elif state == "declined":
        outcomes.decline_answer(answer_id=answer.id, reason="x", **told)
    elif state == "overtaken":
        assert answer.item_id is not None
        record_answers(answers=[Answer(answer.item_id, "paid", "E-9", "")], **told)


@pytest.mark.parametrize("state", AnswerState.values)
def test_an_answer_recorded_by_hand_is_decided_by_another_of_finance_and_once(
    january: Cast, state: str
) -> None:
    item = sent_of(january, exported_payout(january, JANUARY))
    with tenant_context(january.acme.id):
        answer = tell(january.felix.actor, item, "paid", "E-1")
        assert answer is not None
        decide(january, answer, state)
        answer.refresh_from_db()
        assert answer.state == state
        own = {("confirm", "felix"): ProposerCannotConfirm} if state == "waiting" else None
        check_steps(
            january, DECISIONS, state=state, subject=answer, refusal=AnswerDecided, unseen=(), objections=own
        )


NOT_SUBMITTED = {"payable", "taken out"}
TAKING_OUT = {
    "take_out": Step(
        lambda actor, item: excluding.take_out(actor=actor, item=item, reason="x", at=tick()),
        PREPARERS,
        NOT_SUBMITTED,
    ),
    "put_back": Step(
        lambda actor, item: excluding.put_back(actor=actor, item=item, at=tick()), PREPARERS, NOT_SUBMITTED
    ),
}
NOT_THE_PREPARER: dict[tuple[str, str], type[Exception]] = {
    (step, name): excluding.PreparerExcludes for step in TAKING_OUT for name in PREPARERS - {"vera"}
}
OUT_OF_TURN = {"payable": "put_back", "taken out": "take_out", "submitted": ""}


@pytest.mark.parametrize("state", OUT_OF_TURN)
def test_the_preparer_alone_takes_a_balance_out_and_before_the_run_is_submitted(
    january: Cast, state: str
) -> None:
    run = submitted_payout(january, JANUARY) if state == "submitted" else calculated_payout(january, JANUARY)
    with tenant_context(january.acme.id):
        item = PayoutItem.objects.get(run_id=run.id, state="reserved")
        if state == "taken out":
            item = excluding.take_out(actor=january.vera.actor, item=item, reason="x", at=tick())
        check_steps(
            january, TAKING_OUT, state=state, subject=item, refusal=actions.RunStateRefuses, unseen=(),
            objections=NOT_THE_PREPARER | {(OUT_OF_TURN[state], "vera"): excluding.ItemNotExcludable},
        )  # fmt: skip
