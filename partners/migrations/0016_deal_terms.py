"""Amendments and the terms of deals; customers and sales meet claims by every key; a stake names any company."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
# As `prm.kit.requisites.tax_key`: letters and digits alone, without the letters of a country in front.
TAX_KEY = (
    "regexp_replace(regexp_replace(upper(p.tax_id), '[\\W_]+', '', 'g'), "
    "'^(AT|BE|BG|BY|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|GR|HR|HU|IE|IT|KZ|LT|LU|LV|MT|NL|NO|PL|PT|RO|RU|SE|SI|SK|UA|XI)"
    "(?=[A-Z]{0,2}[0-9])', '')"
)


def tenant() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        default=prm.tenancy.context.current_tenant_id,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="prm.tenant",
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0015_coverage"),
        ("prm", "0006_operators"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("customer", models.CharField(max_length=200, verbose_name="Customer")),
                ("tax_id", models.CharField(blank=True, max_length=30, verbose_name="Customer's tax id")),
                (
                    "domain",
                    models.CharField(blank=True, max_length=200, verbose_name="Customer's website or e-mail"),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="Customer's country")),
                ("was", models.JSONField(default=dict)),
                ("why", models.CharField(max_length=500, verbose_name="Why")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked for"), ("approved", "Approved"), ("refused", "Refused")],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by_label", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("answer", models.CharField(blank=True, max_length=500)),
                (
                    "deal",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="amendments",
                        to="partners.deal",
                    ),
                ),
                (
                    "line",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.productcategory",
                        verbose_name="Product line",
                    ),
                ),
                ("tenant", tenant()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="DealTerms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "protection_days",
                    models.PositiveSmallIntegerField(default=90, verbose_name="Days of protection"),
                ),
                (
                    "extension_days",
                    models.PositiveSmallIntegerField(default=30, verbose_name="Days of an extension"),
                ),
                (
                    "decision_hours",
                    models.PositiveSmallIntegerField(default=48, verbose_name="Working hours to decide"),
                ),
                (
                    "answer_days",
                    models.PositiveSmallIntegerField(default=14, verbose_name="Days to answer a question"),
                ),
                ("tenant", tenant()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField("conflict", "ruled_by_user_id", models.UUIDField(null=True)),
        migrations.AddField("conflictside", "heard_until", models.DateField(null=True)),
        migrations.AddField(
            "customer",
            "website",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="Website"),
        ),
        migrations.AddField(
            "customer", "web_key", models.CharField(db_default="", default="", editable=False, max_length=300)
        ),
        migrations.AddField(
            "customer",
            "fold_key",
            models.CharField(db_default="", default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            "deal",
            "country",
            models.CharField(
                blank=True, db_default="", default="", max_length=2, verbose_name="Customer's country"
            ),
        ),
        migrations.AddField("deal", "answer_by", models.DateField(null=True)),
        migrations.AddField("deal", "answer_reminded_at", models.DateTimeField(null=True)),
        migrations.AddField("deal", "own_days", models.PositiveSmallIntegerField(null=True)),
        migrations.AlterField(
            "deal",
            "state",
            models.CharField(
                choices=[
                    ("submitted", "In review"),
                    ("returned", "Waiting for the partner"),
                    ("queued", "Approved on condition"),
                    ("protected", "Protected"),
                    ("rejected", "Rejected"),
                    ("withdrawn", "Withdrawn"),
                    ("expired", "Protection ended"),
                    ("won", "Won"),
                    ("lost", "Lost"),
                    ("shared", "Shared by a ruling"),
                    ("lapsed", "Lapsed without an answer"),
                ],
                default="submitted",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "declaredinterest",
            "company",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="Company"),
        ),
        migrations.AddField(
            "declaredinterest",
            "tax_id",
            models.CharField(blank=True, db_default="", default="", max_length=30, verbose_name="Tax id"),
        ),
        migrations.AddField(
            "declaredinterest",
            "website",
            models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="Website"),
        ),
        migrations.AddField(
            "declaredinterest",
            "keys",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            "declaredinterest",
            "account_digest",
            models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            "declaredinterest",
            "partner",
            prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AddField("saleline", "deal_id", models.UUIDField(null=True)),
        migrations.AddField("salelinerevision", "deal_id", models.UUIDField(null=True)),
        migrations.AddIndex(
            "customer", models.Index(fields=["tenant", "web_key"], name="customer_by_web_key")
        ),
        migrations.AddIndex(
            "customer", models.Index(fields=["tenant", "fold_key"], name="customer_by_fold_key")
        ),
        migrations.AddIndex(
            "protection",
            models.Index(fields=["tenant", "claim_key", "line", "starts_on"], name="protection_of_a_claim"),
        ),
        migrations.AddConstraint(
            "declaredinterest",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("company", ""), ("partner__isnull", False)),
                    models.Q(("partner__isnull", True), models.Q(("company", ""), _negated=True)),
                    _connector="OR",
                ),
                name="interest_names_one_company",
            ),
        ),
        migrations.AddConstraint(
            "amendment",
            models.UniqueConstraint(
                condition=models.Q(("state", "asked")),
                fields=("tenant", "deal"),
                name="amendment_one_asked_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            "dealterms", models.UniqueConstraint(fields=("tenant",), name="deal_terms_one")
        ),
        TenantTable("Amendment", wall="partner_id"),
        TenantTable("DealTerms", wall="shared"),
        migrations.RunSQL(
            "SET LOCAL ROLE prm_guard; DROP FUNCTION guard.is_impartial(uuid, uuid); SET LOCAL ROLE prm_owner",
            migrations.RunSQL.noop,
        ),
        # Whether a member may be rung for about a claim: a partner's own work rings, and may not read declarations. `keys`
        # are those of the partner and of the customer, `domains` the partner's own.
        GuardFunction(
            "is_impartial(person uuid, whose uuid, keys text[], domains text[])",
            "boolean",
            "SELECT NOT EXISTS (SELECT 1 FROM public.partners_declaredinterest i "
            f"WHERE i.tenant_id = {TENANT} AND i.member_id = person AND (i.partner_id = whose OR i.keys ?| $3)) "
            "AND NOT EXISTS (SELECT 1 FROM public.prm_membership m JOIN public.prm_user u ON u.id = m.user_id "
            f"WHERE m.tenant_id = {TENANT} AND m.id = person AND (lower(split_part(u.email, '@', 2)) = ANY ($4) "
            "OR EXISTS (SELECT 1 FROM public.prm_membership o "
            "WHERE o.tenant_id = m.tenant_id AND o.user_id = m.user_id AND o.partner_id = whose)))",
        ),
        # When a claim that moves takes its place behind all who wait there, whatever the clocks say: for the claim alone.
        GuardFunction(
            "claim_turn(wanted_key text, wanted_line uuid, at timestamptz)",
            "timestamptz",
            "SELECT greatest(at, max(d.submitted_at) + interval '1 microsecond') FROM public.partners_deal d "
            f"WHERE d.tenant_id = {TENANT} AND d.claim_key = wanted_key AND d.line_id = wanted_line "
            "AND d.state IN ('submitted', 'returned', 'queued', 'protected')",
        ),
        GuardFunction(
            "company_is_known(besides uuid, tax text, place text)",
            "boolean",
            f"WITH here AS (SELECT {TENANT} AS tenant_id) "
            "SELECT EXISTS (SELECT 1 FROM here JOIN public.partners_application a USING (tenant_id) WHERE a.id <> besides "
            "AND a.state IN ('submitted', 'in_review', 'action_required') "
            "AND ((tax <> '' AND a.tax_key = tax) OR (place <> '' AND a.domain = place))) "
            "OR EXISTS (SELECT 1 FROM here JOIN public.partners_partner p USING (tenant_id) WHERE p.status <> 'left' "
            f"AND ((tax <> '' AND {TAX_KEY} = tax) "
            "OR (place <> '' AND regexp_replace(lower(p.website), '^([a-z]+://)?(www\\.)?([^/:?#]*).*$', '\\3') = place))) "
            "OR EXISTS (SELECT 1 FROM here JOIN public.partners_contact c USING (tenant_id) "
            "JOIN public.partners_partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id "
            "WHERE p.status <> 'left' AND place <> '' AND lower(split_part(c.email, '@', 2)) = place)",
        ),
    ]
