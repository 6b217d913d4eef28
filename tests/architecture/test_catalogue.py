"""What Postgres itself says about isolation, on the migrated schema."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from prm.tenancy.models import TenantModel
from prm.tenancy.operations import IDENTITY_SCOPE, TENANT_MATCHES, partner_policies
from prm.tenancy.roles import refuse_over_privileged_role

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, TenantModel)]
GLOBAL_UNIQUE = {"api_token_one_per_prefix"}
GUARDS = {
    "active_tenants",
    "application_of_link",
    "brand_logo",
    "company_is_known",
    "every_tenant",
    "places_of",
    "refuse_change",
    "refuse_changing_version",
    "refuse_closed_period",
    "refuse_reopening",
    "refuse_sealed_time",
    "tenant_by_slug",
    "tenant_of_invitation",
    "token_by_prefix",
    "next_number",
    "claim_standing",
    "claim_turn",
    "is_impartial",
    "partners_below",
    "place_below",
    "company_was_rejected",
    "credit_facts",
    "handout_of",
    "listed_partners",
    "listed_specialisations",
    "merged_partners",
    "own_customers",
    "own_customer_lines",
    "own_held_by_deals",
    "own_tax_percent",
    "paid_of_own_lines",
    "sales_below",
    "graded",
    "certificate_of",
}


def rows(query: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_every_table_with_tenant_id_has_forced_policies() -> None:
    bare = rows(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') "
        "AND NOT (relrowsecurity AND relforcerowsecurity) AND oid IN "
        "(SELECT attrelid FROM pg_attribute WHERE attname = 'tenant_id' AND NOT attisdropped)"
    )
    assert bare == []


@pytest.mark.django_db
def test_every_tenant_model_has_such_a_table() -> None:
    tables = {
        name
        for (name,) in rows(
            "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relforcerowsecurity"
        )
    }
    assert {model._meta.db_table for model in TENANT_MODELS} <= tables


@pytest.mark.django_db
@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model.__name__)
def test_policies_are_the_generated_text(model: type[TenantModel]) -> None:
    wall = getattr(model, "wall", "staff")
    wanted = {("tenant_isolation", "PERMISSIVE", "ALL"): TENANT_MATCHES}
    for command, condition in partner_policies(wall).items():
        wanted[f"partner_scope_{command.lower()}", "RESTRICTIVE", command] = condition
    found = rows(
        "SELECT policyname, permissive, cmd, coalesce(qual, with_check), roles::text FROM pg_policies "
        "WHERE tablename = %s",
        model._meta.db_table,
    )
    assert {role for *_, role in found} == {"{prm_app}"}
    assert {(name, kind, command): squeeze(text) for name, kind, command, text, _ in found} == {
        key: squeeze(canonical(text)) for key, text in wanted.items()
    }


def canonical(condition: str) -> str:
    """The condition as Postgres prints it: made into a policy of a temporary table and read back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE probe (id uuid, tenant_id uuid, partner_id uuid, application_id uuid)"
        )
        cursor.execute(f"CREATE POLICY probe ON probe USING ({condition})")
        cursor.execute("SELECT qual FROM pg_policies WHERE tablename = 'probe'")
        text: str = cursor.fetchone()[0]
        cursor.execute("DROP TABLE probe")
    return text


def squeeze(text: str) -> str:
    return " ".join(text.replace("pg_temp.", "").split())


@pytest.mark.django_db
def test_references_between_tenant_tables_carry_the_tenant() -> None:
    plain = rows(
        "SELECT c.conname FROM pg_constraint c WHERE c.contype = 'f' "
        "AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.conrelid AND attname = 'tenant_id') "
        "AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.confrelid AND attname = 'tenant_id') "
        "AND NOT EXISTS (SELECT 1 FROM unnest(c.conkey) k JOIN pg_attribute a "
        "ON a.attrelid = c.conrelid AND a.attnum = k WHERE a.attname = 'tenant_id')"
    )
    assert plain == []


@pytest.mark.django_db
def test_keys_and_unique_indexes_are_led_by_the_tenant() -> None:
    others = rows(
        "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indisunique "
        "AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = i.indrelid AND attname = 'tenant_id') "
        "AND (SELECT attname FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0]) <> 'tenant_id'"
    )
    assert {name for (name,) in others} == GLOBAL_UNIQUE


@pytest.mark.django_db
def test_identity_tables_open_in_the_identity_scope_alone() -> None:
    found = rows(
        "SELECT tablename, with_check FROM pg_policies WHERE policyname = 'identity_scope' ORDER BY tablename"
    )
    assert [table for table, _ in found] == [
        "account_emailaddress",
        "account_emailconfirmation",
        "mfa_authenticator",
        "prm_user",
    ]
    assert {squeeze(check) for _, check in found} == {squeeze(canonical(IDENTITY_SCOPE))}


@pytest.mark.django_db
def test_no_view_shows_rows_with_its_owners_eyes() -> None:
    views = rows(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND "
        "(relkind = 'm' OR (relkind = 'v' AND NOT coalesce(reloptions::text LIKE '%%security_invoker=true%%', false)))"
    )
    assert views == []


@pytest.mark.django_db
def test_guard_functions_are_the_known_ones_and_not_public() -> None:
    functions = rows(
        "SELECT p.proname, p.prosecdef, has_function_privilege('public', p.oid, 'EXECUTE') FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'guard'"
    )
    assert {name for name, _, _ in functions} == GUARDS
    assert [name for name, definer, public in functions if definer and public] == []
    elsewhere = rows(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname NOT IN ('guard', 'pg_catalog')"
    )
    assert elsewhere == []


@pytest.mark.django_db
def test_the_products_role_is_weak_enough() -> None:
    with connection.cursor() as cursor:
        refuse_over_privileged_role(cursor)


@pytest.mark.django_db
def test_without_a_context_raw_sql_sees_nothing(cast: Any) -> None:
    seen = {}
    with connection.cursor() as cursor:
        for model in TENANT_MODELS:
            cursor.cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}"'
            )  # past the alarm, to the wall
            seen[model.__name__] = cursor.cursor.fetchone()[0]
        cursor.cursor.execute("SELECT count(*) FROM prm_tenant")
        seen["Tenant"] = cursor.cursor.fetchone()[0]
        cursor.cursor.execute("SELECT count(*) FROM prm_user")
        seen["User"] = cursor.cursor.fetchone()[0]
    assert {name: count for name, count in seen.items() if count} == {}
