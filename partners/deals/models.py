"""Deal, its protection by date, what a partner asks to change, the vendor's terms; for deals actions and queries."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.deals.rules import last_protected
from partners.directory.models import Partner, never_twice
from partners.products.models import ProductCategory
from prm.accounts.models import Membership
from prm.tenancy.models import TenantForeignKey, TenantModel


class DealState(models.TextChoices):
    SUBMITTED = "submitted", pgettext_lazy("deal", "In review")
    RETURNED = "returned", pgettext_lazy("deal", "Waiting for the partner")
    QUEUED = "queued", pgettext_lazy("deal", "Approved on condition")
    PROTECTED = "protected", pgettext_lazy("deal", "Protected")
    REJECTED = "rejected", pgettext_lazy("deal", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("deal", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("deal", "Protection ended")
    WON = "won", pgettext_lazy("deal", "Won")
    LOST = "lost", pgettext_lazy("deal", "Lost")
    SHARED = "shared", pgettext_lazy("deal", "Shared by a ruling")
    LAPSED = "lapsed", pgettext_lazy("deal", "Lapsed without an answer")


# What the partner itself reads, where the vendor's word is about it.
OWN_WORDS: dict[str, Any] = {DealState.RETURNED: pgettext_lazy("deal", "Waiting for you")}
UNDECIDED = (DealState.SUBMITTED, DealState.RETURNED)
CLAIMING = (*UNDECIDED, DealState.QUEUED)
LIVE = (*CLAIMING, DealState.PROTECTED)
AMENDABLE = (DealState.QUEUED, DealState.PROTECTED)


class Stage(models.TextChoices):
    QUALIFIED = "qualified", pgettext_lazy("stage", "Qualified")
    PROPOSAL = "proposal", pgettext_lazy("stage", "Proposal")
    NEGOTIATION = "negotiation", pgettext_lazy("stage", "Negotiation")


class Deal(TenantModel):
    """A claim of a partner on a customer and a product line. `number` is said as D-1042.

    `claim_key` is what registrations are compared by; claims on one key and line are served in the order of
    (submitted_at, id). `asked_fields` are those that may be changed while the vendor waits for the partner, and
    `answer_by` is the last day on which it waits. `own_days` is how long the protection lasts from the day it
    begins: fixed when the claim is approved.
    """

    wall: ClassVar = "partner_id"

    number = models.BigIntegerField()
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("Partner"))
    customer = models.CharField(_("Customer"), max_length=200)
    tax_id = models.CharField(_("Customer's tax id"), max_length=30, blank=True)
    domain = models.CharField(_("Customer's website or e-mail"), max_length=200, blank=True)
    country = models.CharField(_("Customer's country"), max_length=2, blank=True, default="", db_default="")
    contact = models.CharField(_("Whom you talk to"), max_length=150, blank=True)
    line = TenantForeignKey(ProductCategory, related_name="+", verbose_name=_("Product line"))
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    closes_on = models.DateField(_("Expected to close on"))
    stage = models.CharField(_("Stage"), max_length=12, choices=Stage.choices, default=Stage.QUALIFIED)
    note = models.CharField(_("Note"), max_length=1000, blank=True)
    state = models.CharField(max_length=10, choices=DealState.choices, default=DealState.SUBMITTED)
    claim_key = models.CharField(max_length=300)
    claim_basis = models.CharField(max_length=6)
    name_key = models.CharField(max_length=200)
    submitted_at = models.DateTimeField()
    submitted_by_label = models.CharField(max_length=200)
    decide_by = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    asked_fields = models.JSONField(default=list)
    answer_by = models.DateField(null=True)
    answer_reminded_at = models.DateTimeField(null=True)
    own_days = models.PositiveSmallIntegerField(null=True)
    closed_on = models.DateField(null=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="deal_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant", "partner", "claim_key", "line"],
                name="deal_one_claim_per_partner_and_customer",
                condition=models.Q(state__in=[*CLAIMING, DealState.PROTECTED]),
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="deal_is_worth_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "claim_key", "line", "submitted_at", "id"], name="deal_queue"),
            models.Index(fields=["tenant", "partner", "-id"], name="deal_of_a_partner"),
            models.Index(fields=["tenant", "state", "decide_by"], name="deal_by_state"),
            models.Index(fields=["tenant", "name_key"], name="deal_by_customer_name"),
        ]

    def __str__(self) -> str:
        return f"D-{self.number}"

    @property
    def claim(self) -> tuple[str, UUID]:
        """What the claim is on: the customer's key and the product line."""
        return self.claim_key, self.line_id

    @property
    def own_state(self) -> Any:
        """Its state as the partner's people read it."""
        return OWN_WORDS.get(self.state, self.get_state_display())

    @property
    def is_open(self) -> bool:
        return self.state in (*CLAIMING, DealState.PROTECTED, DealState.EXPIRED)


class Protection(TenantModel):
    """The days [starts_on, ends_on) on which a customer and product line belong to one partner. Money reads this."""

    wall: ClassVar = "partner_id"

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="protections")
    partner = TenantForeignKey(Partner, related_name="+")
    claim_key = models.CharField(max_length=300)
    line = TenantForeignKey(ProductCategory, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    extensions = models.PositiveSmallIntegerField(default=0)
    reminded_days = models.PositiveSmallIntegerField(null=True)

    @property
    def last_day(self) -> date:
        return last_protected(self.ends_on)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            never_twice("protection_one_live_per_customer_and_line", "tenant", "claim_key", "line"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="protection_lasts_a_day"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "ends_on"], name="protection_by_end"),
            models.Index(fields=["tenant", "deal", "starts_on"], name="protection_of_a_deal"),
            models.Index(fields=["tenant", "claim_key", "line", "starts_on"], name="protection_of_a_claim"),
        ]


