"""Two people move partners at the same moment: first the race as it would be, then its absence."""

from datetime import date
from threading import Barrier, BrokenBarrierError, Thread
from unittest.mock import patch

import pytest
from django.db import connections

from partners.directory import actions
from partners.directory.models import Partner, PartnerParent
from partners.directory.rules import first_cycle_day
from partners.directory.tree import links_above
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, stage

pytestmark = pytest.mark.race
DAY = date(2026, 3, 1)


@pytest.fixture
def cast(own_database: str) -> Cast:
    return stage()


def move_both_ways(cast: Cast) -> list[str]:
    """Northwind under Southwind and Southwind under Northwind, from two transactions that begin together."""
    outcomes: list[str] = []
    start = Barrier(2)

    def move(partner: Partner, parent: Partner) -> None:
        try:
            with tenant_context(cast.acme.id):
                start.wait(10)
                actions.move_partner(
                    actor=cast.vera.actor, partner=partner, parent=parent, starts_on=DAY, at=NOW
                )
                meet(0.5)
            outcomes.append("moved")
        except actions.PartnerTreeCycle:
            outcomes.append("circle")
        finally:
            connections.close_all()

    both = Barrier(2)

    def meet(seconds: float) -> None:
        """Hold the transaction open until the other one has written too, if it ever can."""
        try:
            both.wait(seconds)
        except BrokenBarrierError:  # the other one waits for us: that is the point of the lock
            both.abort()

    pairs = [(cast.northwind, cast.southwind), (cast.southwind, cast.northwind)]
    threads = [Thread(target=move, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def circle(cast: Cast) -> date | None:
    with tenant_context(cast.acme.id):
        return first_cycle_day(links_above(cast.northwind.id), cast.northwind.id)


def test_without_the_lock_two_good_moves_close_a_circle(cast):
    with patch.object(actions, "lock_tree"):
        assert move_both_ways(cast) == ["moved", "moved"]
    assert circle(cast) == DAY


def test_with_the_lock_the_second_mover_is_told(cast):
    assert move_both_ways(cast) == ["circle", "moved"]
    assert circle(cast) is None
    with tenant_context(cast.acme.id):
        assert PartnerParent.objects.count() == 1
