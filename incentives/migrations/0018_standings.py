"""How far partners are in the running windows of what pays by volume or by goal."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0017_deal_estimates")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("component_id", models.CharField(max_length=40)),
                ("window_on", models.DateField()),
                ("window_ends_on", models.DateField()),
                ("volume", models.DecimalField(decimal_places=6, max_digits=24)),
                ("goal", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ("earned_minor", models.BigIntegerField()),
                ("as_of", models.DateField()),
                ("made_at", models.DateTimeField()),
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
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
                (
                    "version",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incentives.planversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "partner", "version", "component_id"),
                        name="standing_one_per_component",
                    )
                ],
            },
        ),
        TenantTable("Standing", wall="partner_id"),
    ]
