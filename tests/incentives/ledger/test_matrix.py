"""Who closes which month: every other pair of person and month is refused, by the action and at the page, and nothing
is written."""

from datetime import UTC, date, datetime

import pytest

from incentives.earnings.actions import start_calculation
from incentives.ledger import actions
from incentives.ledger.console import CLOSING_FAULTS
from incentives.ledger.queries import next_to_close
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import calculate
from tests.support.matrix import ADMINS, FINANCE, Form, Step, check_forms, check_steps

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
CLOSERS = ADMINS | FINANCE
# As the books below stand: which month is asked for, when, and what is raised; "" is a month that may be closed.
MONTHS: dict[str, tuple[date, date, type[Exception]]] = {
    "": (FEBRUARY, date(2026, 3, 1), AssertionError),
    "closed": (JANUARY, date(2026, 6, 1), actions.PeriodIsClosed),
    "before the one before it": (MARCH, date(2026, 6, 1), actions.PeriodClosesInOrder),
    "on its last day": (FEBRUARY, date(2026, 2, 28), actions.PeriodNotOver),
    "older than the books": (date(2025, 12, 1), date(2026, 6, 1), actions.PeriodNotCalculated),
    "not the first of a month": (date(2026, 2, 15), date(2026, 6, 1), actions.PeriodNotCalculated),
}


@pytest.fixture
def books(cast: Cast) -> Cast:
    """January is closed, February is calculated."""
    for month in (JANUARY, FEBRUARY):
        calculate(cast.acme, month)
    with tenant_context(cast.acme.id):
        actions.close_period(actor=cast.felix.actor, period_on=JANUARY, at=noon(date(2026, 2, 1)))
    return cast


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def check_closing(cast: Cast, case: str, month: date, day: date, refusal: type[Exception]) -> None:
    close = Step(
        lambda actor, asked: actions.close_period(actor=actor, period_on=asked, at=noon(day)), CLOSERS, {""}
    )
    with tenant_context(cast.acme.id):
        check_steps(cast, {"close": close}, state=case, subject=month, refusal=refusal, unseen=())


def test_every_refusal_of_closing_is_met_here() -> None:
    assert {refusal for _month, _day, refusal in MONTHS.values()} == {*CLOSING_FAULTS, AssertionError}


@pytest.mark.parametrize("case", MONTHS)
def test_a_month_is_closed_by_its_people_in_its_turn_alone(books: Cast, case: str) -> None:
    check_closing(books, case, *MONTHS[case])


def test_a_month_that_is_being_calculated_is_closed_by_nobody(books: Cast) -> None:
    with tenant_context(books.acme.id):
        start_calculation(actor=books.vera.actor, period_on=FEBRUARY, at=noon(MARCH))
    check_closing(books, "being calculated", FEBRUARY, MARCH, actions.PeriodNotCalculated)


def test_at_the_page_the_next_month_is_closed_by_its_people_and_no_other_month_by_anybody(
    books: Cast,
) -> None:
    """Told by what is written: the page answers a refusal with words."""
    forms = {
        day: Form(f"/acme/m/ledger/periods/{day}/close/", {})
        for day in ("2025-12-01", "2026-01-01", "2026-02-01", "2026-02-15", "2026-03-01", "2026-04-01")
    }
    check_forms(books, forms, {"2026-02-01": CLOSERS})


def test_a_refused_closing_leaves_the_next_month_the_next(books: Cast) -> None:
    with tenant_context(books.acme.id):
        with pytest.raises(actions.PeriodNotCalculated):
            actions.close_period(
                actor=books.felix.actor, period_on=date(2025, 12, 1), at=noon(date(2026, 6, 1))
            )
        following = next_to_close()
        assert following is not None
        assert following.starts_on == FEBRUARY
