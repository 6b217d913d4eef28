"""Application, what is asked in it, agreements and who accepted them, journeys; written by onboarding actions alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner, PartnerType
from partners.onboarding.rules import LIVE
from prm.tenancy.models import TenantForeignKey, TenantModel


class ApplicationState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("application", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
    IN_REVIEW = "in_review", pgettext_lazy("application", "In review")
    ACTION_REQUIRED = "action_required", pgettext_lazy("application", "Waiting for the applicant")
    APPROVED = "approved", pgettext_lazy("application", "Approved")
    REJECTED = "rejected", pgettext_lazy("application", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")


class QuestionKind(models.TextChoices):
    LINE = "line", _("One line")
    TEXT = "text", _("Several lines")
    CHOICE = "choice", _("One of a list")


class DocumentKind(models.TextChoices):
    AGREEMENT = "agreement", _("Partner agreement")
    CONSENT = "consent", _("Consent to the processing of personal data")


class Programme(TenantModel):
    """The page that invites partners, one per tenant. Texts are Markdown by language: {"en": …, "ru": …}.

    `shows_tiers`: whether strangers read what each tier asks for and brings.
    """

    wall: ClassVar = "shared"

    is_open = models.BooleanField(_("Applications are open"), default=True)
    intro = models.JSONField(default=dict)
    benefits = models.JSONField(default=dict)
    faq = models.JSONField(default=dict)
    shows_tiers = models.BooleanField(_("Show the tiers on the page"), default=True)
    regions = models.JSONField(default=list)
    specialisations = models.JSONField(default=list)
    reply_days = models.PositiveSmallIntegerField(default=3)
    reapply_days = models.PositiveSmallIntegerField(default=90)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant"], name="programme_one_per_tenant")]


class Question(TenantModel):
    """What a tenant asks besides; a question that was asked once is retired, never deleted."""

    wall: ClassVar = "shared"

    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=QuestionKind.choices, default=QuestionKind.LINE)
    words = models.JSONField()
    choices = models.JSONField(default=list)
    required = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False


class DocumentVersion(TenantModel):
    """One version of an agreement or a consent: Markdown by language, binding from `in_force_on`."""

    wall: ClassVar = "shared"

    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    number = models.PositiveIntegerField()
    texts = models.JSONField()
    published_at = models.DateTimeField()
    published_by_label = models.CharField(max_length=200)
    in_force_on = models.DateField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "number"], name="document_one_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Acceptance(TenantModel):
    """Somebody accepted, for a partner, the text with this hash."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.PROTECT, related_name="+")
    version = TenantForeignKey(DocumentVersion, models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    language = models.CharField(max_length=5)
    text_hash = models.CharField(max_length=64)
    accepted_at = models.DateTimeField()
    accepted_by_label = models.CharField(max_length=200)
    accepted_by_user_id = models.UUIDField(null=True)
    on_behalf = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner", "version"],
                name="acceptance_once_per_version",
                condition=models.Q(version__isnull=False),
            ),
        ]


