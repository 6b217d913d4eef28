"""Partners taken out of a payout run by hand; the bank's answers recorded by hand, which a second person confirms."""

from typing import Any, ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable

STATES = [
    ("waiting", "Waits for a second person"),
    ("confirmed", "Confirmed"),
    ("declined", "Declined"),
    ("overtaken", "Overtaken by another answer"),
]


def key() -> Any:
    return models.UUIDField(default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False)


def reference(to: str, related_name: str = "+", **kwargs: Any) -> Any:
    return prm.tenancy.models.TenantForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to, **kwargs
    )


def tenant() -> Any:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        default=prm.tenancy.context.current_tenant_id,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="prm.tenant",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0024_limit_rates"), ("partners", "0001_initial")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PayoutExclusion",
            fields=[
                ("id", key()),
                ("reason", models.CharField(max_length=500)),
                ("excluded_by_label", models.CharField(max_length=200)),
                ("excluded_by_user_id", models.UUIDField()),
                ("excluded_at", models.DateTimeField()),
                ("partner", reference("partners.partner")),
                ("run", reference("incentives.payoutrun", "exclusions")),
                ("tenant", tenant()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "run", "partner"), name="payout_exclusion_one_per_partner"
                    ),
                ],
            },
        ),
        TenantTable("PayoutExclusion", wall="staff"),
        migrations.CreateModel(
            name="HandAnswer",
            fields=[
                ("id", key()),
                ("event_ref", models.CharField(max_length=80)),
                ("outcome", models.CharField(max_length=8)),
                ("note", models.TextField(blank=True)),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                ("proposed_at", models.DateTimeField()),
                ("proposed_by_user_id", models.UUIDField()),
                ("proposed_by_label", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_user_id", models.UUIDField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("decision_reason", models.CharField(blank=True, max_length=500)),
                ("item", reference("incentives.payoutitem", "hand_answers", null=True)),
                ("run", reference("incentives.payoutrun", "hand_answers")),
                ("tenant", tenant()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        name="hand_answer_confirmed_by_another",
                        condition=~models.Q(state="confirmed")
                        | models.Q(decided_by_user_id__isnull=False)
                        & ~models.Q(decided_by_user_id=models.F("proposed_by_user_id")),
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "item"),
                        name="hand_answer_one_waiting_per_item",
                        condition=models.Q(state="waiting", item__isnull=False),
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "run"),
                        name="hand_answer_one_waiting_for_the_rest",
                        condition=models.Q(state="waiting", item__isnull=True),
                    ),
                ],
            },
        ),
        TenantTable("HandAnswer", wall="staff"),
        migrations.AddField(
            "itemoutcome",
            "confirmed_by_label",
            models.CharField(max_length=200, blank=True, db_default=""),
        ),
        migrations.AddField("itemoutcome", "confirmed_by_user_id", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "itemoutcome",
            models.CheckConstraint(
                name="item_outcome_confirmed_by_another",
                condition=models.Q(confirmed_by_user_id__isnull=True)
                | ~models.Q(confirmed_by_user_id=models.F("recorded_by_user_id")),
            ),
        ),
    ]
