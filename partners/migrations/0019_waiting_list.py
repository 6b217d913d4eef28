"""Who waits while the programme is closed; what else its page says."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0018_learners"),
        ("prm", "0005_comments"),
    ]

    operations: ClassVar = [
        migrations.AddField(model_name="programme", name="faq", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="programme",
            name="shows_tiers",
            field=models.BooleanField(default=True, verbose_name="Show the tiers on the page"),
        ),
        migrations.CreateModel(
            name="WaitingCompany",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_name", models.CharField(max_length=200, verbose_name="Name of the company")),
                ("contact_name", models.CharField(max_length=150, verbose_name="Name and surname")),
                ("email", models.EmailField(max_length=254, verbose_name="E-mail")),
                ("language", models.CharField(max_length=5, verbose_name="Language")),
                ("consent_hash", models.CharField(max_length=64)),
                ("consent_language", models.CharField(max_length=5)),
                ("joined_at", models.DateTimeField()),
                ("invited_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "consent",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.documentversion",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=prm.tenancy.context.current_tenant_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prm.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "email"), name="waiting_once_per_address")
                ],
                "indexes": [models.Index(fields=["tenant", "joined_at", "id"], name="waiting_by_coming")],
            },
        ),
        TenantTable("WaitingCompany", wall="staff-reads"),
    ]
