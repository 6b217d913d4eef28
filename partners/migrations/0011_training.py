"""Courses with lessons and quizzes, what people did of them, certificates, learning paths; what a stranger may check."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("partners", "0010_below"),
        ("prm", "0005_comments"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="Code")),
                ("title", models.CharField(max_length=150, verbose_name="Title")),
                ("about", models.CharField(blank=True, max_length=500, verbose_name="What it is about")),
                (
                    "audience",
                    models.CharField(
                        choices=[("everyone", "Everyone"), ("sales", "Sales"), ("technical", "Technicians")],
                        default="everyone",
                        max_length=10,
                        verbose_name="For whom",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=9,
                    ),
                ),
                (
                    "pass_percent",
                    models.PositiveSmallIntegerField(default=80, verbose_name="Right answers to pass, %"),
                ),
                (
                    "attempts_allowed",
                    models.PositiveSmallIntegerField(default=3, verbose_name="Attempts allowed"),
                ),
                (
                    "wait_hours",
                    models.PositiveSmallIntegerField(
                        default=24, verbose_name="Hours to wait after a failed attempt"
                    ),
                ),
                (
                    "valid_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="The certificate holds, months"
                    ),
                ),
                (
                    "needed_for_deals",
                    models.BooleanField(
                        default=False, verbose_name="Needed to register deals of this product line"
                    ),
                ),
                ("version", models.IntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
                (
                    "line",
                    prm.tenancy.models.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.productcategory",
                        verbose_name="Product line",
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
                    models.UniqueConstraint(fields=("tenant", "code"), name="course_one_per_code"),
                    models.CheckConstraint(
                        condition=models.Q(("pass_percent__gte", 1), ("pass_percent__lte", 100)),
                        name="course_pass_is_a_percent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("code", models.CharField(max_length=40)),
                ("member_id", models.UUIDField(null=True)),
                ("person", models.CharField(max_length=150, verbose_name="Person")),
                ("issued_on", models.DateField(verbose_name="Issued on")),
                ("valid_until", models.DateField(null=True)),
                ("revoked_on", models.DateField(null=True)),
                ("revoked_why", models.CharField(blank=True, max_length=500)),
                ("reminded_days", models.PositiveSmallIntegerField(null=True)),
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
                (
                    "course",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.course",
                        verbose_name="Course",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "number"), name="certificate_one_per_number"),
                    models.UniqueConstraint(fields=("tenant", "code"), name="certificate_one_per_code"),
                ],
                "indexes": [
                    models.Index(
                        fields=["tenant", "partner", "course", "issued_on"], name="certificate_of_a_partner"
                    ),
                    models.Index(fields=["tenant", "valid_until"], name="certificate_by_end"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("member_id", models.UUIDField()),
                ("handed_in_at", models.DateTimeField()),
                ("right", models.PositiveSmallIntegerField()),
                ("asked", models.PositiveSmallIntegerField()),
                ("passed", models.BooleanField()),
                ("weak_lessons", models.JSONField(default=list)),
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
                    "course",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.course",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["tenant", "member_id", "course", "handed_in_at"], name="attempt_of_a_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LearningPath",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="Name")),
                ("about", models.CharField(blank=True, max_length=300, verbose_name="What it is for")),
                ("partner_type", models.CharField(blank=True, max_length=20, verbose_name="Type of partner")),
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
            name="Lesson",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="Place")),
                ("title", models.CharField(max_length=150, verbose_name="Title")),
                ("body", models.TextField(blank=True, verbose_name="Text")),
                ("video_url", models.URLField(blank=True, max_length=300, verbose_name="Link to a film")),
                (
                    "course",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lessons",
                        to="partners.course",
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
                "indexes": [models.Index(fields=["tenant", "course", "position"], name="lesson_of_a_course")],
            },
        ),
        migrations.CreateModel(
            name="LessonDone",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("partner_id", models.UUIDField()),
                ("member_id", models.UUIDField()),
                ("read_at", models.DateTimeField()),
                (
                    "lesson",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.lesson",
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
                    models.UniqueConstraint(fields=("tenant", "member_id", "lesson"), name="lesson_read_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PathCourse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "course",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.course",
                    ),
                ),
                (
                    "path",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="partners.learningpath",
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
                    models.UniqueConstraint(fields=("tenant", "path", "course"), name="path_course_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="QuizQuestion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="Place")),
                ("text", models.CharField(max_length=500, verbose_name="Question")),
                ("choices", models.JSONField(default=list)),
                ("takes_several", models.BooleanField(default=False)),
                (
                    "course",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="partners.course",
                    ),
                ),
                (
                    "lesson",
                    prm.tenancy.models.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="partners.lesson",
                        verbose_name="Answered in",
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
                    models.Index(fields=["tenant", "course", "position"], name="question_of_a_course")
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("right_choices", models.JSONField(default=list)),
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
                    "question",
                    prm.tenancy.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="partners.quizquestion",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "question"), name="answer_key_one_per_question")
                ],
            },
        ),
        TenantTable("Course", wall="shared"),
        TenantTable("Lesson", wall="shared"),
        TenantTable("QuizQuestion", wall="shared"),
        TenantTable("AnswerKey", wall="staff"),
        TenantTable("LessonDone", wall="partner_id"),
        TenantTable("Attempt", wall="partner_id"),
        TenantTable("Certificate", wall="partner_id"),
        TenantTable("LearningPath", wall="shared"),
        TenantTable("PathCourse", wall="shared"),
        # A quiz is compared with its keys behind the vendor's wall: how many were asked, how many right, which lessons
        # to look at again. `given` holds the chosen places by question id, in order.
        GuardFunction(
            "graded(wanted uuid, given jsonb)",
            "TABLE (asked integer, right_answers integer, weak uuid[])",
            "SELECT count(*)::integer, "
            "(count(*) FILTER (WHERE k.right_choices = coalesce(given -> q.id::text, '[]'::jsonb)))::integer, "
            "array_agg(DISTINCT q.lesson_id) FILTER (WHERE q.lesson_id IS NOT NULL "
            "AND k.right_choices <> coalesce(given -> q.id::text, '[]'::jsonb)) "
            "FROM public.partners_quizquestion q "
            "JOIN public.partners_answerkey k ON k.tenant_id = q.tenant_id AND k.question_id = q.id "
            "WHERE q.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND q.course_id = wanted",
        ),
        # What anybody who holds its code may read of a certificate.
        GuardFunction(
            "certificate_of(secret text)",
            "TABLE (number bigint, person text, course text, company text, issued_on date, valid_until date, "
            "revoked_on date)",
            "SELECT c.number, c.person, k.title, p.name, c.issued_on, c.valid_until, c.revoked_on "
            "FROM public.partners_certificate c "
            "JOIN public.partners_course k ON k.tenant_id = c.tenant_id AND k.id = c.course_id "
            "JOIN public.partners_partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id "
            "WHERE c.tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid AND c.code = secret",
        ),
    ]
