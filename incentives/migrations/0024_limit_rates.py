"""How many people approve a payout run is decided when it is submitted, by a rate that is kept."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.tenancy.models
from prm.tenancy.operations import CompositeReference


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0023_credit_facts"), ("prm", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("payoutrun", "approvals_needed", models.SmallIntegerField(null=True)),
        migrations.AddField(
            "payoutrun",
            "limit_rate",
            prm.tenancy.models.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.exchangerate",
            ),
        ),
        CompositeReference("incentives_payoutrun", "limit_rate_id", "prm_exchangerate"),
    ]
