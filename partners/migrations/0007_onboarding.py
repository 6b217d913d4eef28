"""Applications, agreements and journeys, each behind its wall; what a stranger may learn before a tenant's rows are open."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0006_deals"),
        ("prm", "0003_notices"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DocumentVersion",
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
                            ("agreement", "Partner agreement"),
                            ("consent", "Consent to the processing of personal data"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("texts", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("published_by_label", models.CharField(max_length=200)),
                ("in_force_on", models.DateField()),
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
                    models.UniqueConstraint(
                        fields=("tenant", "kind", "number"), name="document_one_per_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=12)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In review"),
                            ("action_required", "Waiting for the applicant"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=40, verbose_name="Source")),
                ("language", models.CharField(default="en", max_length=5)),
                ("token_hash", models.CharField(max_length=64)),
                ("link_serial", models.PositiveSmallIntegerField(default=0)),
                ("start_nonce", models.CharField(blank=True, max_length=64)),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="Country")),
                ("tax_id", models.CharField(blank=True, max_length=30, verbose_name="Tax id")),
                ("tax_key", models.CharField(blank=True, max_length=30)),
                ("kpp", models.CharField(blank=True, max_length=9, verbose_name="KPP")),
                ("ogrn", models.CharField(blank=True, max_length=15, verbose_name="OGRN")),
                (
                    "company_name",
                    models.CharField(blank=True, max_length=200, verbose_name="Name of the company"),
                ),
                ("legal_name", models.CharField(blank=True, max_length=300, verbose_name="Legal name")),
                ("website", models.CharField(blank=True, max_length=200, verbose_name="Website")),
                ("domain", models.CharField(blank=True, max_length=200)),
                ("contact_name", models.CharField(blank=True, max_length=150, verbose_name="Your name")),
                ("position", models.CharField(blank=True, max_length=100, verbose_name="Position")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Phone")),
                (
                    "partner_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("distributor", "Distributor"),
                            ("reseller", "Reseller"),
                            ("integrator", "System integrator"),
                            ("technology", "Technology partner"),
                        ],
                        max_length=20,
                        verbose_name="Type",
                    ),
                ),
                ("regions", models.JSONField(default=list, verbose_name="Regions")),
                ("specialisations", models.JSONField(default=list, verbose_name="Specialisations")),
                ("answers", models.JSONField(default=dict)),
                ("steps_done", models.JSONField(default=list)),
                ("agreement_hash", models.CharField(blank=True, max_length=64)),
                ("consent_hash", models.CharField(blank=True, max_length=64)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accepted_language", models.CharField(blank=True, max_length=5)),
                ("created_at", models.DateTimeField()),
                ("saved_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("asked_fields", models.JSONField(default=list)),
                ("asked_text", models.TextField(blank=True)),
                ("reply", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("version", models.IntegerField(default=1)),
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
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
                    "agreement",
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "token_hash"), name="application_one_per_link"),
                    models.UniqueConstraint(
                        fields=("tenant", "reference"), name="application_one_per_reference"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("start_nonce", ""), _negated=True),
                        fields=("tenant", "start_nonce"),
                        name="application_one_per_puzzle",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["action_required", "in_review", "submitted"]),
                            models.Q(("tax_key", ""), _negated=True),
                        ),
                        fields=("tenant", "tax_key"),
                        name="application_one_live_per_tax_id",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["action_required", "in_review", "submitted"]),
                            models.Q(("domain", ""), _negated=True),
                        ),
                        fields=("tenant", "domain"),
                        name="application_one_live_per_domain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at__isnull", False),
                            ("state__in", ["draft", "withdrawn"]),
                            _connector="OR",
                        ),
                        name="application_sent_has_its_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("partner__isnull", False),
                            models.Q(("state", "approved"), _negated=True),
                            _connector="OR",
                        ),
                        name="application_approved_has_its_partner",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("submitted_at__isnull", False)),
                        fields=["tenant", "submitted_at", "id"],
                        name="application_by_sending",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
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
                            ("agreement", "Partner agreement"),
                            ("consent", "Consent to the processing of personal data"),
                        ],
                        max_length=10,
                    ),
                ),
                ("language", models.CharField(max_length=5)),
                ("text_hash", models.CharField(max_length=64)),
                ("accepted_at", models.DateTimeField()),
                ("accepted_by_label", models.CharField(max_length=200)),
                ("accepted_by_user_id", models.UUIDField(null=True)),
                ("on_behalf", models.BooleanField(default=False)),
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
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
                    "version",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.documentversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("version__isnull", False)),
                        fields=("tenant", "partner", "version"),
                        name="acceptance_once_per_version",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Journey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_on", models.DateField()),
                ("steps", models.JSONField()),
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
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
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner"), name="journey_one_per_partner")
                ],
            },
        ),
        migrations.CreateModel(
            name="JourneyPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_type",
                    models.CharField(
                        choices=[
                            ("distributor", "Distributor"),
                            ("reseller", "Reseller"),
                            ("integrator", "System integrator"),
                            ("technology", "Technology partner"),
                        ],
                        max_length=20,
                    ),
                ),
                ("steps", models.JSONField()),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
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
                    models.UniqueConstraint(
                        fields=("tenant", "partner_type"), name="journey_plan_one_per_type"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_open", models.BooleanField(default=True, verbose_name="Applications are open")),
                ("intro", models.JSONField(default=dict)),
                ("benefits", models.JSONField(default=dict)),
                ("regions", models.JSONField(default=list)),
                ("specialisations", models.JSONField(default=list)),
                ("reply_days", models.PositiveSmallIntegerField(default=3)),
                ("reapply_days", models.PositiveSmallIntegerField(default=90)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
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
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="programme_one_per_tenant")],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("line", "One line"),
                            ("text", "Several lines"),
                            ("choice", "One of a list"),
                        ],
                        default="line",
                        max_length=10,
                    ),
                ),
                ("words", models.JSONField()),
                ("choices", models.JSONField(default=list)),
                ("required", models.BooleanField(default=False)),
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
            },
        ),
        migrations.CreateModel(
            name="ApplicationLetter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "application",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="partners.application",
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
                    models.Index(
                        condition=models.Q(("sent_at", None)),
                        fields=["tenant", "id"],
                        name="letter_waiting_for_mail",
                    )
                ],
            },
        ),
        TenantTable("Programme", wall="shared"),
        TenantTable("Question", wall="shared"),
        TenantTable("DocumentVersion", wall="shared"),
        TenantTable("Application", wall="id"),
        TenantTable("ApplicationLetter", wall="application_id"),
        TenantTable("Acceptance", wall="partner_id", append_only=True),
        TenantTable("JourneyPlan", wall="shared"),
        TenantTable("Journey", wall="partner_id"),
        GuardFunction(
            "application_of_link(owner uuid, hashed text)",
            "uuid",
            "SELECT a.id FROM public.partners_application a WHERE a.tenant_id = owner AND a.token_hash = hashed",
        ),
        # A stranger learns that a company is known here: not which one, as what, or from whom.
        GuardFunction(
            "company_is_known(besides uuid, tax text, place text)",
            "boolean",
            "WITH here AS (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid AS tenant_id) "
            "SELECT EXISTS (SELECT 1 FROM here JOIN public.partners_application a USING (tenant_id) WHERE a.id <> besides "
            "AND a.state IN ('submitted', 'in_review', 'action_required') "
            "AND ((tax <> '' AND a.tax_key = tax) OR (place <> '' AND a.domain = place))) "
            "OR EXISTS (SELECT 1 FROM here JOIN public.partners_partner p USING (tenant_id) WHERE p.status <> 'left' "
            "AND ((tax <> '' AND regexp_replace(upper(regexp_replace(p.tax_id, '[\\s./-]+', '', 'g')), "
            "'^' || replace(p.country, 'GR', 'EL'), '') = tax) "
            "OR (place <> '' AND regexp_replace(lower(p.website), '^([a-z]+://)?(www\\.)?([^/:?#]*).*$', '\\3') = place))) "
            "OR EXISTS (SELECT 1 FROM here JOIN public.partners_contact c USING (tenant_id) "
            "JOIN public.partners_partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id "
            "WHERE p.status <> 'left' AND place <> '' AND lower(split_part(c.email, '@', 2)) = place)",
        ),
    ]
