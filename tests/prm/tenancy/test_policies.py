"""Policies of tables that stand are brought to the words in which new tables get theirs."""

from importlib import import_module

import pytest
from django.db import connections

from prm.tenancy.operations import PARTNER_MATCHES, STAFF_ONLY, RewrittenPolicies

ONCE = import_module("prm.migrations.0010_policies_asked_once").ONCE
STAFF_BEFORE = "(SELECT current_setting('app.scope', true)) = 'tenant'"
PARTNER_BEFORE = (
    f"({STAFF_BEFORE} OR partner_id = ANY ((SELECT NULLIF(current_setting('app.partner_ids', true), ''))::uuid[]))"
)


@pytest.mark.django_db(databases=["default", "owner"])
def test_conditions_of_old_tables_become_those_of_new_ones_and_back() -> None:
    with connections["owner"].cursor() as cursor:
        for table, staff, partner in (
            ("probe_old", STAFF_BEFORE, PARTNER_BEFORE),
            ("probe_new", STAFF_ONLY, PARTNER_MATCHES.format(column="partner_id")),
        ):
            cursor.execute(f"CREATE TABLE {table} (partner_id uuid)")
            cursor.execute(f"CREATE POLICY a ON {table} FOR UPDATE USING ({staff}) WITH CHECK ({partner})")
            cursor.execute(f"CREATE POLICY b ON {table} FOR INSERT WITH CHECK ({staff})")
        before, new = _policies(cursor, "probe_old"), _policies(cursor, "probe_new")
        assert before != new
        with connections["owner"].schema_editor(atomic=False) as editor:
            RewrittenPolicies(ONCE).database_forwards("prm", editor, None, None)  # type: ignore[arg-type]
            assert _policies(cursor, "probe_old") == new
            RewrittenPolicies(ONCE).database_backwards("prm", editor, None, None)  # type: ignore[arg-type]
        assert _policies(cursor, "probe_old") == before


def _policies(cursor: object, table: str) -> list[tuple[str, ...]]:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT policyname, qual, with_check FROM pg_policies WHERE tablename = %s ORDER BY 1", [table]
    )
    return cursor.fetchall()  # type: ignore[attr-defined, no-any-return]