class Application(TenantModel):
    """A company that wants to become a partner.

    An applicant's request runs with this very id as its wall. `token_hash` is the hash of the link's secret;
    `tax_key` and `domain` are what duplicates are known by; `asked_fields` are the only ones open in action_required.
    """

    wall: ClassVar = "id"

    reference = models.CharField(max_length=12)
    state = models.CharField(max_length=16, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    source = models.CharField(_("Source"), max_length=40, blank=True)
    language = models.CharField(max_length=5, default="en")
    token_hash = models.CharField(max_length=64)
    link_serial = models.PositiveSmallIntegerField(default=0)
    start_nonce = models.CharField(max_length=64, blank=True)

    country = models.CharField(_("Country"), max_length=2, blank=True)
    tax_id = models.CharField(_("Tax id"), max_length=30, blank=True)
    tax_key = models.CharField(max_length=30, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN"), max_length=15, blank=True)
    company_name = models.CharField(_("Name of the company"), max_length=200, blank=True)
    legal_name = models.CharField(_("Legal name"), max_length=300, blank=True)
    website = models.CharField(_("Website"), max_length=200, blank=True)
    domain = models.CharField(max_length=200, blank=True)
    contact_name = models.CharField(_("Your name"), max_length=150, blank=True)
    position = models.CharField(_("Position"), max_length=100, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    partner_type = models.CharField(_("Type"), max_length=20, choices=PartnerType.choices, blank=True)
    regions = models.JSONField(_("Regions"), default=list)
    specialisations = models.JSONField(_("Specialisations"), default=list)
    answers = models.JSONField(default=dict)
    steps_done = models.JSONField(default=list)

    agreement = TenantForeignKey(DocumentVersion, models.PROTECT, related_name="+", null=True)
    agreement_hash = models.CharField(max_length=64, blank=True)
    consent = TenantForeignKey(DocumentVersion, models.PROTECT, related_name="+", null=True)
    consent_hash = models.CharField(max_length=64, blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_language = models.CharField(max_length=5, blank=True)

    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    asked_fields = models.JSONField(default=list)
    asked_text = models.TextField(blank=True)
    reply = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    decided_by_label = models.CharField(max_length=200, blank=True)
    partner = TenantForeignKey(Partner, models.PROTECT, related_name="+", null=True)
    version = models.IntegerField(default=1)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="application_one_per_link"),
            models.UniqueConstraint(fields=["tenant", "reference"], name="application_one_per_reference"),
            models.UniqueConstraint(
                fields=["tenant", "start_nonce"],
                name="application_one_per_puzzle",
                condition=~models.Q(start_nonce=""),
            ),
            models.UniqueConstraint(
                fields=["tenant", "tax_key"],
                name="application_one_live_per_tax_id",
                condition=models.Q(state__in=sorted(LIVE)) & ~models.Q(tax_key=""),
            ),
            models.UniqueConstraint(
                fields=["tenant", "domain"],
                name="application_one_live_per_domain",
                condition=models.Q(state__in=sorted(LIVE)) & ~models.Q(domain=""),
            ),
            models.CheckConstraint(
                name="application_sent_has_its_moment",
                condition=models.Q(submitted_at__isnull=False)
                | models.Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN]),
            ),
            models.CheckConstraint(
                name="application_approved_has_its_partner",
                condition=models.Q(partner__isnull=False) | ~models.Q(state=ApplicationState.APPROVED),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "submitted_at", "id"],
                name="application_by_sending",
                condition=models.Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.company_name}".strip()


class ApplicationLetter(TenantModel):
    """A letter to the applicant; its link is made when it is sent, so no secret is stored."""

    wall: ClassVar = "application_id"

    application = TenantForeignKey(Application, models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(
                fields=["tenant", "id"], name="letter_waiting_for_mail", condition=models.Q(sent_at=None)
            ),
        ]


class WaitingCompany(TenantModel):
    """Somebody who came while the programme was closed and wants to hear when it opens: once per address.

    Strangers add rows and read none, so that nobody learns who is on the list. `invited_at`: the vendor wrote to those
    who wait; `mailed_at`: the letter left.
    """

    wall: ClassVar = "staff-reads"

    company_name = models.CharField(_("Name of the company"), max_length=200)
    contact_name = models.CharField(_("Name and surname"), max_length=150)
    email = models.EmailField(_("E-mail"))
    language = models.CharField(_("Language"), max_length=5)
    consent = TenantForeignKey(DocumentVersion, models.PROTECT, related_name="+", null=True)
    consent_hash = models.CharField(max_length=64)
    consent_language = models.CharField(max_length=5)
    joined_at = models.DateTimeField()
    invited_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "email"], name="waiting_once_per_address"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "joined_at", "id"], name="waiting_by_coming"),
        ]

    def __str__(self) -> str:
        return self.company_name


class JourneyPlan(TenantModel):
    """The first steps of new partners of a type: [{"kind", "days", "needs": [kind]}] in their order.

    `group_code` empty: of all of the type; else of those in a group that a room above offers (onboarding.groups).
    """

    wall: ClassVar = "shared"

    partner_type = models.CharField(max_length=20, choices=PartnerType.choices)
    group_code = models.CharField(max_length=60, blank=True, db_default="")
    steps = models.JSONField()
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "partner_type", "group_code"], name="journey_plan_one_per_type_and_group"
            ),
        ]


class Journey(TenantModel):
    """One partner's first steps as they were planned the day it was approved: [{"kind", "due_on", "needs"}]."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    steps = models.JSONField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "partner"], name="journey_one_per_partner"),
        ]
