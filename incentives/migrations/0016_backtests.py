"""Drafts tried on past months: the test, what each partner would have got, who stood before a bound."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


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


def reference(
    to: str, related: str = "+", on_delete: Any = django.db.models.deletion.PROTECT, *, null: bool = False
) -> Any:
    return prm.tenancy.models.TenantForeignKey(
        db_constraint=False, db_index=False, null=null, on_delete=on_delete, related_name=related, to=to
    )


OPTIONS: dict[str, Any] = {
    "abstract": False,
    "base_manager_name": "objects",
    "default_manager_name": "objects",
}
CASCADE = django.db.models.deletion.CASCADE


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("incentives", "0015_outer_accounts"),
        ("partners", "0002_isolate"),
        ("prm", "0009_import_undoing"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Backtest",
            fields=[
                row_id(),
                ("revision", models.IntegerField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("throughout", models.BooleanField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Being tested"),
                            ("done", "Tested"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("failure", models.TextField(blank=True)),
                ("segments", models.JSONField(default=list)),
                ("started_by_label", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("job", reference("prm.job", null=True)),
                ("version", reference("incentives.planversion", "backtests")),
                of_tenant(),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("tenant", "version"),
                        name="backtest_one_going_on",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BacktestAmount",
            fields=[
                row_id(),
                ("month_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("posted_minor", models.BigIntegerField()),
                ("old_minor", models.BigIntegerField()),
                ("new_minor", models.BigIntegerField()),
                ("backtest", reference("incentives.backtest", "amounts", CASCADE)),
                ("partner", reference("partners.partner")),
                of_tenant(),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "backtest", "partner", "month_on", "currency"),
                        name="backtest_amount_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BacktestChance",
            fields=[
                row_id(),
                ("component_id", models.CharField(max_length=40)),
                ("window_on", models.DateField()),
                ("volume", models.DecimalField(decimal_places=6, max_digits=24)),
                ("bound", models.DecimalField(decimal_places=6, max_digits=24)),
                ("missing", models.DecimalField(decimal_places=6, max_digits=24)),
                ("gain_minor", models.BigIntegerField()),
                ("backtest", reference("incentives.backtest", "chances", CASCADE)),
                ("partner", reference("partners.partner")),
                of_tenant(),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "backtest", "partner", "component_id", "window_on"),
                        name="backtest_chance_one",
                    )
                ],
            },
        ),
        TenantTable("Backtest", wall="staff"),
        TenantTable("BacktestAmount", wall="staff"),
        TenantTable("BacktestChance", wall="staff"),
    ]
