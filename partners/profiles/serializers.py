"""The shapes of profiles in the API; called by profiles.api."""

from rest_framework import serializers

from partners.profiles.models import FieldKind, PartnerAccess, TermKind
from prm.api.fields import ChoiceField, CodeField, FlagField, IdField, TextField, WholeField
from prm.api.serializers import StrictSerializer


class TermRead(StrictSerializer):
    """A word of a list; `code` is what a profile names."""

    id = IdField()
    kind = ChoiceField(choices=TermKind.choices)
    code = CodeField()
    label_en = TextField()
    label_ru = TextField()
    is_retired = serializers.SerializerMethodField()

    def get_is_retired(self, term: object) -> bool:
        return getattr(term, "retired_at", None) is not None


class OptionRead(StrictSerializer):
    code = CodeField()
    en = TextField()
    ru = TextField()


class FieldRead(StrictSerializer):
    """`code` is the name under which a profile says it in `custom_fields`."""

    id = IdField()
    code = CodeField()
    label_en = TextField()
    label_ru = TextField()
    kind = ChoiceField(choices=FieldKind.choices)
    options = OptionRead(many=True)
    is_required = FlagField()
    partner_access = ChoiceField(choices=PartnerAccess.choices)


class ProfileWrite(StrictSerializer):
    """Lists name codes and replace what was there; a custom field "" is emptied; what is absent stays."""

    industries = serializers.ListField(child=CodeField(), required=False)
    specialisations = serializers.ListField(child=CodeField(), required=False)
    languages = serializers.ListField(child=CodeField(), required=False)
    territories = serializers.ListField(child=CodeField(), required=False)
    custom_fields = serializers.DictField(child=serializers.JSONField(), required=False)


class ProfileRead(StrictSerializer):
    """`custom_fields`: texts by code; a number plain, a day as 2026-12-31, "yes" or "no", a choice's code."""

    partner_id = IdField()
    industries = serializers.ListField(child=CodeField())
    specialisations = serializers.ListField(child=CodeField())
    languages = serializers.ListField(child=CodeField())
    territories = serializers.ListField(child=CodeField())
    custom_fields = serializers.DictField(child=TextField())
    is_listed = FlagField()
    version = WholeField()
