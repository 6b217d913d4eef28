"""What deals are about to sell, as people told it; which facts an estimate lacks, and why plans pay nothing for it."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


def reference(to: str, on_delete: Any = django.db.models.deletion.PROTECT) -> Any:
    return prm.tenancy.models.TenantForeignKey(
        db_constraint=False, db_index=False, on_delete=on_delete, related_name="+", to=to
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0025_exclusions_and_hand_answers"), ("partners", "0006_deals")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DealProduct",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("quantity", models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ("cost_minor", models.BigIntegerField(null=True)),
                ("months", models.PositiveSmallIntegerField(default=0)),
                ("deal", reference("partners.deal", django.db.models.deletion.CASCADE)),
                ("partner", reference("partners.partner")),
                ("product", reference("partners.product")),
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
                        fields=("tenant", "deal", "product"), name="deal_product_one_per_product"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="deal_product_is_worth_something"
                    ),
                ],
            },
        ),
        TenantTable("DealProduct", wall="partner_id"),
        migrations.RemoveField(model_name="dealestimate", name="product_name"),
        migrations.AddField(model_name="dealestimate", name="taken", field=models.JSONField(default=list)),
        migrations.AddField(model_name="dealestimate", name="missing", field=models.JSONField(default=list)),
        migrations.AddField(model_name="dealestimate", name="unpaid", field=models.JSONField(default=list)),
    ]
