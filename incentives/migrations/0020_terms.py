"""Terms of a plan's version: the text, who is asked for it, who accepted it; a published version is frozen."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable

AS_GUARD = "SET LOCAL ROLE prm_guard"
AS_OWNER = "SET LOCAL ROLE prm_owner"

# Everything that partners read, accept or are paid by.
FROZEN = (
    "tenant_id", "plan_id", "number", "document", "note", "starts_on", "ends_on", "published_at", "terms",
    "pays_after_acceptance",
)  # fmt: skip
REFUSE_CHANGING = """
CREATE FUNCTION guard.refuse_changing_version() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $guard$
BEGIN
    RAISE EXCEPTION 'a published version of a plan is never changed or removed' USING ERRCODE = 'P0001';
END $guard$
"""
CHANGED = "({old}) IS DISTINCT FROM ({new})".format(
    old=", ".join(f"OLD.{name}" for name in FROZEN), new=", ".join(f"NEW.{name}" for name in FROZEN)
)


def key() -> Any:
    return models.UUIDField(default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)


def reference(to: str) -> Any:
    return prm.tenancy.models.TenantForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


def tenant() -> Any:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        default=prm.tenancy.context.current_tenant_id,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="prm.tenant",
    )


def once(name: str) -> Any:
    return models.UniqueConstraint(fields=("tenant", "partner", "version"), name=name)


def options(constraint: Any) -> dict[str, Any]:
    return {
        "abstract": False,
        "base_manager_name": "objects",
        "default_manager_name": "objects",
        "constraints": [constraint],
    }


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0018_standings")]

    operations: ClassVar = [
        migrations.AddField("planversion", "terms", models.JSONField(default=dict)),
        migrations.AddField(
            "planversion", "pays_after_acceptance", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddConstraint(
            "planversion",
            models.CheckConstraint(
                condition=models.Q(
                    ("pays_after_acceptance", False), models.Q(("terms", {}), _negated=True), _connector="OR"
                ),
                name="plan_version_waits_for_a_text",
            ),
        ),
        migrations.RunSQL(
            [
                AS_GUARD,
                REFUSE_CHANGING,
                "REVOKE ALL ON FUNCTION guard.refuse_changing_version() FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION guard.refuse_changing_version() TO prm_owner, prm_app",
                AS_OWNER,
            ],
            [AS_GUARD, "DROP FUNCTION guard.refuse_changing_version()", AS_OWNER],
        ),
        migrations.RunSQL(
            "CREATE TRIGGER published_for_good BEFORE UPDATE ON incentives_planversion FOR EACH ROW "
            f"WHEN (OLD.published_at IS NOT NULL AND {CHANGED}) "
            "EXECUTE FUNCTION guard.refuse_changing_version()",
            "DROP TRIGGER published_for_good ON incentives_planversion",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER published_stays BEFORE DELETE ON incentives_planversion FOR EACH ROW "
            "WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION guard.refuse_changing_version()",
            "DROP TRIGGER published_stays ON incentives_planversion",
        ),
        migrations.CreateModel(
            name="TermsRequest",
            fields=[
                ("id", key()),
                ("asked_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("partner", reference("partners.partner")),
                ("tenant", tenant()),
                ("version", reference("incentives.planversion")),
            ],
            options=options(once("terms_request_once")),
        ),
        TenantTable("TermsRequest", wall="partner_id"),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", key()),
                ("language", models.CharField(max_length=5)),
                ("text_hash", models.CharField(max_length=64)),
                ("accepted_at", models.DateTimeField()),
                ("accepted_by_label", models.CharField(max_length=200)),
                ("accepted_by_user_id", models.UUIDField(null=True)),
                ("on_behalf", models.BooleanField(default=False)),
                ("partner", reference("partners.partner")),
                ("tenant", tenant()),
                ("version", reference("incentives.planversion")),
            ],
            options=options(once("terms_acceptance_once")),
        ),
        TenantTable("TermsAcceptance", wall="partner_id", append_only=True),
    ]
