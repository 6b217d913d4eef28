"""Migration operations that write what Django cannot: keys led by the tenant, row policies, guards.

Promise: one text for every policy; a table that carries tenant_id goes through `TenantTable`.
Called by: migrations only.
"""

from abc import abstractmethod
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from prm.tenancy.models import TenantForeignKey

Editor = BaseDatabaseSchemaEditor

TENANT_MATCHES = "tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)"
# Asked once a statement, to its end: rows meet a boolean, which the planner takes for a half, not for one in hundreds.
STAFF_ONLY = "(SELECT current_setting('app.scope', true) = 'tenant')"
PARTNER_MATCHES = (
    "("
    + STAFF_ONLY
    + " OR {column} = ANY ((SELECT NULLIF(current_setting('app.partner_ids', true), '')::uuid[])::uuid[]))"
)


def partner_policies(wall: str) -> dict[str, str]:
    """What narrows a partner's work further: the condition of the restrictive policy for each command."""
    if wall == "staff-reads":
        return dict.fromkeys(("SELECT", "UPDATE", "DELETE"), STAFF_ONLY)
    if wall == "shared":
        return dict.fromkeys(("INSERT", "UPDATE", "DELETE"), STAFF_ONLY)
    return {"ALL": STAFF_ONLY if wall == "staff" else PARTNER_MATCHES.format(column=wall)}


def _clauses(command: str, condition: str) -> str:
    """A row that is there must pass USING, a row that is written must pass WITH CHECK."""
    using, check = f"USING ({condition})", f"WITH CHECK ({condition})"
    return {"INSERT": check, "SELECT": using, "DELETE": using}.get(command, f"{using} {check}")


