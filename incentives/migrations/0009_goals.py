"""The goals of single partners."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0008_payer_accounts"), ("partners", "0002_isolate")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PartnerGoal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("component_id", models.CharField(max_length=40)),
                ("window_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=6, max_digits=20, null=True)),
                ("changed_at", models.DateTimeField()),
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
                    "plan",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goals",
                        to="incentives.plan",
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "partner", "plan", "component_id", "window_on"),
                        name="partner_goal_one_per_window",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                        name="partner_goal_above_zero",
                    ),
                ],
                "indexes": [models.Index(fields=["tenant", "changed_at"], name="partner_goal_changed")],
            },
        ),
        TenantTable("PartnerGoal", wall="partner_id"),
    ]
