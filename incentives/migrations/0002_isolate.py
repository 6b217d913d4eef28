"""Row policies, keys and references of the money tables."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import TenantTable, under_policies


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0001_initial"), ("partners", "0002_isolate")]

    operations: ClassVar = [
        TenantTable("CalculationRun", wall="staff"),
        TenantTable("CalculationShard", wall="staff"),
        TenantTable("CalculationMember", wall="staff", references=False),
        TenantTable("Entry", wall="partner_id", append_only=True, references=False),
        TenantTable("LineOutcome", wall="partner_id", references=False),
        TenantTable("Period", wall="shared"),
        TenantTable("LedgerAccount", wall="staff"),
        TenantTable("Transfer", wall="staff", append_only=True),
        TenantTable("BankAccount", wall="partner_id"),
        TenantTable("PayoutRun", wall="staff"),
        TenantTable("PayoutShard", wall="staff"),
        TenantTable("PayoutItem", wall="partner_id"),
        TenantTable("PayoutAllocation", wall="partner_id", references=False),
        TenantTable("PayoutApproval", wall="staff"),
        TenantTable("PayoutFile", wall="staff", append_only=True),
        TenantTable("ItemOutcome", wall="staff", append_only=True),
        TenantTable("Statement", wall="partner_id", append_only=True),
        TenantTable("Plan", wall="shared"),
        TenantTable("PlanVersion", wall="shared"),
        TenantTable("PlanAssignment", wall="staff"),
        *(
            migrations.RunSQL(under_policies(reference), migrations.RunSQL.noop)
            for reference in (
                "ALTER TABLE incentives_transfer ADD CONSTRAINT transfer_debit_same_currency FOREIGN KEY "
                "(tenant_id, currency, debit_id) REFERENCES incentives_ledgeraccount (tenant_id, currency, id)",
                "ALTER TABLE incentives_transfer ADD CONSTRAINT transfer_credit_same_currency FOREIGN KEY "
                "(tenant_id, currency, credit_id) REFERENCES incentives_ledgeraccount (tenant_id, currency, id)",
                "ALTER TABLE incentives_payoutapproval ADD CONSTRAINT payout_approval_names_the_creator FOREIGN KEY "
                "(tenant_id, run_id, created_by_user_id) "
                "REFERENCES incentives_payoutrun (tenant_id, id, created_by_user_id)",
            )
        ),
    ]
