"""Holds: money of a partner, of a deal's sales or of one sale that no payout takes."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0010_adjustments"),
        ("partners", "0021_invoices"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                (
                    "cause",
                    models.CharField(
                        choices=[("hand", "Held by hand"), ("dispute", "Disputed")],
                        default="hand",
                        max_length=7,
                    ),
                ),
                ("entry_id", models.UUIDField(null=True)),
                ("line_id", models.UUIDField(null=True)),
                ("reason", models.CharField(max_length=500, verbose_name="Reason")),
                ("ends_on", models.DateField(null=True, verbose_name="Through")),
                ("placed_at", models.DateTimeField()),
                ("placed_by_label", models.CharField(max_length=200)),
                ("released_at", models.DateTimeField(null=True)),
                ("released_by_label", models.CharField(blank=True, max_length=200)),
                ("release_reason", models.CharField(blank=True, max_length=500)),
                (
                    "deal",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.deal",
                    ),
                ),
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["tenant", "partner", "released_at"], name="hold_of_a_partner")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="hold_one_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deal__isnull", True), ("entry_id__isnull", True), _connector="OR"
                        ),
                        name="hold_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("line_id__isnull", True), ("entry_id__isnull", False), _connector="OR"
                        ),
                        name="hold_of_a_sale_by_its_entry",
                    ),
                ],
            },
        ),
        TenantTable("Hold", wall="partner_id"),
    ]
