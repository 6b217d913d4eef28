"""Policies of tables that stand are brought to the words in which new tables get theirs."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.state import ProjectState

from prm.tenancy.operations import PARTNER_MATCHES, STAFF_ONLY, RewrittenPolicies

ONCE = import_module("prm.migrations.0010_policies_asked_once").ONCE
STAFF_BEFORE = "(SELECT current_setting('app.scope', true)) = 'tenant'"
PARTNERS_BEFORE = "(SELECT NULLIF(current_setting('app.partner_ids', true), ''))::uuid[]"
PARTNER_BEFORE = f"({STAFF_BEFORE} OR partner_id = ANY ({PARTNERS_BEFORE}))"


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
        rewriting, state = RewrittenPolicies(ONCE), ProjectState()
        with connections["owner"].schema_editor(atomic=False) as editor:
            rewriting.database_forwards("prm", editor, state, state)
            assert _policies(cursor, "probe_old") == new
            rewriting.database_backwards("prm", editor, state, state)
        assert _policies(cursor, "probe_old") == before


def _policies(cursor: Any, table: str) -> list[Any]:
    cursor.execute(
        "SELECT policyname, qual, with_check FROM pg_policies WHERE tablename = %s ORDER BY 1", [table]
    )
    return list(cursor.fetchall())
