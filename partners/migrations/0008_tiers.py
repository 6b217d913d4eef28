"""Tiers, the calendar of their reviews, pins and warnings."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0007_onboarding"),
        ("prm", "0004_numbers"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Tier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="Name")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="Rank")),
                ("rule", models.JSONField()),
                ("benefits", models.CharField(blank=True, max_length=1000, verbose_name="Benefits")),
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
                    models.UniqueConstraint(fields=("tenant", "name"), name="tier_one_per_name"),
                    models.UniqueConstraint(fields=("tenant", "rank"), name="tier_one_per_rank"),
                    models.CheckConstraint(
                        condition=models.Q(("rank__gte", 1)), name="tier_rank_begins_at_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TierCalendar",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[("quarter", "Quarter"), ("half", "Half-year"), ("year", "Year")],
                        default="quarter",
                        max_length=7,
                        verbose_name="Review every",
                    ),
                ),
                (
                    "warn_days",
                    models.PositiveSmallIntegerField(default=60, verbose_name="Warn so many days before"),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="Days of grace after the review"
                    ),
                ),
                ("rises_at_once", models.BooleanField(default=True, verbose_name="Rise at once")),
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
                "constraints": [models.UniqueConstraint(fields=("tenant",), name="tier_calendar_one")],
            },
        ),
        migrations.CreateModel(
            name="TierPin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ends_on", models.DateField(verbose_name="Until before")),
                ("reason", models.CharField(max_length=300, verbose_name="Reason")),
                ("author_label", models.CharField(max_length=200)),
                ("pinned_at", models.DateTimeField()),
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
                    models.UniqueConstraint(fields=("tenant", "partner"), name="tier_pin_one_per_partner")
                ],
            },
        ),
        migrations.CreateModel(
            name="TierWarning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("warned_on", models.DateField()),
                ("decides_on", models.DateField()),
                ("missing", models.JSONField(default=list)),
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
                    "tier",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.tier",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "partner"), name="tier_warning_one_per_partner")
                ],
            },
        ),
        TenantTable("Tier", wall="shared"),
        TenantTable("TierCalendar", wall="shared"),
        TenantTable("TierPin", wall="partner_id"),
        TenantTable("TierWarning", wall="partner_id"),
    ]
