"""Let the application refresh the planner's statistics of the bulk tables that a calculation joins."""

from typing import ClassVar

from django.db import migrations

TABLES = ("partners_saleline", "partners_salesplit", "incentives_entry")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0002_isolate")]

    operations: ClassVar = [
        migrations.RunSQL(f"GRANT MAINTAIN ON {table} TO prm_app", f"REVOKE MAINTAIN ON {table} FROM prm_app")
        for table in TABLES
    ]
