"""What deals would earn, kept beside them for both sides."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable

OPTIONS: dict[str, Any] = {
    "abstract": False,
    "base_manager_name": "objects",
    "default_manager_name": "objects",
}


def row_id() -> tuple[str, Any]:
    return (
        "id",
        models.UUIDField(default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
    )


def of_tenant() -> tuple[str, Any]:
    return (
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
    )


def reference(to: str, related: str = "+", on_delete: Any = django.db.models.deletion.PROTECT) -> Any:
    return prm.tenancy.models.TenantForeignKey(
        db_constraint=False, db_index=False, on_delete=on_delete, related_name=related, to=to
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0016_backtests"), ("partners", "0006_deals")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DealEstimate",
            fields=[
                row_id(),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("occurred_on", models.DateField()),
                ("product_name", models.CharField(blank=True, max_length=200)),
                ("made_at", models.DateTimeField()),
                ("deal", reference("partners.deal", on_delete=django.db.models.deletion.CASCADE)),
                ("partner", reference("partners.partner")),
                of_tenant(),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "deal"), name="deal_estimate_one_per_deal")
                ],
            },
        ),
        migrations.CreateModel(
            name="EstimatedAmount",
            fields=[
                row_id(),
                ("component_id", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("earlier_minor", models.BigIntegerField()),
                ("inputs", models.JSONField(default=dict)),
                (
                    "estimate",
                    reference("incentives.dealestimate", "amounts", django.db.models.deletion.CASCADE),
                ),
                ("partner", reference("partners.partner")),
                ("version", reference("incentives.planversion")),
                of_tenant(),
            ],
            options={
                **OPTIONS,
                "indexes": [models.Index(fields=["tenant", "estimate"], name="estimated_amount_of")],
            },
        ),
        TenantTable("DealEstimate", wall="partner_id"),
        TenantTable("EstimatedAmount", wall="partner_id"),
    ]
