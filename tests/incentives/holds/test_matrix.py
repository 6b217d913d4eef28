"""Every pair of person, state and step that holds do not allow is refused, and nothing is written."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from incentives.earnings.models import Entry
from incentives.holds import actions
from incentives.holds.models import Hold, HoldCause
from incentives.holds.refusals import EndsWithDispute, HoldRefused, ReleasedAlready
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.matrix import ADMINS, FINANCE, Step, check_steps

HOLDERS = ADMINS | FINANCE
RELEASE = {
    "release": Step(
        lambda actor, row: actions.release_hold(actor=actor, hold=row, reason="They came", at=NOW),
        HOLDERS,
        {"hand"},
    )
}
PLACE = {
    "place": Step(
        lambda actor, partner: actions.place_hold(
            actor=actor, wanted=actions.Wanted(partner, "Papers are missing"), at=NOW
        ),
        HOLDERS,
        {"new"},
    )
}
REFUSALS: dict[str, type[Exception]] = {
    "hand": HoldRefused,
    "dispute": EndsWithDispute,
    "released": ReleasedAlready,
}


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """Northwind has an entry."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 1_000_000)
    calculate(cast.acme, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        yield cast


def placed(cast: Cast) -> Hold:
    wanted = actions.Wanted(cast.northwind, "Papers are missing")
    return actions.place_hold(actor=cast.felix.actor, wanted=wanted, at=NOW)


STATES: dict[str, Callable[[Cast], Hold]] = {
    "hand": placed,
    "dispute": lambda cast: actions.hold_disputed(
        actor=cast.paul.actor, entry=Entry.objects.get(), partner=cast.northwind, reason="Q-1", at=NOW
    ),
    "released": lambda cast: actions.release_hold(
        actor=cast.felix.actor, hold=placed(cast), reason="They came", at=NOW
    ),
}


def test_the_matrix_knows_every_cause() -> None:
    assert set(STATES) == {*HoldCause.values, "released"} == set(REFUSALS)


@pytest.mark.parametrize("state", STATES)
def test_no_hold_is_released_twice_or_by_others(inside: Cast, state: str) -> None:
    hold = STATES[state](inside)
    check_steps(inside, RELEASE, state=state, subject=hold, refusal=REFUSALS[state])


def test_nobody_else_places_a_hold(inside: Cast) -> None:
    check_steps(inside, PLACE, state="new", subject=inside.northwind, refusal=HoldRefused, unseen=())
