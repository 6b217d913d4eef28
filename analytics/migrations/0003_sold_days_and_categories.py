"""First and last day of a sale in each month, and sums by category. Rebuild with: prove_facts --rebuild."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("analytics", "0002_isolate"),
        ("prm", "0003_notices"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="partnermonth",
            name="first_sold_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="partnermonth",
            name="last_sold_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="PartnerCategoryMonth",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField(null=True)),
                ("month_on", models.DateField()),
                ("category_id", models.UUIDField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
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
                    models.UniqueConstraint(
                        fields=("tenant", "month_on", "partner_id", "category_id", "currency"),
                        name="partner_category_month_one",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        TenantTable("PartnerCategoryMonth", wall="partner_id"),
    ]