class PartIn(models.TextChoices):
    SOURCED = "sourced", pgettext_lazy("part", "Sourced")
    INFLUENCED = "influenced", pgettext_lazy("part", "Influenced")
    SOLD = "sold", pgettext_lazy("part", "Sold")
    IMPLEMENTED = "implemented", pgettext_lazy("part", "Implemented")


class DealPart(TenantModel):
    """What a partner does in a deal, and its weight in the sales that follow (percent of the whole deal).

    A deal without parts is its partner's alone. The weights of a deal make 100. `customer` is the deal's, told to a
    partner whose own scope does not hold the deal.
    """

    wall: ClassVar = "partner_id"

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="parts")
    partner = TenantForeignKey(Partner, related_name="+", verbose_name=_("Partner"))
    customer = models.CharField(max_length=200)
    part = models.CharField(_("Part"), max_length=11, choices=PartIn.choices)
    percent = models.DecimalField(_("Weight, %"), max_digits=5, decimal_places=2)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "deal", "partner", "part"], name="deal_part_once"),
            models.CheckConstraint(
                condition=models.Q(percent__gt=0, percent__lte=100), name="deal_part_weighs_something"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "partner"], name="deal_part_of_a_partner")]


class ExtensionState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("extension", "Asked for")
    GRANTED = "granted", pgettext_lazy("extension", "Granted")
    REFUSED = "refused", pgettext_lazy("extension", "Refused")


class Extension(TenantModel):
    """A partner's wish for more days of protection."""

    wall: ClassVar = "partner_id"

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="extensions")
    partner_id = models.UUIDField()
    days = models.PositiveSmallIntegerField(_("More days"))
    why = models.CharField(_("Why"), max_length=500)
    state = models.CharField(max_length=7, choices=ExtensionState.choices, default=ExtensionState.ASKED)
    asked_at = models.DateTimeField()
    asked_by_label = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "deal"],
                name="extension_one_asked_at_a_time",
                condition=models.Q(state="asked"),
            )
        ]


class AmendmentState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("amendment", "Asked for")
    APPROVED = "approved", pgettext_lazy("amendment", "Approved")
    REFUSED = "refused", pgettext_lazy("amendment", "Refused")


class Amendment(TenantModel):
    """A partner's wish to say anew what an approved claim is on: the five facts as they should stand.

    `was` holds the facts that it changes as they stood, by field, the line by its name.
    """

    wall: ClassVar = "partner_id"

    deal = TenantForeignKey(Deal, models.CASCADE, related_name="amendments")
    partner_id = models.UUIDField()
    customer = models.CharField(_("Customer"), max_length=200)
    tax_id = models.CharField(_("Customer's tax id"), max_length=30, blank=True)
    domain = models.CharField(_("Customer's website or e-mail"), max_length=200, blank=True)
    country = models.CharField(_("Customer's country"), max_length=2, blank=True)
    line = TenantForeignKey(ProductCategory, related_name="+", verbose_name=_("Product line"))
    was = models.JSONField(default=dict)
    why = models.CharField(_("Why"), max_length=500)
    state = models.CharField(max_length=8, choices=AmendmentState.choices, default=AmendmentState.ASKED)
    asked_at = models.DateTimeField()
    asked_by_label = models.CharField(max_length=200)
    decided_at = models.DateTimeField(null=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "deal"],
                name="amendment_one_asked_at_a_time",
                condition=models.Q(state="asked"),
            )
        ]


class DealTerms(TenantModel):
    """How the vendor decides and protects; one row, or the defaults."""

    wall: ClassVar = "shared"

    protection_days = models.PositiveSmallIntegerField(_("Days of protection"), default=90)
    extension_days = models.PositiveSmallIntegerField(_("Days of an extension"), default=30)
    decision_hours = models.PositiveSmallIntegerField(_("Working hours to decide"), default=48)
    answer_days = models.PositiveSmallIntegerField(_("Days to answer a question"), default=14)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant"], name="deal_terms_one")]


class DeclaredInterest(TenantModel):
    """What keeps a person of the vendor from deciding: an own stake in a partner, or in a company that is none.

    A company is known by the keys of customers (`keys`, the strongest first) and, where it was told, by its bank
    account, of which a digest is kept. Declared by the person, and nobody else's to read.
    """

    wall: ClassVar = "staff"

    class Kind(models.TextChoices):
        RELATED = "related", _("Related party")
        OWNERSHIP = "ownership", _("Ownership")
        COMPETING = "competing", _("Competing line")

    member = TenantForeignKey(Membership, models.CASCADE, related_name="+")
    partner = TenantForeignKey(Partner, models.CASCADE, null=True, related_name="+")
    company = models.CharField(_("Company"), max_length=200, blank=True, default="", db_default="")
    tax_id = models.CharField(_("Tax id"), max_length=30, blank=True, default="", db_default="")
    website = models.CharField(_("Website"), max_length=200, blank=True, default="", db_default="")
    keys = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    account_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    declared_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "member", "partner"], name="interest_declared_once"),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=False, company="")
                | (models.Q(partner__isnull=True) & ~models.Q(company="")),
                name="interest_names_one_company",
            ),
        ]

    def __str__(self) -> str:
        return self.partner.name if self.partner else self.company
