"""Disputes of partners, and within how many days they are answered."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0011_holds"),
        ("partners", "0021_invoices"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("entry_id", models.UUIDField(null=True)),
                ("line_id", models.UUIDField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("answered", "Answered"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("language", models.CharField(max_length=5)),
                ("opened_at", models.DateTimeField()),
                ("opened_by_label", models.CharField(max_length=200)),
                ("answer_by", models.DateField()),
                ("ruling", models.CharField(blank=True, max_length=2000, verbose_name="Ruling")),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                (
                    "adjustment",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incentives.adjustment",
                    ),
                ),
                (
                    "hold",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incentives.hold",
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
                    models.Index(fields=["tenant", "state", "answer_by"], name="dispute_by_day"),
                    models.Index(fields=["tenant", "adjustment"], name="dispute_of_an_adjustment"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="dispute_one_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("entry_id__isnull", False), ("state__in", ["open", "answered"])),
                        fields=("tenant", "entry_id"),
                        name="dispute_one_live_per_entry",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("line_id__isnull", False), ("state__in", ["open", "answered"])),
                        fields=("tenant", "line_id", "partner"),
                        name="dispute_one_live_per_sale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry_id__isnull", False), ("line_id__isnull", True)),
                            models.Q(("entry_id__isnull", True), ("line_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="dispute_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state__in", ["open", "answered"])),
                            models.Q(
                                models.Q(("state__in", ["open", "answered"]), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="dispute_decided_with_its_moment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeTerms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("answer_days", models.PositiveSmallIntegerField(default=10, verbose_name="Days to answer")),
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
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="dispute_terms_one")],
            },
        ),
        TenantTable("DisputeTerms", wall="shared"),
        TenantTable("Dispute", wall="partner_id"),
    ]
