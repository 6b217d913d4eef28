"""Sale lines tell their subscription and when they were invoiced."""

from typing import ClassVar

from django.db import migrations, models

REFERENCE = {"blank": True, "db_default": "", "max_length": 120, "verbose_name": "Subscription"}


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0019_waiting_list")]

    operations: ClassVar = [
        *(
            migrations.AddField(model_name=model, name=name, field=field)
            for model in ("saleline", "salelinerevision")
            for name, field in (
                ("subscription_ref", models.CharField(**REFERENCE)),
                ("invoiced_on", models.DateField(null=True, verbose_name="Invoiced on")),
            )
        ),
        migrations.AddIndex(
            model_name="saleline",
            index=models.Index(
                condition=models.Q(("subscription_ref", ""), _negated=True),
                fields=["tenant", "subscription_ref", "occurred_on"],
                name="sale_line_of_a_subscription",
            ),
        ),
    ]
