"""Lists of words, custom fields, documents and listings of partners; the public directory, told by guards."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0013_merging"),
        ("prm", "0005_comments"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("label_en", models.CharField(max_length=80, verbose_name="Name in English")),
                ("label_ru", models.CharField(blank=True, max_length=80, verbose_name="Name in Russian")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "Choice of a list"),
                            ("yes_no", "Yes or no"),
                        ],
                        max_length=8,
                        verbose_name="Kind",
                    ),
                ),
                ("options", models.JSONField(default=list)),
                ("is_required", models.BooleanField(default=False, verbose_name="Required")),
                (
                    "partner_access",
                    models.CharField(
                        choices=[
                            ("none", "Staff only"),
                            ("sees", "The partner sees it"),
                            ("fills", "The partner sees and fills it in"),
                        ],
                        default="none",
                        max_length=5,
                        verbose_name="Who sees it",
                    ),
                ),
                ("place", models.PositiveSmallIntegerField(default=0)),
                ("retired_at", models.DateTimeField(null=True)),
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
                    models.UniqueConstraint(fields=("tenant", "code"), name="custom_field_one_per_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField(null=True)),
                ("value", models.CharField(max_length=500)),
                (
                    "company",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
                    ),
                ),
                (
                    "field",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="partners.customfield",
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
                    models.UniqueConstraint(fields=("tenant", "company", "field"), name="field_value_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="About the company")),
                ("listed_at", models.DateTimeField()),
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
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
                "constraints": [models.UniqueConstraint(fields=("tenant", "partner"), name="listing_once")],
            },
        ),
        migrations.CreateModel(
            name="PartnerDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contract", "Contract"),
                            ("registration", "Registration"),
                            ("insurance", "Insurance"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="Valid until")),
                ("stored_by_id", models.UUIDField(null=True)),
                ("stored_by_label", models.CharField(max_length=200)),
                ("stored_at", models.DateTimeField()),
                (
                    "company",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
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
                "indexes": [models.Index(fields=["tenant", "company"], name="document_of_a_company")],
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("industry", "Industries"),
                            ("specialisation", "Specialisations"),
                            ("language", "Languages"),
                            ("territory", "Regions served"),
                        ],
                        max_length=14,
                        verbose_name="List",
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("label_en", models.CharField(max_length=80, verbose_name="Name in English")),
                ("label_ru", models.CharField(blank=True, max_length=80, verbose_name="Name in Russian")),
                ("retired_at", models.DateTimeField(null=True)),
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
                    models.UniqueConstraint(fields=("tenant", "kind", "code"), name="term_one_per_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerTerm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partner",
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
                (
                    "term",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holders",
                        to="partners.term",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner", "term"), name="partner_term_once")
                ],
                "indexes": [models.Index(fields=["tenant", "term"], name="partner_term_by_term")],
            },
        ),
        TenantTable("Term", wall="shared"),
        TenantTable("CustomField", wall="shared"),
        TenantTable("PartnerTerm", wall="partner_id"),
        TenantTable("FieldValue", wall="partner_id"),
        TenantTable("PartnerDocument", wall="partner_id"),
        TenantTable("Listing", wall="partner_id"),
        # What a stranger may read of partners who opted in, while they take part.
        GuardFunction(
            "listed_partners()",
            "TABLE (partner_id uuid, name text, partner_type text, country text, region text, tier text, "
            "website text, about text)",
            "SELECT p.id, p.name, p.partner_type, p.country, p.region, p.tier, p.website, l.about "
            "FROM public.partners_listing l "
            "JOIN public.partners_partner p ON p.tenant_id = l.tenant_id AND p.id = l.partner_id "
            "WHERE l.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND p.status = 'active' "
            "ORDER BY p.name_key, p.id",
        ),
        GuardFunction(
            "listed_specialisations()",
            "TABLE (partner_id uuid, code text, label_en text, label_ru text)",
            "SELECT l.partner_id, t.code, t.label_en, t.label_ru FROM public.partners_listing l "
            "JOIN public.partners_partnerterm h ON h.tenant_id = l.tenant_id AND h.partner_id = l.partner_id "
            "JOIN public.partners_term t ON t.tenant_id = h.tenant_id AND t.id = h.term_id "
            "WHERE l.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid "
            "AND t.kind = 'specialisation' AND t.retired_at IS NULL ORDER BY t.label_en, t.code",
        ),
    ]
