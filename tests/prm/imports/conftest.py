"""The kind of the tests stands beside the real ones while a test runs."""

from collections.abc import Iterator

import pytest

from prm.imports import kinds
from tests.prm.imports.kinds import CLUBS


@pytest.fixture(autouse=True)
def clubs() -> Iterator[None]:
    kinds._kinds["clubs"] = CLUBS
    yield
    del kinds._kinds["clubs"]
