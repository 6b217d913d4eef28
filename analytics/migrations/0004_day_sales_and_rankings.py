"""Sums of days that tell no partners apart, the days that wait for it, rankings. Rebuild with: prove_facts --rebuild."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("analytics", "0003_sold_days_and_categories"),
        ("prm", "0010_policies_asked_once"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DaySales",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sold_on", models.DateField()),
                ("through_partners", models.BooleanField()),
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
                        fields=("tenant", "sold_on", "through_partners", "currency"), name="day_sales_one"
                    )
                ],
            },
        ),
        TenantTable("DaySales", wall="staff"),
        migrations.CreateModel(
            name="DirtyDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sold_on", models.DateField()),
                ("marked_at", models.DateTimeField()),
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
                "indexes": [models.Index(fields=["tenant", "sold_on"], name="dirty_day_key")],
            },
        ),
        TenantTable("DirtyDay", wall="staff"),
        migrations.CreateModel(
            name="Ranking",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("before_starts_on", models.DateField()),
                ("before_ends_on", models.DateField()),
                ("basis", models.CharField(max_length=120)),
                ("active_now", models.IntegerField()),
                ("active_before", models.IntegerField()),
                ("movers", models.JSONField(default=list)),
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
                        fields=("tenant", "starts_on", "ends_on", "before_starts_on", "before_ends_on"),
                        name="ranking_one",
                    )
                ],
            },
        ),
        TenantTable("Ranking", wall="staff"),
    ]
