"""Segments, engagement and potential."""

from typing import ClassVar

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import partners.directory.models
import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0004_sale_shares"),
        ("prm", "0003_notices"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="Code")),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("purpose", models.CharField(blank=True, max_length=300, verbose_name="What it is for")),
                (
                    "kind",
                    models.CharField(
                        choices=[("rule", "By a rule"), ("list", "Fixed list")],
                        default="rule",
                        max_length=4,
                        verbose_name="Kind",
                    ),
                ),
                ("rule", models.JSONField(null=True)),
                ("member_count", models.IntegerField(default=0)),
                ("calculated_for", models.DateField(null=True)),
                ("calculated_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
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
                    models.UniqueConstraint(fields=("tenant", "code"), name="segment_one_per_code"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "rule"), ("rule__isnull", False)),
                            models.Q(("kind", "list"), ("rule__isnull", True)),
                            _connector="OR",
                        ),
                        name="segment_rule_where_it_has_one",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentMember",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(null=True)),
                ("facts", models.JSONField(default=list)),
                ("left_facts", models.JSONField(default=list)),
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
                    "segment",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="partners.segment",
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
                            ("segment", "="),
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
                        name="segment_member_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="segment_member_for_a_day_at_least",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["tenant", "segment", "ends_on", "partner"], name="segment_member_of"
                    ),
                    models.Index(fields=["tenant", "partner", "-starts_on"], name="segment_member_is_in"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SegmentRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("as_of", models.DateField()),
                ("rule", models.JSONField(null=True)),
                ("entered", models.IntegerField()),
                ("left", models.IntegerField()),
                ("members", models.IntegerField()),
                ("started_by_label", models.CharField(max_length=200)),
                ("finished_at", models.DateTimeField()),
                (
                    "segment",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="partners.segment",
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
                "indexes": [models.Index(fields=["tenant", "segment", "-id"], name="segment_run_newest")],
            },
        ),
        migrations.CreateModel(
            name="EngagementEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("happened_on", models.DateField()),
                ("reference", models.CharField(max_length=120)),
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
                "indexes": [
                    models.Index(
                        fields=["tenant", "partner", "happened_on"], name="engagement_event_of_partner"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "partner", "kind", "reference"), name="engagement_event_counts_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EngagementWeight",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("weight", models.DecimalField(decimal_places=2, max_digits=7)),
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
                    models.UniqueConstraint(fields=("tenant", "kind"), name="engagement_weight_one_per_kind"),
                    models.CheckConstraint(
                        condition=models.Q(("weight__gte", 0)), name="engagement_weight_is_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PotentialEstimate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("starts_on", models.DateField()),
                ("author_label", models.CharField(max_length=200)),
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
                        fields=("tenant", "partner", "starts_on"), name="potential_estimate_one_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)),
                        name="potential_estimate_is_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuadrantPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("quadrant", models.CharField(max_length=10)),
                ("approach", models.CharField(blank=True, max_length=300, verbose_name="Approach")),
                (
                    "funds_percent",
                    models.PositiveSmallIntegerField(default=0, verbose_name="Share of funds, percent"),
                ),
                (
                    "leads_percent",
                    models.PositiveSmallIntegerField(default=0, verbose_name="Share of leads, percent"),
                ),
                ("content", models.CharField(blank=True, max_length=300, verbose_name="Content")),
                (
                    "hours_a_month",
                    models.PositiveSmallIntegerField(default=0, verbose_name="Manager's hours a month, each"),
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
                    models.UniqueConstraint(fields=("tenant", "quadrant"), name="quadrant_plan_one"),
                    models.CheckConstraint(
                        condition=models.Q(("funds_percent__lte", 100), ("leads_percent__lte", 100)),
                        name="quadrant_plan_percents",
                    ),
                ],
            },
        ),
        TenantTable("Segment", wall="staff"),
        TenantTable("SegmentMember", wall="staff"),
        TenantTable("SegmentRun", wall="staff"),
        TenantTable("EngagementWeight", wall="shared"),
        TenantTable("EngagementEvent", wall="partner_id"),
        TenantTable("PotentialEstimate", wall="staff"),
        TenantTable("QuadrantPlan", wall="staff"),
    ]
