"""The accounts that money leaves, the kind of file that each writes, and the number of a payment order."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import CompositeReference, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0007_funds")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PayerAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "file_kind",
                    models.CharField(
                        choices=[
                            ("pain001", "ISO 20022 transfers (pain.001.001.09)"),
                            ("1c", "1C payment orders (1CClientBankExchange)"),
                            ("csv", "Table (CSV)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=140)),
                ("account_sealed", models.BinaryField()),
                ("account_last4", models.CharField(max_length=4)),
                ("bank_code", models.CharField(blank=True, max_length=20)),
                ("bank_name", models.CharField(blank=True, max_length=140)),
                ("correspondent", models.CharField(blank=True, max_length=20)),
                ("tax_id", models.CharField(blank=True, max_length=12)),
                ("purpose", models.CharField(blank=True, max_length=100)),
                ("city", models.CharField(blank=True, max_length=60)),
                ("country", models.CharField(blank=True, max_length=2)),
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
                        condition=models.Q(
                            ("confirmed_by_user_id__isnull", True),
                            models.Q(
                                ("confirmed_by_user_id", models.F("proposed_by_user_id")), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="payer_account_confirmed_by_another",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", False), ("replaced_at__isnull", True)),
                        fields=("tenant", "currency"),
                        name="payer_account_one_per_currency",
                    ),
                ],
            },
        ),
        TenantTable("PayerAccount", wall="staff"),
        migrations.AddField(
            "payoutrun",
            "payer_account",
            prm.tenancy.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incentives.payeraccount",
            ),
        ),
        CompositeReference("incentives_payoutrun", "payer_account_id", "incentives_payeraccount"),
        migrations.AddField("payoutitem", "order_number", models.IntegerField(null=True)),
    ]
