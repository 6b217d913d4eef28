"""Everything a tenant owns, table by table, as the database's own catalogue knows it.

Promise: a table added tomorrow is exported tomorrow; secrets' hashes stay home; called by the command `export_tenant`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg2 import sql

from prm.tenancy.context import require_context

WITHHELD_COLUMNS = frozenset({"secret_hash"})
FETCHED_AT_ONCE = 2_000

_TABLES = """
    SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND EXISTS (
        SELECT 1 FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
    ORDER BY c.relname
"""
_PEOPLE = """
    SELECT json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'language', u.language)::text
    FROM public.prm_user u
    WHERE EXISTS (SELECT 1 FROM public.prm_membership m WHERE m.user_id = u.id) ORDER BY u.id
"""


def list_tenant_tables() -> list[str]:
    """Every table that carries tenant_id."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall()]


def each_row(table: str) -> Iterator[dict[str, Any]]:
    """The rows of one table that belong to the tenant in context, in the order of the key."""
    order = sql.SQL(", ").join(sql.Identifier(name) for name in _key_columns(table))
    query = sql.SQL("SELECT row_to_json(t)::text FROM {} t WHERE tenant_id = {} ORDER BY {}").format(
        sql.Identifier(table), sql.Literal(str(require_context().tenant_id)), order
    )
    for text in _each_text(query):
        row: dict[str, Any] = json.loads(text, parse_float=str)
        yield {name: value for name, value in row.items() if name not in WITHHELD_COLUMNS}


def each_tenant_row() -> Iterator[dict[str, Any]]:
    """The tenant's own row, then nothing: it has no tenant_id of its own."""
    query = sql.SQL("SELECT row_to_json(t)::text FROM prm_tenant t WHERE id = {}").format(
        sql.Literal(str(require_context().tenant_id))
    )
    yield from map(json.loads, _each_text(query))


def each_person() -> Iterator[dict[str, Any]]:
    """Name and address of everybody who has or had a place in the tenant; no password, no second factor."""
    yield from map(json.loads, _each_text(sql.SQL(_PEOPLE)))


@contextmanager
def one_moment() -> Iterator[None]:
    """Let the transaction opened inside see one moment of every table; must stand around `tenant_context`."""
    if connection.in_atomic_block:  # a test's own transaction has begun already
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_isolation = 'repeatable read'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET default_transaction_isolation")


def _key_columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a "
            "ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
            "WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY array_position(i.indkey, a.attnum)",
            [f'public."{table}"'],
        )
        return [name for (name,) in cursor.fetchall()]


def _each_text(query: sql.Composable) -> Iterator[str]:
    """One column of text, fetched in portions by a cursor on the server, inside the transaction that is open."""
    assert transaction.get_connection().in_atomic_block
    with connection.connection.cursor(name="tenant_export") as cursor:
        cursor.itersize = FETCHED_AT_ONCE
        cursor.execute(query)
        for (text,) in cursor:
            yield text
