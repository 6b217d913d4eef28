"""A draft of a plan version that waits for the second person: when it was proposed, and by whom."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0004_money_guards")]

    operations: ClassVar = [
        migrations.AddField("planversion", "proposed_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "planversion",
            "proposed_by_label",
            models.CharField(blank=True, db_default="", max_length=200),
        ),
    ]
