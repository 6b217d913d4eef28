"""Conflicts with their sides and evidence, parts of several partners in a deal, a second protection by ruling."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0008_tiers"),
        ("prm", "0004_numbers"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("claim_key", models.CharField(max_length=300)),
                ("customer", models.CharField(max_length=200, verbose_name="Customer")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Evidence is gathered"),
                            ("ruled", "Ruled, appeals are open"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=6,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("opened_by_label", models.CharField(max_length=200)),
                ("evidence_until", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("award", "Award to one"),
                            ("share", "Share between them"),
                            ("refuse", "Refuse all"),
                        ],
                        max_length=6,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=2000)),
                ("ruled_at", models.DateTimeField(null=True)),
                ("ruled_by_id", models.UUIDField(null=True)),
                ("ruled_by_label", models.CharField(blank=True, max_length=200)),
                ("appeal_until", models.DateField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ConflictSide",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("evidence_until", models.DateField()),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("awarded", "Awarded to you"),
                            ("shared", "Shared with you"),
                            ("refused", "Not awarded to you"),
                        ],
                        max_length=7,
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("words", models.CharField(blank=True, max_length=2000)),
                ("ruled_at", models.DateTimeField(null=True)),
                ("appeal_until", models.DateField(null=True)),
                (
                    "appeal",
                    models.CharField(blank=True, max_length=2000, verbose_name="Why the ruling is wrong"),
                ),
                ("appealed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DealPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("customer", models.CharField(max_length=200)),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("sourced", "Sourced"),
                            ("influenced", "Influenced"),
                            ("sold", "Sold"),
                            ("implemented", "Implemented"),
                        ],
                        max_length=11,
                        verbose_name="Part",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="Weight, %")),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("happened_on", models.DateField(verbose_name="When")),
                ("what", models.CharField(max_length=500, verbose_name="What happened")),
                ("told_at", models.DateTimeField()),
                ("told_by_label", models.CharField(max_length=200)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.RemoveConstraint(
            model_name="protection",
            name="protection_one_per_deal",
        ),
        migrations.AlterField(
            model_name="deal",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "In review"),
                    ("returned", "Waiting for the partner"),
                    ("queued", "Approved on condition"),
                    ("protected", "Protected"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Protection ended"),
                    ("won", "Won"),
                    ("lost", "Lost"),
                    ("shared", "Shared by a ruling"),
                ],
                default="submitted",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="protection",
            index=models.Index(fields=["tenant", "deal", "starts_on"], name="protection_of_a_deal"),
        ),
        migrations.AddField(
            model_name="conflict",
            name="line",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.productcategory",
                verbose_name="Product line",
            ),
        ),
        migrations.AddField(
            model_name="conflict",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=prm.tenancy.context.current_tenant_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.tenant",
            ),
        ),
        migrations.AddField(
            model_name="conflictside",
            name="conflict",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sides",
                to="partners.conflict",
            ),
        ),
        migrations.AddField(
            model_name="conflictside",
            name="deal",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="partners.deal",
            ),
        ),
        migrations.AddField(
            model_name="conflictside",
            name="partner",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AddField(
            model_name="conflictside",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=prm.tenancy.context.current_tenant_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.tenant",
            ),
        ),
        migrations.AddField(
            model_name="dealpart",
            name="deal",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="partners.deal",
            ),
        ),
        migrations.AddField(
            model_name="dealpart",
            name="partner",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
                verbose_name="Partner",
            ),
        ),
        migrations.AddField(
            model_name="dealpart",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=prm.tenancy.context.current_tenant_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.tenant",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="file",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="side",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="evidence",
                to="partners.conflictside",
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=prm.tenancy.context.current_tenant_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.tenant",
            ),
        ),
        migrations.AddIndex(
            model_name="conflict",
            index=models.Index(fields=["tenant", "state", "opened_at"], name="conflict_by_state"),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.UniqueConstraint(fields=("tenant", "number"), name="conflict_one_per_number"),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("tenant", "claim_key", "line"),
                name="conflict_one_open_per_customer_and_line",
            ),
        ),
        migrations.AddIndex(
            model_name="conflictside",
            index=models.Index(fields=["tenant", "partner", "-id"], name="conflict_side_of_a_partner"),
        ),
        migrations.AddConstraint(
            model_name="conflictside",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verdict", "")),
                fields=("tenant", "deal"),
                name="conflict_side_one_undecided_per_deal",
            ),
        ),
        migrations.AddIndex(
            model_name="dealpart",
            index=models.Index(fields=["tenant", "partner"], name="deal_part_of_a_partner"),
        ),
        migrations.AddConstraint(
            model_name="dealpart",
            constraint=models.UniqueConstraint(
                fields=("tenant", "deal", "partner", "part"), name="deal_part_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dealpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gt", 0), ("percent__lte", 100)),
                name="deal_part_weighs_something",
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["tenant", "side", "happened_on"], name="evidence_of_a_side"),
        ),
        TenantTable("Conflict", wall="staff"),
        TenantTable("ConflictSide", wall="partner_id"),
        TenantTable("Evidence", wall="partner_id"),
        TenantTable("DealPart", wall="partner_id"),
        # Whether a member may be rung for about a partner: a partner's own work rings, and may not read declarations.
        GuardFunction(
            "is_impartial(member uuid, whose uuid)",
            "boolean",
            "SELECT NOT EXISTS (SELECT 1 FROM public.partners_declaredinterest i "
            "WHERE i.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid "
            "AND i.member_id = member AND i.partner_id = whose)",
        ),
    ]
