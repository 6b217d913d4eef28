"""Two partners register one customer at the same moment: first the race as it would be, then one accepted, one told."""

from datetime import date
from threading import Barrier, Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections

from partners.deals import actions, queries, refusals
from partners.deals.models import Deal
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person, stage
from tests.support.deals import make_line, moment, register

pytestmark = pytest.mark.race


@pytest.fixture
def cast(own_database: str) -> Cast:
    made = stage()
    make_line(made)
    return made


def register_both(cast: Cast) -> list[str]:
    """Each in a transaction of its own, held open until both have looked."""
    outcomes: list[str] = []
    start, looked = Barrier(2), Barrier(2)
    real = queries.standing_of

    def look(*args: Any, **options: Any) -> Any:
        found = real(*args, **options)
        try:
            looked.wait(0.5)
        except Exception:
            looked.abort()  # the other one waits for us: that is the point of the lock
        return found

    def go(person: Person) -> None:
        try:
            start.wait(10)
            register(person)
            outcomes.append("registered")
        except refusals.CustomerClaimed as claimed:
            outcomes.append(f"place {claimed.standing.place}")
        finally:
            connections.close_all()

    with patch.object(queries, "standing_of", look):
        threads = [Thread(target=go, args=(person,)) for person in (cast.paul, cast.sven)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    return sorted(outcomes)


def count(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return Deal.objects.count()


def test_without_the_lock_both_are_first(cast: Cast) -> None:
    with patch.object(actions, "lock_claim"):
        assert register_both(cast) == ["registered", "registered"]
    assert count(cast) == 2


def test_with_the_lock_one_is_accepted_and_the_other_told_its_place(cast: Cast) -> None:
    assert register_both(cast) == ["place 2", "registered"]
    assert count(cast) == 1


def test_who_gets_the_lock_second_is_second_whatever_its_clock_says(cast: Cast) -> None:
    register(cast.paul, at=moment(4, 1, 9, 0, 1))
    with pytest.raises(refusals.CustomerClaimed) as claimed:
        register(cast.sven, at=moment(4, 1, 9, 0, 0))
    assert (claimed.value.standing.place, count(cast)) == (2, 1)
    queued = register(cast.sven, at=moment(4, 1, 9, 0, 0), join_queue=True)
    with tenant_context(cast.acme.id):
        assert queries.place_of(queued, date(2026, 4, 1)) == 2
        assert queries.place_of(Deal.objects.exclude(id=queued.id).get(), date(2026, 4, 1)) == 1
