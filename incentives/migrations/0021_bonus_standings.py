"""How far partners are in the windows of bonuses: where each step begins for them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0020_terms")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="standing",
            name="bounds",
            field=models.JSONField(default=list),
        ),
    ]
