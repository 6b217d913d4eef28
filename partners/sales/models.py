"""SaleLine, its earlier revisions and its splits; called by sales actions and queries, read by incentives."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.customers.models import Customer
from partners.directory.models import Partner
from partners.products.models import Product
from prm.tenancy.models import TenantForeignKey, TenantModel


class LineKind(models.TextChoices):
    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")


class LineFacts(TenantModel):
    """What a line says. Amounts are positive minor units, the kind gives the direction. Lines of one subscription carry
    its reference; `invoiced_on` is empty while nothing is invoiced."""

    source = models.CharField(_("Source"), max_length=40)
    external_id = models.CharField(_("External id"), max_length=120)
    revision = models.IntegerField(default=1)
    kind = models.CharField(_("Kind"), max_length=6, choices=LineKind.choices, default=LineKind.SALE)
    occurred_on = models.DateField(_("Date"))
    order_number = models.CharField(_("Order"), max_length=80, blank=True)
    quantity = models.DecimalField(_("Quantity"), max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField(_("Net amount"))
    currency = models.CharField(_("Currency"), max_length=3)
    cost_minor = models.BigIntegerField(_("Cost"), null=True)
    refunded_external_id = models.CharField(_("Refunds line"), max_length=120, blank=True)
    subscription_ref = models.CharField(_("Subscription"), max_length=120, blank=True, db_default="")
    invoiced_on = models.DateField(_("Invoiced on"), null=True)
    voided = models.BooleanField(default=False)
    import_batch_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = True


class SaleLine(LineFacts):
    """The line as it stands. `partner` empty: the vendor's direct sale. A voided line counts for nothing. `deal_id` is
    the registered deal that the source names, where it does.

    A refund names the line it refunds by external id within the same source; `refunded_line_id` is filled when
    that line is known. `split_terms` is the split as it was agreed ([{partner_id, percent or parts}], in the order of
    the partners' codes); where the weights of a deal made it, each term names that deal (`deal_id`). `SaleSplit` has
    what follows from it for each partner.
    """

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, null=True, related_name="+", verbose_name=_("Partner"))
    product = TenantForeignKey(Product, related_name="+", verbose_name=_("Product"))
    customer = TenantForeignKey(Customer, null=True, related_name="+", verbose_name=_("Customer"))
    refunded_line_id = models.UUIDField(null=True)
    deal_id = models.UUIDField(null=True)
    first_recorded_at = models.DateTimeField()
    split_terms = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta(LineFacts.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source", "external_id"], name="sale_line_one_per_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gte=0), name="sale_line_amount_has_no_sign"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "occurred_on"], name="sale_line_of_a_partner"),
            models.Index(fields=["tenant", "occurred_on", "id"], name="sale_line_by_day"),
            models.Index(fields=["tenant", "recorded_at"], name="sale_line_by_recording"),
            models.Index(
                fields=["tenant", "subscription_ref", "occurred_on"],
                name="sale_line_of_a_subscription",
                condition=~models.Q(subscription_ref=""),
            ),
            models.Index(
                fields=["tenant", "invoiced_on"],
                name="sale_line_by_invoice",
                condition=models.Q(invoiced_on__isnull=False),
            ),
            models.Index(
                fields=["tenant", "refunded_line_id"],
                name="sale_line_refunds_of",
                condition=models.Q(refunded_line_id__isnull=False),
            ),
            models.Index(
                fields=["tenant", "import_batch_id"],
                name="sale_line_by_import",
                condition=models.Q(import_batch_id__isnull=False),
            ),
            models.Index(
                fields=["tenant", "source", "refunded_external_id"],
                name="sale_line_waiting_refunds",
                condition=models.Q(refunded_line_id__isnull=True) & ~models.Q(refunded_external_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class SaleLineRevision(LineFacts):
    """What a line said before it was amended; append-only."""

    wall: ClassVar = "staff"

    line_id = models.UUIDField()
    partner_id = models.UUIDField(null=True)
    product_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    deal_id = models.UUIDField(null=True)
    splits = models.JSONField(default=list)

    class Meta(LineFacts.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "line_id", "revision"], name="sale_revision_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "recorded_at"], name="sale_revision_by_recording")
        ]


class SaleSplit(TenantModel):
    """One partner's share of a split line: exactly one of `percent` (a line's total 100) and `parts`.

    Only the seller's people can read the line itself, so what the credited partner may know of it is repeated here,
    with the amount that is credited (largest remainder, so the shares of a line total the line).
    """

    wall: ClassVar = "partner_id"

    line = TenantForeignKey(SaleLine, models.CASCADE, related_name="splits")
    partner = TenantForeignKey(Partner, related_name="+")
    percent = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    parts = models.IntegerField(null=True)
    kind = models.CharField(max_length=6, choices=LineKind.choices, db_default=LineKind.SALE)
    occurred_on = models.DateField(null=True)
    order_number = models.CharField(max_length=80, blank=True, db_default="")
    product = TenantForeignKey(Product, null=True, related_name="+")
    currency = models.CharField(max_length=3, blank=True, db_default="")
    amount_minor = models.BigIntegerField(db_default=0)
    cost_minor = models.BigIntegerField(null=True)
    voided = models.BooleanField(db_default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "line", "partner"], name="sale_split_once_per_partner"),
            models.CheckConstraint(
                name="sale_split_percent_or_parts",
                condition=models.Q(percent__isnull=False, parts__isnull=True)
                | models.Q(percent__isnull=True, parts__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "partner", "occurred_on", "id"], name="sale_split_of_a_partner"),
        ]


class PaymentFacts(TenantModel):
    """What a payment says: the amount is above zero, in minor units of the currency of its sale."""

    source = models.CharField(_("Source"), max_length=40)
    external_id = models.CharField(_("External id"), max_length=120)
    revision = models.IntegerField(default=1)
    paid_on = models.DateField(_("Paid on"))
    amount_minor = models.BigIntegerField(_("Amount paid"))
    currency = models.CharField(_("Currency"), max_length=3)
    voided = models.BooleanField(default=False)
    import_batch_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = True


class SalePayment(PaymentFacts):
    """What a customer paid of a sale, as it stands; `received_at` is when it was first told. A voided one counts for
    nothing. One in another currency than its sale's is of a line that was amended since, and counts for nothing."""

    wall: ClassVar = "staff"

    line = TenantForeignKey(SaleLine, related_name="payments")
    received_at = models.DateTimeField()

    class Meta(PaymentFacts.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source", "external_id"], name="sale_payment_one_per_external_id"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="sale_payment_pays_something"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "line", "paid_on"], name="sale_payment_of_a_line"),
            models.Index(fields=["tenant", "paid_on", "id"], name="sale_payment_by_day"),
            models.Index(fields=["tenant", "recorded_at"], name="sale_payment_by_recording"),
            models.Index(
                fields=["tenant", "import_batch_id"],
                name="sale_payment_by_import",
                condition=models.Q(import_batch_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.external_id}"


class SalePaymentRevision(PaymentFacts):
    """What a payment said before it was amended or withdrawn; append-only."""

    wall: ClassVar = "staff"

    payment_id = models.UUIDField()
    line_id = models.UUIDField()

    class Meta(PaymentFacts.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "payment_id", "revision"], name="sale_payment_revision_once"
            ),
        ]
