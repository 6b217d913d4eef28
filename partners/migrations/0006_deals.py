"""Deals, their protections by date, wishes for more days, declared interests; what may be told of a claim."""

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


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0005_segments"),
        ("prm", "0004_numbers"),
        ("prm", "0004_numbers"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Deal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("customer", models.CharField(max_length=200, verbose_name="Customer")),
                ("tax_id", models.CharField(blank=True, max_length=30, verbose_name="Customer's tax id")),
                (
                    "domain",
                    models.CharField(blank=True, max_length=200, verbose_name="Customer's website or e-mail"),
                ),
                ("contact", models.CharField(blank=True, max_length=150, verbose_name="Whom you talk to")),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("closes_on", models.DateField(verbose_name="Expected to close on")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("qualified", "Qualified"),
                            ("proposal", "Proposal"),
                            ("negotiation", "Negotiation"),
                        ],
                        default="qualified",
                        max_length=12,
                        verbose_name="Stage",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="Note")),
                (
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
                        ],
                        default="submitted",
                        max_length=10,
                    ),
                ),
                ("claim_key", models.CharField(max_length=300)),
                ("claim_basis", models.CharField(max_length=6)),
                ("name_key", models.CharField(max_length=200)),
                ("submitted_at", models.DateTimeField()),
                ("submitted_by_label", models.CharField(max_length=200)),
                ("decide_by", models.DateTimeField()),
                ("escalated_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(blank=True, max_length=1000)),
                ("asked_fields", models.JSONField(default=list)),
                ("closed_on", models.DateField(null=True)),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
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
                (
                    "partner",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partner",
                        verbose_name="Partner",
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
                    models.UniqueConstraint(fields=("tenant", "number"), name="deal_one_per_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["submitted", "returned", "queued", "protected"])),
                        fields=("tenant", "partner", "claim_key", "line"),
                        name="deal_one_claim_per_partner_and_customer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="deal_is_worth_something"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["tenant", "claim_key", "line", "submitted_at", "id"], name="deal_queue"
                    ),
                    models.Index(fields=["tenant", "partner", "-id"], name="deal_of_a_partner"),
                    models.Index(fields=["tenant", "state", "decide_by"], name="deal_by_state"),
                    models.Index(fields=["tenant", "name_key"], name="deal_by_customer_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeclaredInterest",
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
                            ("related", "Related party"),
                            ("ownership", "Ownership"),
                            ("competing", "Competing line"),
                        ],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="Note")),
                ("declared_at", models.DateTimeField()),
                (
                    "member",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prm.membership",
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "member", "partner"), name="interest_declared_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("days", models.PositiveSmallIntegerField(verbose_name="More days")),
                ("why", models.CharField(max_length=500, verbose_name="Why")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "Asked for"), ("granted", "Granted"), ("refused", "Refused")],
                        default="asked",
                        max_length=7,
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
                        related_name="extensions",
                        to="partners.deal",
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
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("tenant", "deal"),
                        name="extension_one_asked_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Protection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("claim_key", models.CharField(max_length=300)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("extensions", models.PositiveSmallIntegerField(default=0)),
                ("reminded_days", models.PositiveSmallIntegerField(null=True)),
                (
                    "deal",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="protections",
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
                    ),
                ),
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
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("tenant", "="),
                            ("claim_key", "="),
                            ("line", "="),
                            (
                                partners.directory.models.DateSpan(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                        ],
                        name="protection_one_live_per_customer_and_line",
                    ),
                    models.UniqueConstraint(fields=("tenant", "deal"), name="protection_one_per_deal"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gt", models.F("starts_on"))),
                        name="protection_lasts_a_day",
                    ),
                ],
                "indexes": [models.Index(fields=["tenant", "ends_on"], name="protection_by_end")],
            },
        ),
        TenantTable("Deal", wall="partner_id"),
        TenantTable("Protection", wall="partner_id"),
        TenantTable("Extension", wall="partner_id"),
        TenantTable("DeclaredInterest", wall="staff"),
        # What a partner may know of others' claims: one word and a place; the same work whoever stands there.
        GuardFunction(
            "claim_standing(wanted_key text, wanted_line uuid, mine uuid, today date, at timestamptz, own uuid)",
            "TABLE (word text, place integer)",
            "WITH live AS (SELECT d.partner_id, d.submitted_at, d.id, p.id IS NOT NULL AS protected "
            "FROM public.partners_deal d LEFT JOIN public.partners_protection p ON p.tenant_id = d.tenant_id "
            "AND p.deal_id = d.id AND p.ends_on > today "
            "WHERE d.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid "
            "AND d.claim_key = wanted_key AND d.line_id = wanted_line "
            "AND (d.state IN ('submitted', 'returned', 'queued') OR p.id IS NOT NULL)) "
            "SELECT CASE WHEN bool_or(partner_id = mine AND id IS DISTINCT FROM own) THEN 'yours' "
            "WHEN bool_or(partner_id <> mine AND protected) THEN 'registered' "
            "WHEN bool_or(partner_id <> mine) THEN 'review' ELSE 'free' END, "
            "(1 + count(*) FILTER (WHERE partner_id <> mine AND (submitted_at, id) "
            "< (at, coalesce(own, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid))))::integer FROM live",
        ),
    ]
