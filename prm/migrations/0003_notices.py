"""Notices to people, and letters that wait for the mail server."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("prm", "0002_isolate"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ring", models.UUIDField()),
                ("partner_id", models.UUIDField(null=True)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(blank=True, max_length=5)),
                ("kind", models.CharField(max_length=60)),
                ("params", models.JSONField(default=dict)),
                ("link_name", models.CharField(blank=True, max_length=80)),
                ("link_args", models.JSONField(default=list)),
                ("link_path", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
                (
                    "member",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prm.membership",
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
                "indexes": [
                    models.Index(fields=["tenant", "member", "-id"], name="notice_of_a_member"),
                    models.Index(
                        condition=models.Q(("mailed_at", None)),
                        fields=["tenant", "id"],
                        name="notice_waiting_for_mail",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "ring", "member", "address"),
                        name="notice_once_per_ring",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address", ""), ("member__isnull", False)),
                            models.Q(("address__gt", ""), ("member__isnull", True)),
                            _connector="OR",
                        ),
                        name="notice_names_one_reader",
                    ),
                ],
            },
        ),
        TenantTable("Notice", wall="partner_id"),
    ]
