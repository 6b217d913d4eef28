"""The ledger's seals, which close the time they cover; a payout run that could not be calculated."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
from prm.tenancy.operations import TenantTable

AS_GUARD = "SET LOCAL ROLE prm_guard"
AS_OWNER = "SET LOCAL ROLE prm_owner"

REFUSE_SEALED_TIME = """
CREATE FUNCTION guard.refuse_sealed_time() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $guard$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT a.tenant_id, min(a.recorded_at) AS earliest FROM added a GROUP BY a.tenant_id) e
        WHERE e.earliest < (SELECT max(s.until) FROM public.incentives_ledgerseal s WHERE s.tenant_id = e.tenant_id))
    THEN
        RAISE EXCEPTION 'transfers of a time that is sealed are not added' USING ERRCODE = 'P0001';
    END IF;
    RETURN NULL;
END $guard$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0005_proposals")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="payoutrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("calculating", "Calculating"),
                    ("calculated", "Calculated"),
                    ("failed", "Failed"),
                    ("submitted", "Submitted for approval"),
                    ("approved", "Approved"),
                    ("exporting", "Exporting"),
                    ("exported", "Exported"),
                    ("settled", "Settled"),
                    ("partly_settled", "Partly settled"),
                    ("cancelled", "Cancelled"),
                ],
                default="draft",
                max_length=15,
            ),
        ),
        migrations.CreateModel(
            name="LedgerSeal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("until", models.DateTimeField()),
                ("transfer_count", models.BigIntegerField()),
                ("chain_hash", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=prm.tenancy.context.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prm.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="ledger_seal_one_per_number")
                ],
            },
        ),
        TenantTable("LedgerSeal", wall="staff", append_only=True),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["tenant", "recorded_at", "id"], name="transfer_in_time"),
        ),
        migrations.RunSQL(
            [
                AS_GUARD,
                REFUSE_SEALED_TIME,
                "REVOKE ALL ON FUNCTION guard.refuse_sealed_time() FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION guard.refuse_sealed_time() TO prm_owner, prm_app",
                AS_OWNER,
            ],
            [AS_GUARD, "DROP FUNCTION guard.refuse_sealed_time()", AS_OWNER],
        ),
        migrations.RunSQL(
            "CREATE TRIGGER unsealed_time_only AFTER INSERT ON incentives_transfer REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard.refuse_sealed_time()",
            "DROP TRIGGER unsealed_time_only ON incentives_transfer",
        ),
    ]
