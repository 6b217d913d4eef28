"""What an operator reads of the vendors: a guard function, since no context shows more than one tenant."""

from typing import ClassVar

from django.db import migrations, models

from prm.tenancy.operations import GuardFunction


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prm", "0005_comments")]

    operations: ClassVar = [
        GuardFunction(
            "every_tenant()",
            "TABLE (id uuid, slug text, name text, created_at timestamptz, suspended_at timestamptz)",
            "SELECT t.id, t.slug::text, t.name::text, t.created_at, t.suspended_at FROM public.prm_tenant t "
            "ORDER BY t.slug",
        ),
        migrations.AlterModelOptions("tenant", {"verbose_name": "Vendor", "verbose_name_plural": "Vendors"}),
        migrations.AlterModelOptions("user", {"verbose_name": "Person", "verbose_name_plural": "People"}),
        migrations.AlterField(
            "user",
            "is_active",
            models.BooleanField(
                default=True,
                help_text="Without it the person is out at once, whatever places they hold.",
                verbose_name="May log in",
            ),
        ),
        migrations.AlterField(
            "user",
            "is_operator",
            models.BooleanField(
                default=False,
                help_text="Runs the installation. Given and taken by command alone.",
                verbose_name="Operator",
            ),
        ),
    ]
