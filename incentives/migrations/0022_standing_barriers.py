"""How far partners are in their windows: what about the partner keeps its sales out of them."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0021_bonus_standings")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="standing",
            name="barriers",
            field=models.JSONField(default=list),
        ),
    ]
