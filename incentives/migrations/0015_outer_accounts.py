"""What the vendor's bookkeeping calls our accounts."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0014_withholding"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="OuterAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "code",
                    models.CharField(
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
                ("number", models.CharField(max_length=20)),
                ("set_at", models.DateTimeField()),
                ("set_by_label", models.CharField(max_length=200)),
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
                    models.UniqueConstraint(fields=("tenant", "code"), name="outer_account_one_per_code")
                ],
            },
        ),
        TenantTable("OuterAccount", wall="staff"),
    ]
