"""A copy of the test's database, to do the same work there undisturbed; called by the crash tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from tests.support import databases


@contextmanager
def in_a_copy(name: str) -> Iterator[None]:
    """Everything inside happens to a copy of the same rows, which is gone afterwards."""
    copy = f"prm_own_{uuid4().hex[:12]}"
    databases.point_at("postgres")
    databases.clone(copy, template=name)
    databases.point_at(copy)
    try:
        yield
    finally:
        databases.point_at(name)
        databases.drop(copy)
