"""Adjustments by hand: proposals, the vendor's limit, and what they make of the ledger's rows beside entries."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0009_goals"),
        ("partners", "0021_invoices"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=500, verbose_name="Reason")),
                ("belongs_on", models.DateField(verbose_name="Month that it is about")),
                ("entry_id", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for the second person"),
                            ("posted", "Posted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=9,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by_id", models.UUIDField()),
                ("proposed_by_label", models.CharField(max_length=200)),
                ("proposed_by_user_id", models.UUIDField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("decided_by_user_id", models.UUIDField(null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=500)),
                ("posted_on", models.DateField(null=True)),
                ("ledger_id", models.UUIDField(null=True)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="adjustment_is_not_nothing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("belongs_on__day", 1)), name="adjustment_belongs_to_a_month"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by_user_id__isnull", True),
                            ("state", "withdrawn"),
                            models.Q(("decided_by_user_id", models.F("proposed_by_user_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="adjustment_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ledger_id__isnull", False),
                                ("posted_on__isnull", False),
                                ("state", "posted"),
                            ),
                            models.Q(
                                models.Q(("state", "posted"), _negated=True),
                                ("ledger_id__isnull", True),
                                ("posted_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="adjustment_posted_with_its_row",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AdjustmentTerms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("second_above_minor", models.BigIntegerField(default=100000)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("second_above_minor__gte", 0)),
                        name="adjustment_limit_is_not_negative",
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reimbursement",
            name="reimbursement_amount_is_positive",
        ),
        migrations.AddField(
            model_name="reimbursement",
            name="belongs_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="reimbursement",
            name="settles_with",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="reimbursement",
            name="written_by_user_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="code",
            field=models.CharField(
                choices=[
                    ("expense", "Expense"),
                    ("funds_expense", "Expense, marketing funds"),
                    ("adjustment_expense", "Expense, adjustments"),
                    ("payable_pending", "Payable, pending"),
                    ("payable_available", "Payable, available"),
                    ("in_transit", "In transit"),
                    ("bank", "Bank"),
                    ("clawback_due", "Clawback due"),
                    ("withholding", "Withholding"),
                    ("fx_clearing", "Exchange clearing"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="reimbursement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    models.Q(("amount_minor__lt", 0), ("source_type", "adjustment")),
                    _connector="OR",
                ),
                name="reimbursement_amount_has_its_sign",
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
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
            model_name="adjustment",
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
            model_name="adjustment",
            name="takes_back",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opposites",
                to="incentives.adjustment",
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
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
            model_name="adjustmentterms",
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
            model_name="adjustment",
            index=models.Index(fields=["tenant", "state", "-number"], name="adjustment_by_state"),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["tenant", "partner", "-number"], name="adjustment_of_a_partner"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(fields=("tenant", "number"), name="adjustment_one_per_number"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "posted"])),
                fields=("tenant", "takes_back"),
                name="adjustment_taken_back_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustmentterms",
            constraint=models.UniqueConstraint(fields=("tenant",), name="adjustment_terms_one"),
        ),
        TenantTable("AdjustmentTerms", wall="staff"),
        TenantTable("Adjustment", wall="partner_id"),
    ]
