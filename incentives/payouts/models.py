"""BankAccount, PayerAccount, PayoutRun and all that hangs on it, Statement; written by payouts actions alone."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incentives.earnings.models import Shard
from partners.directory.models import Partner
from prm.accounts.models import Membership
from prm.currencies.models import ExchangeRate
from prm.files.models import StoredFile
from prm.jobs.models import Job
from prm.tenancy.models import TenantForeignKey, TenantModel


class PayoutState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CALCULATING = "calculating", _("Calculating")
    CALCULATED = "calculated", _("Calculated")
    FAILED = "failed", _("Failed")
    SUBMITTED = "submitted", _("Submitted for approval")
    APPROVED = "approved", _("Approved")
    EXPORTING = "exporting", _("Exporting")
    EXPORTED = "exported", _("Exported")
    SETTLED = "settled", _("Settled")
    PARTLY_SETTLED = "partly_settled", _("Partly settled")
    CANCELLED = "cancelled", _("Cancelled")


class ItemState(models.TextChoices):
    RESERVED = "reserved", _("Reserved")
    HELD = "held", _("Held")
    SENT = "sent", _("Sent")
    PAID = "paid", _("Paid")
    RETURNED = "returned", _("Returned")
    UNKNOWN = "unknown", _("Unknown")


class BankAccount(TenantModel):
    """One version of where a partner is paid; counts once another person has confirmed it, 72 hours after.

    `account_sealed` is the encrypted number; `account_last4` is all that pages show.
    """

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, related_name="+")
    currency = models.CharField(_("Currency"), max_length=3)
    holder = models.CharField(_("Account holder"), max_length=140)
    bank_code = models.CharField(_("Bank code"), max_length=20, blank=True)
    account_sealed = models.BinaryField()
    account_last4 = models.CharField(max_length=4)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    city = models.CharField(_("City"), max_length=60, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by_user_id = models.UUIDField(null=True)
    proposed_by_label = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_user_id = models.UUIDField(null=True)
    confirmed_by_label = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bank_account_confirmed_by_another",
                condition=models.Q(confirmed_by_user_id__isnull=True)
                | ~models.Q(confirmed_by_user_id=models.F("proposed_by_user_id")),
            ),
        ]


class FileKind(models.TextChoices):
    """The kinds of payment file, as payouts.files.formats knows them."""

    PAIN001 = "pain001", _("ISO 20022 transfers (pain.001.001.09)")
    CLIENT_BANK = "1c", _("1C payment orders (1CClientBankExchange)")
    CSV = "csv", _("Table (CSV)")


class PayerAccount(TenantModel):
    """One version of the account that payouts of a currency leave, and the kind of file its bank reads.

    Sealed and confirmed as a BankAccount is; it counts at once, for money cannot be led to a stranger by it. `purpose`
    stands before the run's number in the words of each payment.
    """

    wall: ClassVar = "staff"

    currency = models.CharField(max_length=3)
    file_kind = models.CharField(max_length=10, choices=FileKind.choices)
    name = models.CharField(max_length=140)
    account_sealed = models.BinaryField()
    account_last4 = models.CharField(max_length=4)
    bank_code = models.CharField(max_length=20, blank=True)
    bank_name = models.CharField(max_length=140, blank=True)
    correspondent = models.CharField(max_length=20, blank=True)
    tax_id = models.CharField(max_length=12, blank=True)
    purpose = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=2, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by_user_id = models.UUIDField(null=True)
    proposed_by_label = models.CharField(max_length=200)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_user_id = models.UUIDField(null=True)
    confirmed_by_label = models.CharField(max_length=200, blank=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                name="payer_account_confirmed_by_another",
                condition=models.Q(confirmed_by_user_id__isnull=True)
                | ~models.Q(confirmed_by_user_id=models.F("proposed_by_user_id")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "currency"],
                name="payer_account_one_per_currency",
                condition=models.Q(confirmed_at__isnull=False, replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ··{self.account_last4}"


class PayoutRun(TenantModel):
    """One batch of payments of a currency over closed periods up to `period_on`.

    `content_hash` is SHA-256 over the canonical ordered items, their count and total, and the account that pays;
    approvals are of that hash.
    `funnel` says why balances were held out; `last_reason` why the run was sent back or stopped, and by whom. `job` is
    its latest calculation, for those who watch. `payer_account` decides the kind of its file; a table without one.
    `approvals_needed` is decided when it is submitted, by `limit_rate` where its currency is not the limit's.
    """

    wall: ClassVar = "staff"

    number = models.BigIntegerField()
    period_on = models.DateField()
    pays_on = models.DateField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=20, default="bank_file")
    state = models.CharField(max_length=15, choices=PayoutState.choices, default=PayoutState.DRAFT)
    version = models.IntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True)
    item_count = models.IntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    funnel = models.JSONField(default=dict)
    created_by = TenantForeignKey(Membership, related_name="+")
    created_by_user_id = models.UUIDField()
    payer_account = TenantForeignKey(PayerAccount, null=True, related_name="+")
    job = TenantForeignKey(Job, null=True, related_name="+")
    cutoff_at = models.DateTimeField()
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approvals_needed = models.SmallIntegerField(null=True)
    limit_rate = TenantForeignKey(ExchangeRate, null=True, related_name="+")
    exported_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_reason = models.CharField(max_length=500, blank=True, db_default="")
    last_reason_by = models.CharField(max_length=200, blank=True, db_default="")

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="payout_run_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant", "period_on", "currency", "method"],
                name="payout_run_one_open",
                condition=~models.Q(state__in=["cancelled", "settled", "partly_settled"]),
            ),
            models.UniqueConstraint(
                fields=["tenant", "id", "created_by_user_id"], name="payout_run_of_its_creator"
            ),
        ]

    def __str__(self) -> str:
        return f"PR-{self.number}"


class PayoutShard(Shard):
    """A part of a payout run's partners, calculated in one transaction."""

    wall: ClassVar = "staff"

    run = TenantForeignKey(PayoutRun, models.CASCADE, related_name="shards")

    class Meta(Shard.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "run", "number"], name="payout_shard_one_per_number"),
        ]


