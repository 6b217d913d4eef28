"""Statuses and words of partners by date; keys of duplicates; kept warnings, reminded papers; shares of sales below."""

from datetime import date
from typing import ClassVar

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import partners.directory.models
import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
READERS = "NULLIF(current_setting('app.partner_ids', true), '')::uuid[]"
# As in 0013: spans of days on which somebody stood below the reader, or below a partner merged into it.
BELOW = (
    "WITH RECURSIVE below (partner_id, parent_id, starts_on, ends_on) AS ("
    "SELECT l.partner_id, l.parent_id, l.starts_on, coalesce(l.ends_on, 'infinity'::date) "
    "FROM public.partners_partnerparent l "
    f"WHERE l.tenant_id = {TENANT} AND l.parent_id = ANY ({READERS}) AND NOT l.partner_id = ANY ({READERS}) "
    "UNION SELECT l.partner_id, l.parent_id, greatest(b.starts_on, l.starts_on), "
    "least(b.ends_on, coalesce(l.ends_on, 'infinity'::date)) "
    "FROM public.partners_partnerparent l JOIN below b ON l.parent_id = b.partner_id "
    f"WHERE l.tenant_id = {TENANT} AND NOT l.partner_id = ANY ({READERS}) AND l.starts_on < b.ends_on "
    "AND b.starts_on < coalesce(l.ends_on, 'infinity'::date)) "
)
# A split line counts for those it was split between, by what each was credited; its quantity goes by the amounts.
CREDITED = (
    ", credited AS ("
    "SELECT s.id, s.occurred_on, s.partner_id, s.product_id, s.quantity, s.kind, s.amount_minor, s.currency "
    f"FROM public.partners_saleline s WHERE s.tenant_id = {TENANT} AND s.partner_id IN (SELECT partner_id FROM below) "
    "AND s.split_terms = '[]' AND NOT s.voided AND s.occurred_on BETWEEN first AND last "
    "UNION ALL SELECT h.line_id, h.occurred_on, h.partner_id, h.product_id, "
    "round(s.quantity * h.amount_minor / NULLIF(s.amount_minor, 0), 3), h.kind, h.amount_minor, h.currency "
    "FROM public.partners_salesplit h JOIN public.partners_saleline s ON s.tenant_id = h.tenant_id AND s.id = h.line_id "
    f"WHERE h.tenant_id = {TENANT} AND h.partner_id IN (SELECT partner_id FROM below) "
    "AND NOT h.voided AND h.occurred_on BETWEEN first AND last) "
)
OF_TENANT = f"l.tenant_id = {TENANT}"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0016_deal_terms")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="StatusSpan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("active", "Active"),
                            ("paused", "Paused"),
                            ("left", "Left the programme"),
                            ("merged", "Merged into another"),
                        ],
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
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
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("tenant", "="),
                            ("partner", "="),
                            (
                                partners.directory.models.DateSpan(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                        ],
                        name="partner_status_one_a_day",
                    )
                ],
            },
        ),
        TenantTable("StatusSpan", wall="partner_id"),
        migrations.AddField(
            "partner", "match_key", models.CharField(db_default="", editable=False, max_length=300)
        ),
        migrations.AddField(
            "partner", "tax_key", models.CharField(db_default="", editable=False, max_length=30)
        ),
        migrations.AddField(
            "partner", "domain_key", models.CharField(db_default="", editable=False, max_length=200)
        ),
        migrations.AddIndex(
            "partner", models.Index(fields=["tenant", "match_key"], name="partner_by_match_key")
        ),
        migrations.AddIndex("partner", models.Index(fields=["tenant", "tax_key"], name="partner_by_tax_key")),
        migrations.AddIndex(
            "partner", models.Index(fields=["tenant", "domain_key"], name="partner_by_domain_key")
        ),
        # What a profile said before there were days has always been so, as far as anybody knows.
        migrations.AddField(
            "partnerterm", "starts_on", models.DateField(default=date(2000, 1, 1)), preserve_default=False
        ),
        migrations.AddField("partnerterm", "ends_on", models.DateField(null=True)),
        migrations.RemoveConstraint("partnerterm", "partner_term_once"),
        migrations.AddConstraint(
            model_name="partnerterm",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("tenant", "="),
                    ("partner", "="),
                    ("term", "="),
                    (
                        partners.directory.models.DateSpan(
                            "starts_on",
                            "ends_on",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="partner_term_once_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="partnerterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                ),
                name="partner_term_for_a_day_at_least",
            ),
        ),
        migrations.AddIndex(
            "partnerterm",
            models.Index(fields=["tenant", "partner", "ends_on"], name="partner_term_of_a_partner"),
        ),
        migrations.AddField("partnerdocument", "reminded_for", models.DateField(null=True)),
        migrations.AddIndex(
            "partnerdocument", models.Index(fields=["tenant", "valid_until"], name="document_by_end")
        ),
        migrations.AddField(
            "tierwarning", "kept_reason", models.CharField(blank=True, db_default="", max_length=300)
        ),
        migrations.AddField(
            "tierwarning", "kept_by_label", models.CharField(blank=True, db_default="", max_length=200)
        ),
        GuardFunction(
            "sales_below(first date, last date)",
            "TABLE (line_id uuid, occurred_on date, partner_id uuid, seller text, product text, "
            "quantity numeric, amount_minor bigint, currency text)",
            f"{BELOW}{CREDITED} SELECT c.id, c.occurred_on, c.partner_id, p.name, w.name, c.quantity, "
            "CASE c.kind WHEN 'refund' THEN -c.amount_minor ELSE c.amount_minor END, c.currency FROM below b "
            "JOIN credited c ON c.partner_id = b.partner_id "
            "AND c.occurred_on >= b.starts_on AND c.occurred_on < b.ends_on "
            f"JOIN public.partners_partner p ON p.tenant_id = {TENANT} AND p.id = c.partner_id "
            f"JOIN public.partners_product w ON w.tenant_id = {TENANT} AND w.id = c.product_id",
        ),
        # Its columns change, so it goes and comes again; strangers page through it by name.
        migrations.RunSQL(
            "SET LOCAL ROLE prm_guard; DROP FUNCTION guard.listed_partners(); SET LOCAL ROLE prm_owner"
        ),
        GuardFunction(
            "listed_partners()",
            "TABLE (partner_id uuid, name text, name_key text, partner_type text, country text, region text, tier text, "
            "website text, about text)",
            "SELECT p.id, p.name, p.name_key, p.partner_type, p.country, p.region, p.tier, p.website, l.about "
            "FROM public.partners_listing l "
            "JOIN public.partners_partner p ON p.tenant_id = l.tenant_id AND p.id = l.partner_id "
            f"WHERE {OF_TENANT} AND p.status = 'active'",
        ),
        GuardFunction(
            "listed_specialisations()",
            "TABLE (partner_id uuid, code text, label_en text, label_ru text)",
            "SELECT l.partner_id, t.code, t.label_en, t.label_ru FROM public.partners_listing l "
            "JOIN public.partners_partnerterm h ON h.tenant_id = l.tenant_id AND h.partner_id = l.partner_id "
            "JOIN public.partners_term t ON t.tenant_id = h.tenant_id AND t.id = h.term_id "
            f"WHERE {OF_TENANT} AND h.ends_on IS NULL "
            "AND t.kind = 'specialisation' AND t.retired_at IS NULL ORDER BY t.label_en, t.code",
        ),
    ]
