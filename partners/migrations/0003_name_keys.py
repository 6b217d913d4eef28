"""Customers and products are sorted and found by a key of their name, as partners are."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0002_isolate")]

    operations: ClassVar = [
        migrations.AddField(
            "customer", "name_key", models.CharField(db_default="", editable=False, max_length=200)
        ),
        migrations.AddField(
            "product", "name_key", models.CharField(db_default="", editable=False, max_length=200)
        ),
        migrations.AddIndex(
            "customer", models.Index(fields=["tenant", "name_key", "id"], name="customer_by_name")
        ),
        migrations.AddIndex(
            "product", models.Index(fields=["tenant", "name_key", "id"], name="product_by_name")
        ),
    ]
