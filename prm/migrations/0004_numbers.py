"""Short numbers from a guard function, so that a partner's work gets one without seeing the counters."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import GuardFunction


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prm", "0003_notices")]

    operations: ClassVar = [
        GuardFunction(
            "next_number(wanted text)",
            "bigint",
            "INSERT INTO public.prm_documentcounter AS c (id, tenant_id, kind, last_number) "
            "VALUES (uuidv7(), NULLIF(current_setting('app.tenant_id', true), '')::uuid, wanted, 1) "
            "ON CONFLICT (tenant_id, kind) DO UPDATE SET last_number = c.last_number + 1 RETURNING last_number",
            writes="prm_documentcounter",
        ),
    ]
