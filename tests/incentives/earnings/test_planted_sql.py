"""The comparison with the SQL notices a wrong one: in its text, in what it is given, in what is read of it."""

from datetime import date
from functools import cache

import pytest

from incentives.plans import reference
from incentives.plans.facts import Facts
from tests.support import comparison, stored_facts
from tests.support.planted_sql import OF_FACTS, OF_RESULT, OF_SQL
from tests.support.programmes import SPAN, programme
from tests.support.stored_facts import with_uuids

pytestmark = pytest.mark.django_db
PROGRAMMES = (4, 1, 2)  # one of them notices each mistake


@cache
def made(number: int) -> tuple[Facts, reference.Evaluation]:
    known = with_uuids(programme(f"planted:{number}"))
    return known, reference.evaluate(known, *SPAN)


def faults(number: int) -> list[str]:
    known, told = made(number)
    return comparison.sql_differences(known, told)


def first_faults() -> list[str]:
    """Of the first programme that has any."""
    return next(filter(None, map(faults, PROGRAMMES)), [])


@pytest.mark.parametrize("number", PROGRAMMES)
def test_without_a_mistake_there_is_nothing_to_notice(number: int) -> None:
    assert faults(number) == []


@pytest.mark.parametrize("mistake", OF_SQL)
def test_a_mistake_in_the_text_is_noticed(mistake: str) -> None:
    with OF_SQL.planted(mistake):
        found = first_faults()
    assert found
    assert not any(fault.startswith("the run is ") for fault in found), "it says something else, not nothing"


@pytest.mark.parametrize("mistake", OF_FACTS)
def test_a_mistake_in_what_is_stored_is_noticed(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = stored_facts.store
    monkeypatch.setattr(stored_facts, "store", lambda known, *span: right(OF_FACTS[mistake](known), *span))
    assert first_faults()


@pytest.mark.parametrize("mistake", OF_RESULT)
def test_a_mistake_in_what_is_read_is_noticed(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = stored_facts.calculated
    monkeypatch.setattr(
        stored_facts, "calculated", lambda known, *span: OF_RESULT[mistake](right(known, *span))
    )
    assert len(faults(PROGRAMMES[0])) == 1


def test_a_calculation_that_did_not_finish_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = stored_facts.calculated

    def failed(known: Facts, *span: date) -> stored_facts.Calculated:
        found = right(known, *span)
        found.run.state = "failed"
        return found

    monkeypatch.setattr(stored_facts, "calculated", failed)
    assert faults(PROGRAMMES[0]) == ["the run is failed: "]
