"""The database itself refuses postings into a closed month, and a closed month that changes.

Also: who said what of a payment, and why a run was sent back.
"""

from typing import ClassVar

from django.db import migrations, models

AS_GUARD = "SET LOCAL ROLE prm_guard"
AS_OWNER = "SET LOCAL ROLE prm_owner"

# The caller's own policies apply, and they show the month of every row that they let in. FOR SHARE makes a closing that
# is under way and a posting wait for each other; FOR SHARE reads what the other has committed.
REFUSE_CLOSED_PERIOD = """
CREATE FUNCTION guard.refuse_closed_period() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $guard$
BEGIN
    IF (SELECT bool_or(held.closed_at IS NOT NULL) FROM (
        SELECT p.closed_at FROM public.incentives_period p
        WHERE (p.tenant_id, p.starts_on) IN (SELECT DISTINCT a.tenant_id, a.period_on FROM added a)
        FOR SHARE OF p) held)
    THEN
        RAISE EXCEPTION 'rows of % are posted in open months only', TG_TABLE_NAME USING ERRCODE = 'P0001';
    END IF;
    RETURN NULL;
END $guard$
"""

REFUSE_REOPENING = """
CREATE FUNCTION guard.refuse_reopening() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $guard$
BEGIN
    RAISE EXCEPTION 'a closed month is never changed or removed' USING ERRCODE = 'P0001';
END $guard$
"""


def trigger_function(text: str, name: str) -> list[str]:
    return [
        AS_GUARD,
        text,
        f"REVOKE ALL ON FUNCTION guard.{name}() FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION guard.{name}() TO prm_owner, prm_app",
        AS_OWNER,
    ]


def drop_function(name: str) -> list[str]:
    return [AS_GUARD, f"DROP FUNCTION guard.{name}()", AS_OWNER]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0003_statistics")]

    operations: ClassVar = [
        migrations.AddField("itemoutcome", "recorded_by_user_id", models.UUIDField(null=True)),
        migrations.AddField(
            "payoutrun", "last_reason", models.CharField(blank=True, db_default="", max_length=500)
        ),
        migrations.AddField(
            "payoutrun", "last_reason_by", models.CharField(blank=True, db_default="", max_length=200)
        ),
        migrations.RunSQL(
            trigger_function(REFUSE_CLOSED_PERIOD, "refuse_closed_period"),
            drop_function("refuse_closed_period"),
        ),
        migrations.RunSQL(
            trigger_function(REFUSE_REOPENING, "refuse_reopening"), drop_function("refuse_reopening")
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER open_months_only AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
                f"FOR EACH STATEMENT EXECUTE FUNCTION guard.refuse_closed_period()",
                f"DROP TRIGGER open_months_only ON {table}",
            )
            for table in ("incentives_entry", "incentives_transfer")
        ),
        migrations.RunSQL(
            "CREATE TRIGGER closed_for_good BEFORE UPDATE OR DELETE ON incentives_period FOR EACH ROW "
            "WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION guard.refuse_reopening()",
            "DROP TRIGGER closed_for_good ON incentives_period",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER closed_for_good_table BEFORE TRUNCATE ON incentives_period FOR EACH STATEMENT "
            "EXECUTE FUNCTION guard.refuse_reopening()",
            "DROP TRIGGER closed_for_good_table ON incentives_period",
        ),
    ]
