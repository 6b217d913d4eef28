"""The shapes of terms in the API; called by terms.api."""

from rest_framework import serializers

from incentives.plans.models import PlanVersion
from partners.onboarding.rules import text_hash
from prm.api.fields import (
    ChoiceField,
    CodeField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer

LANGUAGES = [("en", "English"), ("ru", "русский")]


LONGEST_TEXT = 100_000


class TextsWrite(StrictSerializer):
    """Markdown, by language; none of them asks nobody."""

    en = TextField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    ru = TextField(required=False, allow_blank=True, max_length=LONGEST_TEXT)


class TermsWrite(StrictSerializer):
    """With `pays_after_acceptance` partners are paid for their own sales by this version once they have accepted."""

    texts = TextsWrite()
    pays_after_acceptance = FlagField(required=False)


class TermsRead(StrictSerializer):
    """`hashes`: SHA-256 of each text, which an acceptance names."""

    version_id = IdField(source="id")
    plan_id = IdField()
    plan_code = CodeField(source="plan.code")
    number = WholeField()
    starts_on = DayField()
    ends_on = DayField(allow_null=True)
    published_at = InstantField(allow_null=True)
    texts = serializers.DictField(source="terms", child=TextField())
    hashes = serializers.SerializerMethodField()
    pays_after_acceptance = FlagField()

    def get_hashes(self, version: PlanVersion) -> dict[str, str]:
        return {code: text_hash(text) for code, text in sorted(version.terms.items())}


class TermsAcceptanceWrite(StrictSerializer):
    """Accept on the partner's behalf; the key's name is written down as who did it. `text_hash` is that of the text
    that the partner has read, in `language`."""

    partner = CodeField()
    language = ChoiceField(choices=LANGUAGES)
    text_hash = TextField(max_length=64)


class TermsAcceptanceRead(StrictSerializer):
    id = IdField()
    version_id = IdField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    language = TextField()
    text_hash = TextField()
    accepted_at = InstantField()
    accepted_by = TextField(source="accepted_by_label")
    on_behalf = FlagField()
