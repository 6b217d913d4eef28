"""A duplicate names its survivor; pairs that were found to be different; who was merged into whom, for a partner's people."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import CompositeReference, GuardFunction, TenantTable

TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
READERS = "NULLIF(current_setting('app.partner_ids', true), '')::uuid[]"
# As in 0010 and 0012: spans of days on which somebody stood below the reader, or below a partner merged into it.
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


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0012_place_below"),
        ("prm", "0005_comments"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="DistinctPartners",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("found_by_label", models.CharField(max_length=200)),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="partner",
            name="merged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="partner",
            name="merged_into",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_partners",
                to="partners.partner",
            ),
        ),
        migrations.AlterField(
            model_name="partner",
            name="status",
            field=models.CharField(
                choices=[
                    ("active", "Active"),
                    ("paused", "Paused"),
                    ("left", "Left the programme"),
                    ("merged", "Merged into another"),
                ],
                default="active",
                max_length=10,
                verbose_name="Status",
            ),
        ),
        migrations.AddIndex(
            model_name="partner",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["tenant", "merged_into"],
                name="partner_merged",
            ),
        ),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("merged_at__isnull", False), ("merged_into__isnull", False), ("status", "merged")
                    ),
                    models.Q(
                        models.Q(("status", "merged"), _negated=True),
                        ("merged_at__isnull", True),
                        ("merged_into__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="partner_merged_names_its_survivor",
            ),
        ),
        migrations.AddField(
            model_name="distinctpartners",
            name="first",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AddField(
            model_name="distinctpartners",
            name="second",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AddField(
            model_name="distinctpartners",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=prm.tenancy.context.current_tenant_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.tenant",
            ),
        ),
        migrations.AddConstraint(
            model_name="distinctpartners",
            constraint=models.UniqueConstraint(
                fields=("tenant", "first", "second"), name="distinct_partners_once_per_pair"
            ),
        ),
        TenantTable("DistinctPartners", wall="staff"),
        CompositeReference("partners_partner", "merged_into_id", "partners_partner"),
        # Asked before the context is opened: a partner's people also see what stays with those merged into theirs.
        GuardFunction(
            "merged_partners(of_tenant uuid, survivor uuid)",
            "TABLE (id uuid)",
            "SELECT p.id FROM public.partners_partner p "
            "WHERE p.tenant_id = of_tenant AND p.merged_into_id = survivor",
        ),
        GuardFunction(
            "partners_below(today date)",
            "TABLE (partner_id uuid, name text, partner_type text, country text, region text, tier text, "
            "status text, parent_id uuid, since date)",
            f"{BELOW} SELECT p.id, p.name, p.partner_type, p.country, p.region, p.tier, p.status, b.parent_id, "
            "b.starts_on FROM below b JOIN public.partners_partner p "
            f"ON p.tenant_id = {TENANT} AND p.id = b.partner_id "
            "WHERE today IS NULL OR (b.starts_on <= today AND today < b.ends_on) ORDER BY p.name_key, p.id",
        ),
        GuardFunction(
            "place_below(wanted uuid)",
            "TABLE (name text, parent_id uuid, parent text, starts_on date, ends_on date)",
            f"{BELOW} SELECT p.name, b.parent_id, a.name, b.starts_on, NULLIF(b.ends_on, 'infinity'::date) "
            f"FROM below b JOIN public.partners_partner p ON p.tenant_id = {TENANT} AND p.id = b.partner_id "
            f"JOIN public.partners_partner a ON a.tenant_id = {TENANT} AND a.id = b.parent_id "
            "WHERE b.partner_id = wanted ORDER BY b.starts_on DESC",
        ),
        GuardFunction(
            "sales_below(first date, last date)",
            "TABLE (line_id uuid, occurred_on date, partner_id uuid, seller text, product text, "
            "quantity numeric, amount_minor bigint, currency text)",
            f"{BELOW} SELECT s.id, s.occurred_on, s.partner_id, p.name, w.name, s.quantity, "
            "CASE s.kind WHEN 'refund' THEN -s.amount_minor ELSE s.amount_minor END, s.currency FROM below b "
            f"JOIN public.partners_saleline s ON s.tenant_id = {TENANT} AND s.partner_id = b.partner_id "
            "AND s.occurred_on >= b.starts_on AND s.occurred_on < b.ends_on "
            f"JOIN public.partners_partner p ON p.tenant_id = {TENANT} AND p.id = s.partner_id "
            f"JOIN public.partners_product w ON w.tenant_id = {TENANT} AND w.id = s.product_id "
            "WHERE NOT s.voided AND s.occurred_on BETWEEN first AND last",
        ),
    ]
