"""The decisions of a payout: steps and states, the content hash, when a run is settled."""

import dataclasses
from itertools import product

import pytest

from incentives.payouts.rules import (
    STATES,
    STEPS,
    PayableItem,
    account_digest,
    content_hash,
    may_take,
    settling_step,
)

ALLOWED = {
    ("calculate", "draft"), ("calculate", "calculated"), ("calculate", "failed"),
    ("finish_calculation", "calculating"), ("fail_calculation", "calculating"), ("cancel", "failed"),
    ("submit", "calculated"), ("approve", "submitted"), ("reject", "submitted"), ("reject", "approved"),
    ("cancel", "draft"), ("cancel", "calculating"), ("cancel", "calculated"), ("cancel", "submitted"),
    ("cancel", "approved"), ("export", "approved"), ("finish_export", "exporting"), ("refuse_export", "exporting"),
    ("settle", "exported"), ("settle_partly", "exported"), ("reopen", "settled"), ("reopen", "partly_settled"),
}  # fmt: skip
ITEM = PayableItem("NW", "EUR", 10_000, 0, account_digest("account"))


def test_every_pair_of_step_and_state_is_decided() -> None:
    assert {pair for pair in product(STEPS, STATES) if may_take(*pair)} == ALLOWED


@pytest.mark.parametrize(
    "change",
    [
        {"partner_code": "SW"},
        {"currency": "USD"},
        {"amount_minor": 9_999},
        {"withheld_minor": 1},
        {"account": account_digest("another")},
    ],
    ids=str,
)
def test_the_hash_holds_everything_that_the_bank_acts_on(change: dict[str, object]) -> None:
    assert content_hash([ITEM]) != content_hash([dataclasses.replace(ITEM, **change)])  # type: ignore[arg-type]


def test_the_hash_does_not_depend_on_order_but_on_number() -> None:
    other = dataclasses.replace(ITEM, partner_code="SW")
    assert content_hash([ITEM, other]) == content_hash([other, ITEM])
    assert content_hash([ITEM, ITEM]) != content_hash([ITEM])


@pytest.mark.parametrize(
    ("states", "step"),
    [
        ([], None),
        (["sent", "paid"], None),
        (["unknown", "paid"], None),
        (["paid", "paid"], "settle"),
        (["paid", "returned"], "settle_partly"),
        (["returned"], "settle_partly"),
    ],
)
def test_a_run_is_settled_when_no_answer_is_missing(states: list[str], step: str | None) -> None:
    assert settling_step(states) == step
