"""The comparison notices what a person could get wrong: each planted mistake differs from the reference soon."""

from functools import cache
from typing import Any

import pytest

from incentives.plans import reference
from tests.oracle.evaluate import evaluate
from tests.oracle.planted import MISTAKES
from tests.oracle.planted_payments import OF_PAYMENTS
from tests.oracle.planted_windows import OF_WINDOWS
from tests.support.comparison import PAIRS, compare
from tests.support.oracle_facts import plain, said
from tests.support.programmes import SPAN, programme

REGISTRIES = (MISTAKES, OF_WINDOWS, OF_PAYMENTS)
MOST = 300  # programmes until a mistake must have been noticed


FIRST_DAY, LAST_DAY = (day.isoformat() for day in SPAN)


@cache
def made(number: int) -> tuple[dict[str, Any], dict[Any, tuple[int, int]]]:
    """A programme, and what the oracle makes of it; proved to be what the reference says, for each that is used."""
    known = programme(f"planted:{number}")
    data = plain(known)
    right = evaluate(data, FIRST_DAY, LAST_DAY)
    assert right == said(reference.evaluate(known, *SPAN)), f"programme {number}, without any mistake"
    return data, right


def noticed_at(mistake: str) -> int | None:
    """The first programme of which the oracle with the mistake says something else than without it."""
    planted = next(registry for registry in REGISTRIES if mistake in registry)
    for number in range(MOST):
        data, right = made(number)
        with planted.planted(mistake):
            found = evaluate(data, FIRST_DAY, LAST_DAY)
        if found != right:
            return number
    return None


@pytest.mark.parametrize("mistake", [mistake for registry in REGISTRIES for mistake in registry])
def test_a_planted_mistake_is_noticed(mistake: str) -> None:
    assert noticed_at(mistake) is not None, f"{MOST} programmes did not notice: {mistake}"


def test_without_a_mistake_there_is_nothing_to_notice() -> None:
    for number in range(25):
        data, right = made(number)
        assert evaluate(data, FIRST_DAY, LAST_DAY) == right


def test_a_disagreement_without_a_mistake_is_not_taken_for_one() -> None:
    """The reference says something else of one programme: whatever is planted, nothing counts as noticed there."""
    with (
        MISTAKES.planted("cut off instead of rounded"),
        pytest.raises(AssertionError, match="programme 0, without"),
    ):
        made.__wrapped__(0)


def test_the_command_counts_differences_and_missing_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    right = compare(2, 0, "planted", sql_every=0)
    assert (right.programmes, right.differences, len(right.uncovered)) == (2, 0, len(PAIRS))
    with MISTAKES.planted("cut off instead of rounded"):
        wrong = compare(2, 0, "planted", sql_every=0)
    assert wrong.differences > 0
    assert "PRM_SEED=planted PRM_FIRST=0 PRM_PROGRAMMES=1" in capsys.readouterr().out
