"""Which tax is withheld from payouts, by tax status and day."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0013_closing_documents"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="WithholdingRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("company", "Company"),
                            ("sole_trader", "Sole trader"),
                            ("self_employed", "Self-employed"),
                            ("individual", "Private person"),
                            ("foreign", "Foreign company"),
                        ],
                        max_length=14,
                        verbose_name="Tax status",
                    ),
                ),
                ("percent", models.DecimalField(decimal_places=3, max_digits=6, verbose_name="Rate, %")),
                ("starts_on", models.DateField(verbose_name="Payments from")),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by_user_id", models.UUIDField(null=True)),
                ("proposed_by_label", models.CharField(max_length=200)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by_user_id", models.UUIDField(null=True)),
                ("confirmed_by_label", models.CharField(blank=True, max_length=200)),
                ("replaced_at", models.DateTimeField(null=True)),
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
                        condition=models.Q(("percent__gte", 0), ("percent__lt", 100)),
                        name="withholding_rate_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by_user_id__isnull", True),
                            models.Q(
                                ("confirmed_by_user_id", models.F("proposed_by_user_id")), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="withholding_rate_confirmed_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False), ("replaced_at__isnull", True)),
                        fields=("tenant", "status", "starts_on"),
                        name="withholding_rate_one_a_day",
                    ),
                ],
            },
        ),
        TenantTable("WithholdingRate", wall="staff"),
    ]
