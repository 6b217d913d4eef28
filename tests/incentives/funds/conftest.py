"""The stage that tests of funds' steps share."""

from collections.abc import Iterator

import pytest

from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.funds import Stage, allocate, make_budget


@pytest.fixture
def stage(cast: Cast) -> Iterator[Stage]:
    """A budget of 20,000.00, half of costs, a second person above 10,000.00; 8,000.00 of it are Northwind's."""
    with tenant_context(cast.acme.id):
        budget = make_budget(cast)
        yield Stage(cast, budget, allocate(cast, budget))
