"""A split line keeps its terms, each share what its partner may know of the line; lines are found by import."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.models
from prm.tenancy.operations import CompositeReference


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0003_name_keys"), ("prm", "0002_isolate")]

    operations: ClassVar = [
        migrations.AddField(
            "saleline",
            "split_terms",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField("salesplit", "amount_minor", models.BigIntegerField(db_default=0)),
        migrations.AddField("salesplit", "cost_minor", models.BigIntegerField(null=True)),
        migrations.AddField(
            "salesplit", "currency", models.CharField(blank=True, db_default="", max_length=3)
        ),
        migrations.AddField(
            "salesplit",
            "kind",
            models.CharField(
                choices=[("sale", "Sale"), ("refund", "Refund")], db_default="sale", max_length=6
            ),
        ),
        migrations.AddField("salesplit", "occurred_on", models.DateField(null=True)),
        migrations.AddField(
            "salesplit", "order_number", models.CharField(blank=True, db_default="", max_length=80)
        ),
        migrations.AddField(
            "salesplit",
            "product",
            prm.tenancy.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.product",
            ),
        ),
        migrations.AddField("salesplit", "voided", models.BooleanField(db_default=False)),
        CompositeReference("partners_salesplit", "product_id", "partners_product"),
        migrations.AddIndex(
            "saleline",
            models.Index(
                fields=["tenant", "source", "refunded_external_id"],
                name="sale_line_waiting_refunds",
                condition=models.Q(refunded_line_id__isnull=True) & ~models.Q(refunded_external_id=""),
            ),
        ),
        migrations.AddIndex(
            "saleline",
            models.Index(
                fields=["tenant", "import_batch_id"],
                name="sale_line_by_import",
                condition=models.Q(import_batch_id__isnull=False),
            ),
        ),
        migrations.AddIndex(
            "salelinerevision",
            models.Index(fields=["tenant", "recorded_at"], name="sale_revision_by_recording"),
        ),
        migrations.AddIndex(
            "salesplit",
            models.Index(fields=["tenant", "partner", "occurred_on", "id"], name="sale_split_of_a_partner"),
        ),
    ]
