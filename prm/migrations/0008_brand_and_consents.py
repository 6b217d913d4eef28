"""A vendor's colour and logo, known from its address alone; what people agreed to when they came in."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prm", "0007_jobs_without_files")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("colour", models.CharField(blank=True, max_length=7)),
                ("light", models.CharField(blank=True, max_length=7)),
                ("dark", models.CharField(blank=True, max_length=7)),
                ("changed_at", models.DateTimeField()),
                (
                    "logo",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="brand_one_per_tenant"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("colour", ""), ("dark", ""), ("light", "")),
                            models.Q(
                                models.Q(("colour", ""), _negated=True),
                                models.Q(("dark", ""), _negated=True),
                                models.Q(("light", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="brand_colour_has_its_shades",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.UUIDField()),
                ("version_id", models.UUIDField(null=True)),
                ("number", models.PositiveIntegerField(null=True)),
                ("language", models.CharField(max_length=5)),
                ("text_hash", models.CharField(max_length=64)),
                ("given_at", models.DateTimeField()),
                (
                    "membership",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
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
                "indexes": [models.Index(fields=["tenant", "user_id"], name="consent_of_a_person")],
            },
        ),
        TenantTable("Brand", wall="shared"),
        TenantTable("Consent", wall="staff", append_only=True),
        migrations.RunSQL(
            "SET LOCAL ROLE prm_guard; DROP FUNCTION guard.tenant_by_slug(text); SET LOCAL ROLE prm_owner",
            migrations.RunSQL.noop,
        ),
        GuardFunction(
            "tenant_by_slug(wanted text)",
            "TABLE (id uuid, slug text, name text, language text, time_zone text, suspended boolean, "
            "light text, dark text, logo text)",
            "SELECT t.id, t.slug::text, t.name::text, t.language::text, t.time_zone::text, "
            "t.suspended_at IS NOT NULL, coalesce(b.light, '')::text, coalesce(b.dark, '')::text, "
            "coalesce(left(f.sha256, 12), '') FROM public.prm_tenant t "
            "LEFT JOIN public.prm_brand b ON b.tenant_id = t.id "
            "LEFT JOIN public.prm_storedfile f ON f.tenant_id = b.tenant_id AND f.id = b.logo_id "
            "WHERE t.slug = wanted",
        ),
        # The logo's own file stands behind the vendor's wall; the picture is for everybody.
        GuardFunction(
            "brand_logo()",
            "TABLE (media_type text, path text)",
            "SELECT f.media_type, f.path FROM public.prm_brand b "
            "JOIN public.prm_storedfile f ON f.tenant_id = b.tenant_id AND f.id = b.logo_id "
            "WHERE b.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid",
        ),
    ]
