"""TaxStanding, ClosingDocument, WithholdingRate; written by payouts.taxes, closing_documents and withholding alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from incentives.payouts.models import Statement
from partners.directory.models import Partner
from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class TaxStatus(models.TextChoices):
    COMPANY = "company", pgettext_lazy("tax status", "Company")
    SOLE_TRADER = "sole_trader", pgettext_lazy("tax status", "Sole trader")
    SELF_EMPLOYED = "self_employed", pgettext_lazy("tax status", "Self-employed")
    INDIVIDUAL = "individual", pgettext_lazy("tax status", "Private person")
    FOREIGN = "foreign", pgettext_lazy("tax status", "Foreign company")


class DocumentKind(models.TextChoices):
    AGENT_REPORT = "agent_report", pgettext_lazy("closing document", "Agent's report")
    ACT = "act", pgettext_lazy("closing document", "Act of services")
    SELF_BILL = "self_bill", pgettext_lazy("closing document", "Self-billing document")


class DocumentLanguage(models.TextChoices):
    DEFAULT = "", _("as the country has it")
    ENGLISH = "en", _("English")
    RUSSIAN = "ru", _("Russian")


class TaxStanding(TenantModel):
    """How a partner is taxed, and the language of its documents. A partner without a row is a company."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    status = models.CharField(_("Tax status"), max_length=14, choices=TaxStatus.choices)
    language = models.CharField(
        _("Language of documents"), max_length=2, choices=DocumentLanguage.choices, blank=True
    )
    set_at = models.DateTimeField()
    set_by_user_id = models.UUIDField(null=True)
    set_by_label = models.CharField(max_length=200)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner"], name="tax_standing_once"),
        ]


class ClosingDocument(TenantModel):
    """What the two sides sign for a statement's earnings, made when its month was closed. Numbers have no gaps in a
    tenant: each is taken in the transaction that writes its document."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, related_name="+")
    statement = TenantForeignKey(Statement, related_name="closing_documents")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    file = TenantForeignKey(StoredFile, related_name="+")
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "number"], name="closing_document_one_per_number"),
            models.UniqueConstraint(
                fields=["tenant", "statement"], name="closing_document_one_per_statement"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(kind)s No. %(number)s") % {"kind": self.get_kind_display(), "number": self.number}


class WithholdingRate(TenantModel):
    """What is withheld from payouts to partners of a tax status from a day on: proposed by one person of finance,
    confirmed by another. It counts until one of a later day, or of the same day, is confirmed."""

    wall: ClassVar = "staff"

    status = models.CharField(_("Tax status"), max_length=14, choices=TaxStatus.choices)
    percent = models.DecimalField(_("Rate, %"), max_digits=6, decimal_places=3)
    starts_on = models.DateField(_("Payments from"))
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
                name="withholding_rate_is_a_share",
                condition=models.Q(percent__gte=0) & models.Q(percent__lt=100),
            ),
            models.CheckConstraint(
                name="withholding_rate_confirmed_by_another",
                condition=models.Q(confirmed_by_user_id__isnull=True)
                | ~models.Q(confirmed_by_user_id=models.F("proposed_by_user_id")),
            ),
            models.UniqueConstraint(
                fields=["tenant", "status", "starts_on"],
                name="withholding_rate_one_a_day",
                condition=models.Q(confirmed_at__isnull=False, replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.percent.normalize():f} %"
