"""A server that does nothing of its own accord while times are taken.

Promise: what one side leaves behind (dirty pages, rows to vacuum) is never paid for by the other; called by benches."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections


@contextmanager
def beyond_the_walls() -> Iterator[Any]:
    """The superuser, whom no policy holds."""
    from tests.support.databases import admin_connection

    link = admin_connection(connections["default"].settings_dict["NAME"])
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


@contextmanager
def no_vacuum_by_itself() -> Iterator[None]:
    """Else it begins beside whatever is measured when a table has grown, which is often the other side's."""
    _set_autovacuum("off")
    try:
        yield
    finally:
        _set_autovacuum("on")


def _set_autovacuum(value: str) -> None:
    with beyond_the_walls() as cursor:
        cursor.execute(f"ALTER SYSTEM SET autovacuum = {value}")
        cursor.execute("SELECT pg_reload_conf()")


def settle() -> None:
    """Vacuum and analyse everything, and write out what is dirty."""
    with beyond_the_walls() as cursor:
        cursor.execute("VACUUM (ANALYZE, SKIP_LOCKED)")
        cursor.execute("CHECKPOINT")
