"""Sale lines by the day of their invoice, for plans that earn on it."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0020_subscriptions")]

    operations: ClassVar = [
        migrations.AddIndex(
            model_name="saleline",
            index=models.Index(
                condition=models.Q(("invoiced_on__isnull", False)),
                fields=["tenant", "invoiced_on"],
                name="sale_line_by_invoice",
            ),
        ),
    ]
