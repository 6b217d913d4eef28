"""Comments on records, internal or shared with a partner, and their files."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("prm", "0004_numbers"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_key", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                ("partner_id", models.UUIDField(null=True)),
                ("body", models.TextField()),
                ("author_id", models.UUIDField(null=True)),
                ("author_label", models.CharField(max_length=200)),
                ("by_partner", models.BooleanField(default=False)),
                ("written_at", models.DateTimeField()),
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
                    models.Index(fields=["tenant", "subject_id", "-id"], name="comment_of_a_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="CommentFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField(null=True)),
                (
                    "comment",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="prm.comment",
                    ),
                ),
                (
                    "file",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prm.storedfile",
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
                "constraints": [models.UniqueConstraint(fields=("tenant", "file"), name="comment_file_once")],
            },
        ),
        TenantTable("Comment", wall="partner_id"),
        TenantTable("CommentFile", wall="partner_id"),
    ]
