"""What customers paid of sales, each payment a fact of its own."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import prm.kit.ids
import prm.tenancy.context
import prm.tenancy.models
from prm.tenancy.operations import GuardFunction, TenantTable


def facts() -> list[tuple[str, models.Field]]:
    """What a payment and its earlier revisions say alike."""
    return [
        (
            "id",
            models.UUIDField(default=prm.kit.ids.uuid7, editable=False, primary_key=True, serialize=False),
        ),
        ("source", models.CharField(max_length=40, verbose_name="Source")),
        ("external_id", models.CharField(max_length=120, verbose_name="External id")),
        ("revision", models.IntegerField(default=1)),
        ("paid_on", models.DateField(verbose_name="Paid on")),
        ("amount_minor", models.BigIntegerField(verbose_name="Amount paid")),
        ("currency", models.CharField(max_length=3, verbose_name="Currency")),
        ("voided", models.BooleanField(default=False)),
        ("import_batch_id", models.UUIDField(null=True)),
        ("recorded_at", models.DateTimeField()),
    ]


def tenant() -> tuple[str, models.Field]:
    return (
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
    )


def line() -> tuple[str, models.Field]:
    return (
        "line",
        prm.tenancy.models.TenantForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="payments",
            to="partners.saleline",
        ),
    )


OPTIONS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}
TENANT = "NULLIF(current_setting('app.tenant_id', true), '')::uuid"
OWN = "ANY (NULLIF(current_setting('app.partner_ids', true), '')::uuid[])"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("partners", "0021_invoices")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SalePayment",
            fields=[*facts(), ("received_at", models.DateTimeField()), line(), tenant()],
            options=OPTIONS,
        ),
        migrations.AddConstraint(
            model_name="salepayment",
            constraint=models.UniqueConstraint(
                fields=("tenant", "source", "external_id"), name="sale_payment_one_per_external_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="salepayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="sale_payment_pays_something"
            ),
        ),
        migrations.AddIndex(
            model_name="salepayment",
            index=models.Index(fields=["tenant", "line", "paid_on"], name="sale_payment_of_a_line"),
        ),
        migrations.AddIndex(
            model_name="salepayment",
            index=models.Index(fields=["tenant", "paid_on", "id"], name="sale_payment_by_day"),
        ),
        migrations.AddIndex(
            model_name="salepayment",
            index=models.Index(fields=["tenant", "recorded_at"], name="sale_payment_by_recording"),
        ),
        migrations.AddIndex(
            model_name="salepayment",
            index=models.Index(
                condition=models.Q(("import_batch_id__isnull", False)),
                fields=["tenant", "import_batch_id"],
                name="sale_payment_by_import",
            ),
        ),
        TenantTable("salepayment", wall="staff"),
        migrations.CreateModel(
            name="SalePaymentRevision",
            fields=[*facts(), ("payment_id", models.UUIDField()), ("line_id", models.UUIDField()), tenant()],
            options=OPTIONS,
        ),
        migrations.AddConstraint(
            model_name="salepaymentrevision",
            constraint=models.UniqueConstraint(
                fields=("tenant", "payment_id", "revision"), name="sale_payment_revision_once"
            ),
        ),
        TenantTable("salepaymentrevision", wall="staff", append_only=True, references=False),
        # A partner reads which part of its own sales is paid, and of those that it has a share of: no payment, no sum.
        GuardFunction(
            "paid_of_own_lines(wanted uuid[])",
            "TABLE (line_id uuid, share numeric)",
            "SELECT l.id, CASE WHEN p.minor >= d.minor THEN 1 ELSE trunc(p.minor / d.minor, 3) END "
            "FROM public.partners_saleline l "
            "CROSS JOIN LATERAL (SELECT coalesce(sum(m.amount_minor), 0)::numeric AS minor "
            "FROM public.partners_salepayment m WHERE m.tenant_id = l.tenant_id AND m.line_id = l.id AND NOT m.voided "
            "AND m.currency = l.currency) p "
            "CROSS JOIN LATERAL (SELECT l.amount_minor - coalesce(sum(r.amount_minor), 0)::numeric AS minor "
            "FROM public.partners_saleline r WHERE r.tenant_id = l.tenant_id AND r.refunded_line_id = l.id "
            "AND r.kind = 'refund' AND NOT r.voided AND r.currency = l.currency) d "
            f"WHERE l.tenant_id = {TENANT} AND l.id = ANY (wanted) AND l.kind = 'sale' AND NOT l.voided "
            f"AND p.minor > 0 AND (l.partner_id = {OWN} OR EXISTS (SELECT FROM public.partners_salesplit s "
            f"WHERE s.tenant_id = l.tenant_id AND s.line_id = l.id AND s.partner_id = {OWN}))",
        ),
    ]
