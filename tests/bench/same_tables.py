"""Copies of the product's tables for the other side of a bench: same columns, indexes, checks, foreign keys, triggers,
rights and row policies, read from the database itself.

Promise: references among the copied tables lead to the copies; called by the benches of the calculation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

COPIED = (
    "incentives_entry",
    "incentives_lineoutcome",
    "incentives_ledgeraccount",
    "incentives_transfer",
)
_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'f' AND conparentid = 0 ORDER BY conname
"""
_TRIGGERS = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
_POLICIES = """
SELECT policyname, permissive, cmd, qual, with_check FROM pg_policies WHERE tablename = %s ORDER BY policyname
"""


def copy_of(table: str, name: str = "bench") -> str:
    return table.replace("incentives", name)


@contextmanager
def copied_tables(name: str = "bench") -> Iterator[None]:
    """They stand, empty, until the block ends."""
    copies = ", ".join(copy_of(table, name) for table in COPIED)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {copies}")
        for table in COPIED:
            cursor.execute(f"CREATE TABLE {copy_of(table, name)} (LIKE {table} INCLUDING ALL)")
        for table in COPIED:
            for statement in _rest_of(cursor, table, name):
                cursor.execute(statement)
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP TABLE {copies}")


def _rest_of(cursor: Any, table: str, name: str) -> list[str]:
    """What LIKE leaves out."""
    copy = copy_of(table, name)
    statements = [
        f"ALTER TABLE {copy} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {copy} FORCE ROW LEVEL SECURITY",
        f"GRANT SELECT, INSERT, MAINTAIN ON {copy} TO prm_app",
        "SET row_security = on",  # a new foreign key is checked by a query
    ]
    cursor.execute(_KEYS, [table])
    statements += [
        f"ALTER TABLE {copy} ADD CONSTRAINT {key} {_renamed(definition, name)}"
        for key, definition in cursor.fetchall()
    ]
    statements.append("SET row_security = off")
    cursor.execute(_TRIGGERS, [table])
    statements += [_renamed(trigger, name) for (trigger,) in cursor.fetchall()]
    cursor.execute(_POLICIES, [table])
    for policy, permissive, command, using, check in cursor.fetchall():
        clauses = (f"USING ({using})" if using else "") + (f" WITH CHECK ({check})" if check else "")
        statements.append(
            f"CREATE POLICY {policy} ON {copy} AS {permissive} FOR {command} TO prm_app {clauses}"
        )
    return statements


def _renamed(definition: str, name: str) -> str:
    for table in COPIED:
        for end in "( ":
            definition = definition.replace(f"{table}{end}", f"{copy_of(table, name)}{end}")
    return definition
