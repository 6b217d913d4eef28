"""Terms, custom fields with their values, documents and listings of partners; called by profiles queries and writes."""

from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.models import Partner, never_twice
from prm.files.models import StoredFile
from prm.tenancy.models import TenantForeignKey, TenantModel


class TermKind(models.TextChoices):
    INDUSTRY = "industry", _("Industries")
    SPECIALISATION = "specialisation", _("Specialisations")
    LANGUAGE = "language", _("Languages")
    TERRITORY = "territory", _("Regions served")


class FieldKind(models.TextChoices):
    TEXT = "text", pgettext_lazy("field", "Text")
    NUMBER = "number", pgettext_lazy("field", "Number")
    DATE = "date", pgettext_lazy("field", "Date")
    CHOICE = "choice", pgettext_lazy("field", "Choice of a list")
    YES_NO = "yes_no", pgettext_lazy("field", "Yes or no")


class PartnerAccess(models.TextChoices):
    NONE = "none", _("Staff only")
    SEES = "sees", _("The partner sees it")
    FILLS = "fills", _("The partner sees and fills it in")


class DocumentKind(models.TextChoices):
    CONTRACT = "contract", pgettext_lazy("document", "Contract")
    REGISTRATION = "registration", pgettext_lazy("document", "Registration")
    INSURANCE = "insurance", pgettext_lazy("document", "Insurance")
    OTHER = "other", pgettext_lazy("document", "Other")


ENDING = timedelta(days=30)


def in_words(english: str, russian: str) -> str:
    """What the reader's language calls it, English where nothing else was written."""
    return russian if russian and (translation.get_language() or "en").startswith("ru") else english


class Term(TenantModel):
    """One word of the tenant's lists. A retired one is not offered any more and stays where it is."""

    wall: ClassVar = "shared"

    kind = models.CharField(_("List"), max_length=14, choices=TermKind.choices)
    code = models.CharField(_("Code"), max_length=40)
    label_en = models.CharField(_("Name in English"), max_length=80)
    label_ru = models.CharField(_("Name in Russian"), max_length=80, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "code"], name="term_one_per_code"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_words(self.label_en, self.label_ru)

    @property
    def label_in_forms(self) -> str:
        return _("%(word)s (out of use)") % {"word": self.label} if self.retired_at else self.label


class PartnerTerm(TenantModel):
    """A term that holds for a partner from `starts_on` until before `ends_on` (null: until further notice)."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    term = TenantForeignKey(Term, models.PROTECT, related_name="holders")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            never_twice("partner_term_once_a_day", "tenant", "partner", "term"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gt=models.F("starts_on")),
                name="partner_term_for_a_day_at_least",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "term"], name="partner_term_by_term"),
            models.Index(fields=["tenant", "partner", "ends_on"], name="partner_term_of_a_partner"),
        ]


class CustomField(TenantModel):
    """`code` names it in the API. `options` of a choice: [{code, en, ru}]. A retired one keeps its values."""

    wall: ClassVar = "shared"

    code = models.CharField(_("Code"), max_length=40)
    label_en = models.CharField(_("Name in English"), max_length=80)
    label_ru = models.CharField(_("Name in Russian"), max_length=80, blank=True)
    kind = models.CharField(_("Kind"), max_length=8, choices=FieldKind.choices)
    options = models.JSONField(default=list)
    is_required = models.BooleanField(_("Required"), default=False)
    partner_access = models.CharField(
        _("Who sees it"), max_length=5, choices=PartnerAccess.choices, default=PartnerAccess.NONE
    )
    place = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "code"], name="custom_field_one_per_code"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return in_words(self.label_en, self.label_ru)

    def choices(self) -> list[tuple[str, str]]:
        return [(one["code"], in_words(one["en"], one["ru"])) for one in self.options]


class FieldValue(TenantModel):
    """What `company` says in a field, as text (profiles.rules). `partner_id`: the same, while it may see the field."""

    wall: ClassVar = "partner_id"

    field = TenantForeignKey(CustomField, models.CASCADE, related_name="values")
    company = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    partner_id = models.UUIDField(null=True)
    value = models.CharField(max_length=500)

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "company", "field"], name="field_value_once"),
        ]


class PartnerDocument(TenantModel):
    """A paper of `company`. `partner_id`: the same, while its people read it too; empty, it is the staff's alone.

    `reminded_for` is the last day of which both sides were reminded.
    """

    wall: ClassVar = "partner_id"

    company = TenantForeignKey(Partner, models.PROTECT, related_name="+")
    partner_id = models.UUIDField(null=True)
    kind = models.CharField(_("Kind"), max_length=12, choices=DocumentKind.choices)
    title = models.CharField(_("Title"), max_length=120)
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    file = TenantForeignKey(StoredFile, models.PROTECT, related_name="+")
    stored_by_id = models.UUIDField(null=True)
    stored_by_label = models.CharField(max_length=200)
    stored_at = models.DateTimeField()
    reminded_for = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        abstract = False
        indexes: ClassVar = [
            models.Index(fields=["tenant", "company"], name="document_of_a_company"),
            models.Index(fields=["tenant", "valid_until"], name="document_by_end"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_shared(self) -> bool:
        return self.partner_id is not None

    def standing_on(self, day: date) -> str:
        """ "expired" after its last day, "ending" within thirty days of it, else ""."""
        if self.valid_until is None or self.valid_until > day + ENDING:
            return ""
        return "ending" if self.valid_until >= day else "expired"


class Listing(TenantModel):
    """The partner stands in the public directory, with these words about itself."""

    wall: ClassVar = "partner_id"

    partner = TenantForeignKey(Partner, models.CASCADE, related_name="+")
    about = models.CharField(_("About the company"), max_length=300, blank=True)
    listed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = False
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "partner"], name="listing_once")]
