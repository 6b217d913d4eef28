"""Every pair of role, state and action that the tables of payout runs, payments and bank details do not allow is
refused, and nothing is written."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from incentives.payouts import actions, bank_accounts, exporting
from incentives.payouts.models import BankAccount, ItemState, PayoutItem, PayoutRun, PayoutState
from incentives.payouts.outcomes import OutcomeRefused, record_outcome
from incentives.payouts.rules import OUTCOMES, STATES, STEPS, SYSTEM, may_take
from prm.accounts.actor import Actor
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.payouts import IBAN
from tests.support.rows import nothing_written

JANUARY = date(2026, 1, 1)
PEOPLE = ("vera", "nina", "felix", "olga", "otto", "paul", "mia")
Call = Callable[[Actor, Any], Any]
# What each step is called by; those of the system are called by workers.
CALLS: dict[str, Call] = {
    "calculate": lambda actor, run: actions.recalculate_run(actor=actor, run=run, at=NOW),
    "submit": lambda actor, run: actions.submit_run(actor=actor, run=run, typed_total_minor=0, at=NOW),
    "approve": lambda actor, run: actions.approve_run(actor=actor, run=run, typed_total_minor=0, at=NOW),
    "reject": lambda actor, run: actions.reject_run(actor=actor, run=run, reason="x", at=NOW),
    "cancel": lambda actor, run: actions.cancel_run(actor=actor, run=run, reason="x", at=NOW),
    "export": lambda actor, run: exporting.start_export(actor=actor, run=run, at=NOW),
}
FOLLOW = {"settle", "settle_partly", "reopen"}  # steps that the bank's answers take


def runs(cast: Cast) -> dict[str, PayoutRun]:
    """A run in each state, prepared by Vera."""
    assert set(PayoutState.values) == STATES
    return {
        state: PayoutRun.objects.create(
            number=place,
            period_on=JANUARY,
            pays_on=JANUARY,
            currency=f"X{chr(65 + place)}X",
            state=state,
            created_by_id=cast.vera.membership.id,
            created_by_user_id=cast.vera.user.id,
            cutoff_at=NOW,
            created_at=NOW,
        )
        for place, state in enumerate(sorted(STATES))
    }


def actors(cast: Cast) -> Iterator[Actor]:
    for name in PEOPLE:
        yield getattr(cast, name).actor


def test_every_step_is_called_by_somebody() -> None:
    assert set(CALLS) == {name for name, step in STEPS.items() if step.permission != SYSTEM} - FOLLOW


def test_no_forbidden_step_of_a_run_is_taken(cast: Cast) -> None:
    wrong, asked = [], 0
    with tenant_context(cast.acme.id):
        by_state = runs(cast)
        with nothing_written():
            for step, call in CALLS.items():
                for state, run in by_state.items():
                    for actor in actors(cast):
                        lacks = not actor.can(STEPS[step].permission)
                        if not lacks and may_take(step, state):
                            continue
                        asked += 1
                        expected = PermissionDenied if lacks else actions.RunStateRefuses
                        if (met := refusal_of(call, actor, run)) is not expected:
                            wrong.append((step, state, actor.label, met))
    assert wrong == []
    assert asked > 300


def refusal_of(call: Call, actor: Actor, subject: Any) -> type[Exception] | None:
    try:
        call(actor, subject)
    except Exception as refusal:  # the kind is what is asked for
        return type(refusal)
    return None


def test_steps_of_workers_are_taken_by_no_person(cast: Cast) -> None:
    from incentives.payouts.steps import begin

    system = [name for name, step in STEPS.items() if step.permission == SYSTEM]
    assert system
    with tenant_context(cast.acme.id):
        by_state = runs(cast)
        with nothing_written():
            for step in system:
                for run in by_state.values():
                    for actor in actors(cast):
                        with pytest.raises(PermissionDenied):
                            begin(step, actor=actor, run_id=run.id)


def account(cast: Cast, **fields: Any) -> BankAccount:
    key = uuid7()
    return BankAccount.objects.create(
        id=key, partner=cast.northwind, currency="EUR", holder="Northwind", account_last4="3000",
        account_sealed=bank_accounts.seal(IBAN, tenant_id=cast.acme.id, row_id=key), proposed_at=NOW,
        proposed_by_label="Felix", proposed_by_user_id=cast.felix.user.id, **fields,
    )  # fmt: skip


DETAILS: dict[str, Call] = {
    "confirm": lambda actor, row: bank_accounts.confirm_account(actor=actor, account=row, at=NOW),
    "decline": lambda actor, row: bank_accounts.decline_account(actor=actor, account=row, reason="x", at=NOW),
    "reveal": lambda actor, row: bank_accounts.reveal_account(actor=actor, account=row, at=NOW),
}


def test_no_forbidden_step_of_bank_details_is_taken(cast: Cast) -> None:
    """Felix proposed them, so that he does not confirm; what was decided is decided."""
    wrong = []
    with tenant_context(cast.acme.id):
        later = NOW + timedelta(days=1)
        rows = {
            "waiting": account(cast),
            "confirmed": account(cast, confirmed_at=NOW, confirmed_by_user_id=cast.olga.user.id),
            "replaced": account(
                cast, confirmed_at=NOW, confirmed_by_user_id=cast.olga.user.id, replaced_at=later
            ),
            "declined": account(cast, replaced_at=later),
        }
        with nothing_written():
            for action, call in DETAILS.items():
                for state, row in rows.items():
                    for actor in actors(cast):
                        expected = expected_of_details(cast, action, state, actor)
                        if expected and (met := refusal_of(call, actor, row)) is not expected:
                            wrong.append((action, state, actor.label, met))
    assert wrong == []


def expected_of_details(cast: Cast, action: str, state: str, actor: Actor) -> type[Exception] | None:
    if not actor.can("bank.confirm"):
        return PermissionDenied
    if action == "reveal":
        return None
    if state != "waiting":
        return bank_accounts.AccountNotWaiting
    is_proposer = actor.user_id == cast.felix.user.id
    return bank_accounts.ProposerCannotConfirm if action == "confirm" and is_proposer else None


def test_no_forbidden_answer_of_the_bank_is_recorded(cast: Cast) -> None:
    """Each state of a payment, each answer, each person."""
    wrong = []
    answers = sorted({outcome for taken in OUTCOMES.values() for outcome in taken})
    with tenant_context(cast.acme.id):
        run = runs(cast)["exported"]
        items = {
            state: PayoutItem.objects.create(
                run=run, partner=cast.northwind, currency=f"Y{chr(65 + place)}Y", gross_minor=1, amount_minor=1,
                state=state,
            )
            for place, state in enumerate(ItemState.values)
        }  # fmt: skip
        with nothing_written():
            for state, item in items.items():
                for outcome in answers:
                    for actor in actors(cast):
                        lacks = not actor.can(STEPS["settle"].permission)
                        if not lacks and outcome in OUTCOMES.get(state, frozenset()):
                            continue
                        expected = PermissionDenied if lacks else OutcomeRefused
                        met = refusal_of(answer(outcome), actor, item)
                        if met is not expected:
                            wrong.append((outcome, state, actor.label, met))
    assert wrong == []


def answer(outcome: str) -> Call:
    return lambda actor, item: record_outcome(
        actor=actor, item=item, outcome=outcome, event_ref="E", note="", at=NOW
    )