class PayoutItem(TenantModel):
    """One partner in a run: the payment, or the balance that was held out and why. `order_number` is that of its
    payment order, where the file has such."""

    wall: ClassVar = "partner_id"

    run = TenantForeignKey(PayoutRun, related_name="items")
    partner = TenantForeignKey(Partner, related_name="+")
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()
    bank_account = TenantForeignKey(BankAccount, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.RESERVED)
    reason = models.CharField(max_length=30, blank=True)
    facts = models.JSONField(default=dict)
    retry_of = TenantForeignKey("self", null=True, related_name="+")
    order_number = models.IntegerField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "run", "partner", "currency"], name="payout_item_one_per_partner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} · {self.partner}"


class PayoutAllocation(TenantModel):
    """An entry, or a reimbursement, taken into a run; it is in one live allocation at most."""

    wall: ClassVar = "partner_id"

    run_id = models.UUIDField()
    item_id = models.UUIDField()
    partner_id = models.UUIDField()
    entry_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "entry_id"],
                name="payout_allocation_one_live",
                condition=models.Q(released_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "run_id"], name="payout_allocation_of_a_run")]


class PayoutApproval(TenantModel):
    """One person's yes to one content hash; `created_by_user_id` repeats the run's creator so that the database can
    refuse the same person."""

    wall: ClassVar = "staff"

    run = TenantForeignKey(PayoutRun, related_name="approvals")
    approver = TenantForeignKey(Membership, related_name="+")
    approver_user_id = models.UUIDField()
    created_by_user_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    total_minor = models.BigIntegerField()
    approved_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                name="payout_approval_by_another",
                condition=~models.Q(approver_user_id=models.F("created_by_user_id")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "run", "approver_user_id"],
                name="payout_approval_one_live",
                condition=models.Q(voided_at__isnull=True),
            ),
        ]


class PayoutFile(TenantModel):
    """The bytes that went to the bank: written once, downloaded many times, never regenerated."""

    wall: ClassVar = "staff"

    run = TenantForeignKey(PayoutRun, related_name="files")
    message_id = models.CharField(max_length=35)
    file = TenantForeignKey(StoredFile, related_name="+")
    sha256 = models.CharField(max_length=64)
    item_count = models.IntegerField()
    total_minor = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "run"], name="payout_file_one_per_run"),
            models.UniqueConstraint(fields=["tenant", "message_id"], name="payout_file_message_id_once"),
        ]


class ItemOutcome(TenantModel):
    """What the bank (or two people) said of an item; append-only, one per event. Of an answer that was recorded by hand
    `confirmed_by` is the second person."""

    wall: ClassVar = "staff"

    item = TenantForeignKey(PayoutItem, related_name="outcomes")
    event_ref = models.CharField(max_length=80)
    outcome = models.CharField(max_length=8)
    note = models.TextField(blank=True)
    recorded_by_label = models.CharField(max_length=200)
    recorded_by_user_id = models.UUIDField(null=True)
    confirmed_by_label = models.CharField(max_length=200, blank=True, db_default="")
    confirmed_by_user_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.CheckConstraint(
                name="item_outcome_confirmed_by_another",
                condition=models.Q(confirmed_by_user_id__isnull=True)
                | ~models.Q(confirmed_by_user_id=models.F("recorded_by_user_id")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "item", "event_ref"], name="item_outcome_once_per_event"
            ),
        ]


class Statement(TenantModel):
    """A partner's closed month in one currency: its canonical JSON as text, the hash of it, and the stored PDF."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, related_name="+")
    period_on = models.DateField()
    currency = models.CharField(max_length=3)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    opening_minor = models.BigIntegerField()
    earned_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    closed_at = models.DateTimeField()
    file = TenantForeignKey(StoredFile, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "period_on", "currency"], name="statement_one_per_month"
            ),
        ]

    @property
    def closing_document(self) -> Any:
        """What both sides sign for it; None where nothing was earned."""
        return next(iter(self.closing_documents.all()), None)
