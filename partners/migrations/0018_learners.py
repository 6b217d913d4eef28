"""What people do at a partner, files of lessons, attempts that are forgiven; first steps by group."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import CompositeReference, GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0017_dated_profiles"),
        ("prm", "0005_comments"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="journeyplan",
            name="group_code",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.RemoveConstraint(model_name="journeyplan", name="journey_plan_one_per_type"),
        migrations.AddConstraint(
            model_name="journeyplan",
            constraint=models.UniqueConstraint(
                fields=("tenant", "partner_type", "group_code"), name="journey_plan_one_per_type_and_group"
            ),
        ),
        migrations.AddField(model_name="attempt", name="forgiven_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="lesson",
            name="handout",
            field=prm.tenancy.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prm.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="handout_name",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.CreateModel(
            name="Learner",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("member_id", models.UUIDField()),
                (
                    "duty",
                    models.CharField(
                        choices=[("sales", "I sell"), ("technical", "I install and look after")],
                        max_length=9,
                        verbose_name="What you do",
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
                    models.UniqueConstraint(fields=("tenant", "member_id"), name="learner_once_per_person")
                ],
            },
        ),
        CompositeReference("partners_lesson", "handout_id", "prm_storedfile"),
        TenantTable("Learner", wall="partner_id"),
        # A stranger learns that this company was turned down lately: the applicant's own page said so to it.
        GuardFunction(
            "company_was_rejected(tax text, place text, since timestamptz)",
            "boolean",
            "SELECT EXISTS (SELECT 1 FROM public.partners_application a "
            "WHERE a.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid "
            "AND a.state = 'rejected' AND a.decided_at > since "
            "AND ((tax <> '' AND a.tax_key = tax) OR (place <> '' AND a.domain = place)))",
        ),
        # The file of a lesson that partners may read: files of the vendor's stand behind its wall.
        GuardFunction(
            "handout_of(wanted uuid)",
            "TABLE (name text, media_type text, path text)",
            "SELECT f.name, f.media_type, f.path FROM public.partners_lesson l "
            "JOIN public.partners_course c ON c.tenant_id = l.tenant_id AND c.id = l.course_id "
            "JOIN public.prm_storedfile f ON f.tenant_id = l.tenant_id AND f.id = l.handout_id "
            "WHERE l.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid "
            "AND l.id = wanted AND c.state <> 'draft'",
        ),
    ]
