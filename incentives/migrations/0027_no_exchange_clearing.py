"""Nothing is posted between currencies, so there is no account for it."""

from typing import ClassVar

from django.db import migrations, models

ACCOUNTS = [
    ("expense", "Expense"),
    ("funds_expense", "Expense, marketing funds"),
    ("adjustment_expense", "Expense, adjustments"),
    ("payable_pending", "Payable, pending"),
    ("payable_available", "Payable, available"),
    ("in_transit", "In transit"),
    ("bank", "Bank"),
    ("clawback_due", "Clawback due"),
    ("withholding", "Withholding"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0026_products_of_estimates")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="ledgeraccount",
            name="code",
            field=models.CharField(choices=ACCOUNTS, max_length=20),
        ),
        migrations.AlterField(
            model_name="outeraccount",
            name="code",
            field=models.CharField(choices=ACCOUNTS, max_length=20),
        ),
    ]
