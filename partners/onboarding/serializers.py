"""The shapes of applications, first steps and acceptances in the API; called by onboarding.api."""

from typing import Any

from rest_framework import serializers

from partners.directory.models import PartnerType
from partners.onboarding.journeys import Progress
from partners.onboarding.models import Acceptance, ApplicationState, DocumentKind
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CountryField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer

SENT_STATES = [choice for choice in ApplicationState.choices if choice[0] != "draft"]
LANGUAGES = [("en", "English"), ("ru", "русский")]


def words(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(child=TextField(max_length=80), max_length=50, **kwargs)


class ApplicationWrite(StrictSerializer):
    """A whole application, sent at once. `answers` holds answers to the tenant's own questions by their ids."""

    source = TextField(required=False, allow_blank=True, max_length=40)  # type: ignore[assignment]
    language = ChoiceField(choices=LANGUAGES, required=False)
    country = CountryField()
    tax_id = TextField(max_length=30)
    kpp = TextField(required=False, allow_blank=True, max_length=9)
    ogrn = TextField(required=False, allow_blank=True, max_length=15)
    company_name = TextField(max_length=200)
    legal_name = TextField(required=False, allow_blank=True, max_length=300)
    website = serializers.URLField(required=False, allow_blank=True, max_length=200)
    contact_name = TextField(max_length=150)
    position = TextField(required=False, allow_blank=True, max_length=100)
    email = serializers.EmailField(max_length=254)
    phone = TextField(required=False, allow_blank=True, max_length=40)
    partner_type = ChoiceField(choices=PartnerType.choices)
    regions = words(min_length=1)
    specialisations = words(required=False)
    answers = serializers.DictField(child=TextField(allow_blank=True, max_length=4_000), required=False)
    accepts_documents = FlagField()


class ApplicationRead(StrictSerializer):
    id = IdField()
    reference = CodeField()
    state = ChoiceField(choices=SENT_STATES)
    source = TextField()  # type: ignore[assignment]
    language = TextField()
    country = CountryField()
    tax_id = TextField()
    kpp = TextField()
    ogrn = TextField()
    company_name = TextField()
    legal_name = TextField()
    website = TextField()
    contact_name = TextField()
    position = TextField()
    email = serializers.EmailField()
    phone = TextField()
    partner_type = ChoiceField(choices=PartnerType.choices)
    regions = words()
    specialisations = words()
    answers = serializers.DictField(child=TextField())
    accepted_at = InstantField(allow_null=True)
    submitted_at = InstantField()
    reviewed_at = InstantField(allow_null=True)
    asked_at = InstantField(allow_null=True)
    asked_fields = words()
    asked_text = TextField()
    reply = TextField()
    due_at = InstantField(allow_null=True)
    decided_at = InstantField(allow_null=True)
    decided_by = TextField(source="decided_by_label")
    reason = TextField()
    partner_id = IdField(allow_null=True)
    version = WholeField()


class ApplicationQuery(StrictSerializer):
    q = TextField(required=False, max_length=200)
    state = ChoiceField(required=False, choices=SENT_STATES)
    source = TextField(required=False, max_length=40)  # type: ignore[assignment]
    partner_type = ChoiceField(required=False, choices=PartnerType.choices)
    country = CountryField(required=False)


class ApproveWrite(StrictSerializer):
    """What the new partner begins with; without a code it has the application's reference."""

    code = CodeField(required=False)
    partner_type = ChoiceField(required=False, choices=PartnerType.choices)
    tier = TextField(required=False, allow_blank=True, max_length=40)


class RejectWrite(StrictSerializer):
    reason = TextField(max_length=4_000)


class AskWrite(StrictSerializer):
    """`fields` are names of an application's fields, or "question:<id>": nothing else opens."""

    text = TextField(max_length=4_000)
    fields_asked = words(required=False)

    def get_fields(self) -> dict[str, Any]:
        declared: dict[str, Any] = super().get_fields()
        declared["fields"] = declared.pop("fields_asked")
        return declared


class StepRead(StrictSerializer):
    kind = serializers.CharField(source="kind.code")
    state = ChoiceField(choices=["done", "open", "late", "blocked"])
    due_on = DayField()
    needs = serializers.SerializerMethodField()

    def get_needs(self, step: Any) -> list[str]:
        return [kind.code for kind in step.needs]


class JourneyRead(StrictSerializer):
    starts_on = DayField(source="journey.starts_on")
    done = WholeField()
    total = WholeField()
    steps = StepRead(many=True)

    def to_representation(self, instance: Progress) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        return shown


class DocumentRead(StrictSerializer):
    id = IdField()
    kind = ChoiceField(choices=DocumentKind.choices)
    number = WholeField()
    texts = serializers.DictField(child=TextField())
    published_at = InstantField()
    in_force_on = DayField()


class AcceptanceWrite(StrictSerializer):
    """Accept a version for the partner; the key's name is written down as who did it."""

    document_id = IdField()
    language = ChoiceField(choices=LANGUAGES, required=False)


class AcceptanceRead(StrictSerializer):
    id = IdField()
    document_id = serializers.SerializerMethodField()
    kind = ChoiceField(choices=DocumentKind.choices)
    language = TextField()
    text_hash = TextField()
    accepted_at = InstantField()
    accepted_by = TextField(source="accepted_by_label")
    on_behalf = FlagField()

    def get_document_id(self, acceptance: Acceptance) -> str | None:
        return str(acceptance.version_id) if acceptance.version_id else None
