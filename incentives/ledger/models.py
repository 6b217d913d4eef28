"""Period, LedgerAccount, Transfer, Reimbursement, LedgerSeal, OuterAccount; written by ledger actions, seals and
bookkeeping alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from prm.tenancy.models import TenantForeignKey, TenantModel

ADJUSTMENT = "adjustment"


class AccountCode(models.TextChoices):
    EXPENSE = "expense", _("Expense")
    FUNDS_EXPENSE = "funds_expense", _("Expense, marketing funds")
    ADJUSTMENT_EXPENSE = "adjustment_expense", _("Expense, adjustments")
    PAYABLE_PENDING = "payable_pending", _("Payable, pending")
    PAYABLE_AVAILABLE = "payable_available", _("Payable, available")
    IN_TRANSIT = "in_transit", _("In transit")
    BANK = "bank", _("Bank")
    CLAWBACK_DUE = "clawback_due", _("Clawback due")
    WITHHOLDING = "withholding", _("Withholding")


class Period(TenantModel):
    """One calendar month of the tenant; open until `closed_at`."""

    wall: ClassVar = "shared"

    starts_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by_label = models.CharField(max_length=200, blank=True)
    calculated_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "starts_on"], name="period_one_per_month"),
            models.CheckConstraint(condition=models.Q(starts_on__day=1), name="period_starts_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m}"


class LedgerAccount(TenantModel):
    """One purse: a code, a partner (none for the vendor's own), a currency."""

    wall: ClassVar = "staff"

    code = models.CharField(max_length=20, choices=AccountCode.choices)
    partner_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "code", "partner_id", "currency"],
                name="ledger_account_one",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["tenant", "currency", "id"], name="ledger_account_in_currency"),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$"), name="ledger_account_iso_currency"
            ),
        ]


class Transfer(TenantModel):
    """An amount that moved from `credit` to `debit`. `source_type`, `source_id` and `leg` name what caused it, once.

    `period_on` is the month it is posted in; `effective_on` the business day; a reversal names what it takes back.
    """

    wall: ClassVar = "staff"

    journal_id = models.UUIDField()
    debit = TenantForeignKey(LedgerAccount, related_name="+")
    credit = TenantForeignKey(LedgerAccount, related_name="+")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    source_type = models.CharField(max_length=30)
    source_id = models.UUIDField()
    leg = models.CharField(max_length=60, default="")
    reverses = TenantForeignKey("self", null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    actor_id = models.UUIDField(null=True)
    period_on = models.DateField()
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="transfer_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="transfer_between_two"
            ),
            models.CheckConstraint(
                name="transfer_reversal_names_its_original",
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(reverses__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind", "source_type", "source_id", "leg"], name="transfer_one_per_source"
            ),
            models.UniqueConstraint(fields=["tenant", "reverses"], name="transfer_reversed_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "debit", "period_on"], name="transfer_by_debit"),
            models.Index(fields=["tenant", "credit", "period_on"], name="transfer_by_credit"),
            models.Index(fields=["tenant", "recorded_at", "id"], name="transfer_in_time"),
        ]


class Reimbursement(TenantModel):
    """What a partner is owed beside its entries: a cost that the vendor shares, or what people adjusted, up or down.
    Append-only; its transfer names it.

    `source_type` and `source_id` name what caused it, once; `label` is what a statement calls it. `free_on`: first day
    it may be paid. Of an adjustment `belongs_on` is the month that it is about, `settles_with` the entry or adjustment
    that it corrects, `written_by_user_id` who wrote it.
    """

    wall: ClassVar = "partner_id"

    source_type = models.CharField(max_length=30)
    source_id = models.UUIDField()
    label = models.CharField(max_length=200)
    partner_id = models.UUIDField()
    period_on = models.DateField()
    occurred_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    free_on = models.DateField()
    belongs_on = models.DateField(null=True)
    settles_with = models.UUIDField(null=True)
    written_by_user_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source_type", "source_id"], name="reimbursement_one_per_source"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0) | models.Q(amount_minor__lt=0, source_type=ADJUSTMENT),
                name="reimbursement_amount_has_its_sign",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner_id", "period_on"], name="reimbursement_of_a_partner"),
        ]


class LedgerSeal(TenantModel):
    """One link of the ledger's chain: all transfers recorded since the link before it and earlier than `until`."""

    wall: ClassVar = "staff"

    number = models.BigIntegerField()
    until = models.DateTimeField()
    transfer_count = models.BigIntegerField()
    chain_hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="ledger_seal_one_per_number"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class OuterAccount(TenantModel):
    """What the vendor's own bookkeeping calls one of our accounts."""

    wall: ClassVar = "staff"

    code = models.CharField(max_length=20, choices=AccountCode.choices)
    number = models.CharField(max_length=20)
    set_at = models.DateTimeField()
    set_by_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="outer_account_one_per_code"),
        ]