class InPostgres(Operation):
    """What lives in Postgres alone: the Django state is not changed. Where a table goes with its CreateModel, there is
    nothing to take back."""

    reversible = True
    atomic = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self.forwards(schema_editor, app_label, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self.backwards(schema_editor)

    @abstractmethod
    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        """`state`: as it is with the migration."""

    def backwards(self, editor: Editor) -> None:
        """As it was before."""


class TenantTable(InPostgres):
    """Make a model's table a tenant table: key (tenant_id, id), composite references, forced row policies.

    `wall` says what a partner's work may do: "staff" nothing; "staff-reads" add rows and read none; the name of a
    column holding a partner's id: everything, with its own rows; "shared" read, and write nothing. `append_only`
    refuses UPDATE, DELETE and TRUNCATE for everyone. `references=False` leaves the foreign keys out, for the bulk
    subledger.
    """

    def __init__(
        self, model_name: str, *, wall: str, append_only: bool = False, references: bool = True
    ) -> None:
        self.model_name = model_name
        self.wall = wall
        self.append_only = append_only
        self.references = references

    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table
        statements = [*self._keys(model, table), *self._policies(table)]
        if self.append_only:
            statements += append_only_statements(table)
        for statement in statements:
            editor.execute(statement)

    def describe(self) -> str:
        return f"Isolate {self.model_name} by tenant (wall: {self.wall})"

    def _keys(self, model: Any, table: str) -> list[str]:
        statements = [
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (tenant_id, id)',
        ]
        if not self.references:
            return statements
        statements += under_policies(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_tenant_exists" '
            f"FOREIGN KEY (tenant_id) REFERENCES prm_tenant (id)"
        )
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                target = field.remote_field.model._meta.db_table
                statements += composite_reference(
                    table, field.column, target, index=not _is_led(model, field.name)
                )
        return statements

    def _policies(self, table: str) -> list[str]:
        statements = [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY tenant_isolation ON "{table}" AS PERMISSIVE FOR ALL TO prm_app '
            f"USING ({TENANT_MATCHES}) WITH CHECK ({TENANT_MATCHES})",
        ]
        return statements + [
            f'CREATE POLICY partner_scope_{command.lower()} ON "{table}" AS RESTRICTIVE FOR {command} TO prm_app '
            + _clauses(command, condition)
            for command, condition in partner_policies(self.wall).items()
        ]


class RewrittenPolicies(InPostgres):
    """Put other words for `words` into the policies of all tables that stand, as Postgres prints them."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        _rewrite_policies(editor, self.words)

    def backwards(self, editor: Editor) -> None:
        _rewrite_policies(editor, {new: old for old, new in self.words.items()})

    def describe(self) -> str:
        return "Say the conditions of policies in other words"


def _rewrite_policies(editor: Editor, words: dict[str, str]) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, qual, with_check FROM pg_policies WHERE schemaname = 'public'"
        )
        found = cursor.fetchall()
    for table, policy, using, check in found:
        clauses = ""
        for name, condition in (("USING", using), ("WITH CHECK", check)):
            said = condition or ""
            for old, new in words.items():
                said = said.replace(old, new)
            clauses += f" {name} ({said})" if said != (condition or "") else ""
        if clauses:
            editor.execute(f'ALTER POLICY "{policy}" ON "{table}"{clauses}')


def _is_led(model: Any, field_name: str) -> bool:
    """Whether a declared index or constraint already begins with (tenant, field)."""
    declared = [*model._meta.indexes, *(c for c in model._meta.constraints if hasattr(c, "fields"))]
    return any(
        list(rule.fields[:2]) == ["tenant", field_name] and getattr(rule, "condition", None) is None
        for rule in declared
    )


def composite_reference(table: str, column: str, target: str, *, index: bool = True) -> list[str]:
    """A foreign key within the tenant, and the tenant-led index that serves it."""
    reference = (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_same_tenant" FOREIGN KEY (tenant_id, "{column}") '
        f'REFERENCES "{target}" (tenant_id, id) DEFERRABLE INITIALLY IMMEDIATE'
    )
    led = f'CREATE INDEX "{table}_{column}_led" ON "{table}" (tenant_id, "{column}")'
    return [*under_policies(reference), led] if index else under_policies(reference)


def under_policies(statement: str) -> list[str]:
    """Run one statement with row policies on.

    Postgres validates a new reference with a query that the migrating role's `row_security = off` turns into an
    error; the tables these operations run on are new and empty, so under policies it finds nothing to object to.
    """
    return ["SET LOCAL row_security = on", statement, "SET LOCAL row_security = off"]


def append_only_statements(table: str) -> list[str]:
    """Take the rights away and raise by trigger: a cascade and the owner are stopped as well."""
    return [
        f'REVOKE UPDATE, DELETE ON "{table}" FROM prm_app',
        f'CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION guard.refuse_change()",
        f'CREATE TRIGGER append_only_table BEFORE TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION guard.refuse_change()",
    ]


class GuardFunction(InPostgres):
    """A SECURITY DEFINER function of role prm_guard: the few look-ups that must happen before a tenant is known, or
    behind a partner's wall. `writes` names the one table that the function also writes."""

    def __init__(self, signature: str, returns: str, body: str, *, writes: str = "") -> None:
        self.signature = signature
        self.returns = returns
        self.body = body
        self.writes = writes

    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        grant = [f'GRANT INSERT, UPDATE ON "{self.writes}" TO prm_guard'] if self.writes else []
        volatility = "VOLATILE" if self.writes else "STABLE"
        for statement in (
            *grant,
            "SET LOCAL ROLE prm_guard",
            f"CREATE OR REPLACE FUNCTION guard.{self.signature} RETURNS {self.returns} LANGUAGE sql {volatility} "
            f"SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $guard$ {self.body} $guard$",
            f"REVOKE ALL ON FUNCTION guard.{self.signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION guard.{self.signature} TO prm_app",
            "SET LOCAL ROLE prm_owner",
        ):
            editor.execute(statement)

    def backwards(self, editor: Editor) -> None:
        editor.execute("SET LOCAL ROLE prm_guard")
        editor.execute(f"DROP FUNCTION guard.{self.signature}")
        editor.execute("SET LOCAL ROLE prm_owner")

    def describe(self) -> str:
        return f"Guard function {self.signature.split('(')[0]}"


class TenantRoot(InPostgres):
    """Isolate the tenant table itself: its own id is the tenant; nobody deletes a tenant at runtime."""

    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        condition = TENANT_MATCHES.replace("tenant_id =", "id =")
        for statement in (
            "ALTER TABLE prm_tenant ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE prm_tenant FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant_isolation ON prm_tenant AS PERMISSIVE FOR ALL TO prm_app "
            f"USING ({condition}) WITH CHECK ({condition})",
            "REVOKE DELETE ON prm_tenant FROM prm_app",
        ):
            editor.execute(statement)

    def describe(self) -> str:
        return "Isolate the tenant table by its own id"


IDENTITY_SCOPE = "(SELECT current_setting('app.scope', true)) = 'auth'"
COLLEAGUE = "EXISTS (SELECT 1 FROM prm_membership m WHERE m.user_id = prm_user.id)"


class IdentityTable(InPostgres):
    """Wall a global identity table: open to the identity scope alone; people also to those they work with."""

    def __init__(self, table: str, *, colleagues_see: bool = False) -> None:
        self.table = table
        self.colleagues_see = colleagues_see

    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        seen = f"{IDENTITY_SCOPE} OR {COLLEAGUE}" if self.colleagues_see else IDENTITY_SCOPE
        for statement in (
            f'ALTER TABLE "{self.table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{self.table}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY identity_scope ON "{self.table}" AS PERMISSIVE FOR ALL TO prm_app '
            f"USING ({seen}) WITH CHECK ({IDENTITY_SCOPE})",
        ):
            editor.execute(statement)

    def backwards(self, editor: Editor) -> None:
        editor.execute(f'DROP POLICY identity_scope ON "{self.table}"')
        editor.execute(f'ALTER TABLE "{self.table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Wall identity table {self.table}"


class CompositeReference(InPostgres):
    """A reference within the tenant that Django's models do not know: a plain uuid column of a lower app."""

    def __init__(self, table: str, column: str, target: str) -> None:
        self.table = table
        self.column = column
        self.target = target

    def forwards(self, editor: Editor, app_label: str, state: ProjectState) -> None:
        for statement in composite_reference(self.table, self.column, self.target):
            editor.execute(statement)

    def backwards(self, editor: Editor) -> None:
        editor.execute(f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.table}_{self.column}_same_tenant"')
        editor.execute(f'DROP INDEX "{self.table}_{self.column}_led"')

    def describe(self) -> str:
        return f"Reference {self.table}.{self.column} to {self.target} within the tenant"
