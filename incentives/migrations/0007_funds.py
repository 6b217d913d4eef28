"""Marketing funds: budgets, allocations, requests, claims and costs; reimbursements, which the ledger owes beside
entries.

A reimbursement is posted in an open month alone, as entries and transfers are.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0006_seals"),
        ("partners", "0020_subscriptions"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="ledgeraccount",
            name="code",
            field=models.CharField(
                choices=[
                    ("expense", "Expense"),
                    ("funds_expense", "Expense, marketing funds"),
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
        migrations.CreateModel(
            name="FundsBudget",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                (
                    "share_percent",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="Vendor's share, %"),
                ),
                ("starts_on", models.DateField(verbose_name="Activities from")),
                ("ends_on", models.DateField(verbose_name="Activities until")),
                ("claims_until", models.DateField(verbose_name="Claims until")),
                ("amount_minor", models.BigIntegerField()),
                ("purpose", models.CharField(blank=True, max_length=500, verbose_name="What it is for")),
                ("allocated_minor", models.BigIntegerField(default=0)),
                ("second_above_minor", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("created_by_label", models.CharField(max_length=200)),
                (
                    "segment",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.segment",
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
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__gt", 0), ("share_percent__lte", 100)),
                        name="funds_budget_share_is_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("claims_until__gte", models.F("ends_on")),
                            ("ends_on__gte", models.F("starts_on")),
                        ),
                        name="funds_budget_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("allocated_minor__gte", 0),
                            ("allocated_minor__lte", models.F("amount_minor")),
                            ("amount_minor__gt", 0),
                        ),
                        name="funds_budget_is_not_exceeded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("second_above_minor__gte", 0)),
                        name="funds_budget_limit_is_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsAllocation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                (
                    "share_percent",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="Vendor's share, %"),
                ),
                ("starts_on", models.DateField(verbose_name="Activities from")),
                ("ends_on", models.DateField(verbose_name="Activities until")),
                ("claims_until", models.DateField(verbose_name="Claims until")),
                ("amount_minor", models.BigIntegerField()),
                ("held_minor", models.BigIntegerField(default=0)),
                ("allocated_at", models.DateTimeField()),
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
                    "budget",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="incentives.fundsbudget",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "budget", "partner"), name="funds_allocation_one_per_partner"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gte", 0),
                            ("held_minor__gte", 0),
                            ("held_minor__lte", models.F("amount_minor")),
                        ),
                        name="funds_allocation_is_not_exceeded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsClaim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("submitted_by_label", models.CharField(blank=True, max_length=200)),
                ("submitted_by_user_id", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("decided_by_user_id", models.UUIDField(null=True)),
                ("seconded_at", models.DateTimeField(null=True)),
                ("seconded_by_label", models.CharField(blank=True, max_length=200)),
                ("seconded_by_user_id", models.UUIDField(null=True)),
                ("last_reason", models.CharField(blank=True, max_length=500)),
                ("last_reason_by", models.CharField(blank=True, max_length=200)),
                ("number", models.BigIntegerField()),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="Note")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waits for a decision"),
                            ("returned", "Sent back for changes"),
                            ("half_approved", "Waits for the second approval"),
                            ("settled", "Approved for payment"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=13,
                    ),
                ),
                ("net_minor", models.BigIntegerField(default=0)),
                ("gross_minor", models.BigIntegerField(default=0)),
                ("computed_minor", models.BigIntegerField(default=0)),
                ("paid_minor", models.BigIntegerField(default=0)),
                ("refused_minor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("settled_on", models.DateField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="funds_claim_one_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by_user_id__isnull", True),
                                ("submitted_by_user_id__isnull", True),
                                models.Q(
                                    ("decided_by_user_id", models.F("submitted_by_user_id")), _negated=True
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("seconded_by_user_id__isnull", True),
                                models.Q(
                                    models.Q(
                                        ("seconded_by_user_id", models.F("decided_by_user_id")), _negated=True
                                    ),
                                    models.Q(
                                        ("submitted_by_user_id__isnull", True),
                                        models.Q(
                                            ("seconded_by_user_id", models.F("submitted_by_user_id")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="funds_claim_by_different_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_minor__gte", 0),
                            ("paid_minor__lte", models.F("computed_minor")),
                            ("refused_minor__gte", 0),
                        ),
                        name="funds_claim_pays_what_was_computed",
                    ),
                ],
                "indexes": [models.Index(fields=["tenant", "state", "id"], name="funds_claim_by_state")],
            },
        ),
        migrations.CreateModel(
            name="FundsCost",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("description", models.CharField(max_length=200, verbose_name="What was paid for")),
                ("supplier", models.CharField(max_length=160, verbose_name="Supplier")),
                ("invoice_number", models.CharField(max_length=60, verbose_name="Invoice number")),
                ("invoiced_on", models.DateField(verbose_name="Invoice date")),
                ("net_minor", models.BigIntegerField()),
                ("gross_minor", models.BigIntegerField()),
                ("share_minor", models.BigIntegerField(default=0)),
                ("paid_minor", models.BigIntegerField(default=0)),
                ("objection", models.CharField(blank=True, max_length=300)),
                (
                    "claim",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="costs",
                        to="incentives.fundsclaim",
                    ),
                ),
                (
                    "file",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prm.storedfile",
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
                    models.CheckConstraint(
                        condition=models.Q(("gross_minor__gte", models.F("net_minor")), ("net_minor__gt", 0)),
                        name="funds_cost_net_within_gross",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_minor__gte", 0), ("paid_minor__lte", models.F("share_minor"))
                        ),
                        name="funds_cost_pays_its_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("submitted_by_label", models.CharField(blank=True, max_length=200)),
                ("submitted_by_user_id", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("decided_by_user_id", models.UUIDField(null=True)),
                ("seconded_at", models.DateTimeField(null=True)),
                ("seconded_by_label", models.CharField(blank=True, max_length=200)),
                ("seconded_by_user_id", models.UUIDField(null=True)),
                ("last_reason", models.CharField(blank=True, max_length=500)),
                ("last_reason_by", models.CharField(blank=True, max_length=200)),
                ("number", models.BigIntegerField()),
                ("activity", models.CharField(max_length=160, verbose_name="Activity")),
                ("purpose", models.CharField(max_length=2000, verbose_name="What it is to bring")),
                ("expected_leads", models.PositiveIntegerField(null=True, verbose_name="Leads expected")),
                ("starts_on", models.DateField(verbose_name="First day")),
                ("ends_on", models.DateField(verbose_name="Last day")),
                ("planned_minor", models.BigIntegerField()),
                ("asked_minor", models.BigIntegerField()),
                ("committed_minor", models.BigIntegerField(default=0)),
                ("claimed_minor", models.BigIntegerField(default=0)),
                ("released_minor", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "Waits for a decision"),
                            ("returned", "Sent back for changes"),
                            ("half_approved", "Waits for the second approval"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("finished", "Finished"),
                            ("expired", "Expired"),
                        ],
                        default="submitted",
                        max_length=13,
                    ),
                ),
                ("reminded_days", models.SmallIntegerField(null=True)),
                (
                    "allocation",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="incentives.fundsallocation",
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="funds_request_one_per_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by_user_id__isnull", True),
                                ("submitted_by_user_id__isnull", True),
                                models.Q(
                                    ("decided_by_user_id", models.F("submitted_by_user_id")), _negated=True
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("seconded_by_user_id__isnull", True),
                                models.Q(
                                    models.Q(
                                        ("seconded_by_user_id", models.F("decided_by_user_id")), _negated=True
                                    ),
                                    models.Q(
                                        ("submitted_by_user_id__isnull", True),
                                        models.Q(
                                            ("seconded_by_user_id", models.F("submitted_by_user_id")),
                                            _negated=True,
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="funds_request_by_different_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_minor__gt", 0),
                            ("claimed_minor__gte", 0),
                            (
                                "committed_minor__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("claimed_minor"), "+", models.F("released_minor")
                                ),
                            ),
                            ("committed_minor__lte", models.F("asked_minor")),
                            ("planned_minor__gt", 0),
                            ("released_minor__gte", 0),
                        ),
                        name="funds_request_is_not_exceeded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="funds_request_days_in_order",
                    ),
                ],
                "indexes": [models.Index(fields=["tenant", "state", "id"], name="funds_request_by_state")],
            },
        ),
        migrations.AddField(
            model_name="fundsclaim",
            name="request",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="incentives.fundsrequest",
            ),
        ),
        migrations.CreateModel(
            name="Reimbursement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("source_type", models.CharField(max_length=30)),
                ("source_id", models.UUIDField()),
                ("label", models.CharField(max_length=200)),
                ("partner_id", models.UUIDField()),
                ("period_on", models.DateField()),
                ("occurred_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("free_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
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
                        fields=("tenant", "source_type", "source_id"), name="reimbursement_one_per_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="reimbursement_amount_is_positive"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["tenant", "partner_id", "period_on"], name="reimbursement_of_a_partner"
                    )
                ],
            },
        ),
        TenantTable("FundsBudget", wall="staff"),
        TenantTable("FundsAllocation", wall="partner_id"),
        TenantTable("FundsRequest", wall="partner_id"),
        TenantTable("FundsClaim", wall="partner_id"),
        TenantTable("FundsCost", wall="partner_id"),
        TenantTable("Reimbursement", wall="partner_id", append_only=True),
        migrations.RunSQL(
            "CREATE TRIGGER open_months_only AFTER INSERT ON incentives_reimbursement REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION guard.refuse_closed_period()",
            "DROP TRIGGER open_months_only ON incentives_reimbursement",
        ),
    ]
