"""Row policies and keys of the facts."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("analytics", "0001_initial"), ("partners", "0002_isolate")]

    operations: ClassVar = [
        TenantTable("PartnerMonth", wall="partner_id"),
        TenantTable("DirtyMonth", wall="staff"),
    ]
