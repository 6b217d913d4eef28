"""The shapes of profiles in the API; called by profiles.api."""

from base64 import b64decode
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from partners.profiles.models import DocumentKind, FieldKind, PartnerAccess, TermKind
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


class OptionWrite(StrictSerializer):
    """A choice; `ru` empty: the English name is shown in Russian too."""

    code = CodeField(max_length=40)
    en = TextField(max_length=80)
    ru = TextField(required=False, allow_blank=True, max_length=80, default="")


class FieldChange(StrictSerializer):
    """`place` counts from 1: the others make room. `is_retired` takes the field out of use, or back; values stay."""

    label_en = TextField(required=False, max_length=80)
    label_ru = TextField(required=False, allow_blank=True, max_length=80)
    options = OptionWrite(many=True, required=False)
    is_required = FlagField(required=False)
    partner_access = ChoiceField(required=False, choices=PartnerAccess.choices)
    place = serializers.IntegerField(required=False, min_value=1, max_value=1_000)
    is_retired = FlagField(required=False)


class FieldWrite(StrictSerializer):
    """Code and kind stay for good; `options` are those of the kind "choice"."""

    code = CodeField(max_length=40)
    label_en = TextField(max_length=80)
    label_ru = TextField(required=False, allow_blank=True, max_length=80)
    kind = ChoiceField(choices=FieldKind.choices)
    options = OptionWrite(many=True, required=False)
    is_required = FlagField(required=False)
    partner_access = ChoiceField(required=False, choices=PartnerAccess.choices)


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
    place = WholeField()
    is_retired = serializers.SerializerMethodField()

    def get_is_retired(self, field: object) -> bool:
        return getattr(field, "retired_at", None) is not None


class ContentField(TextField):
    """The bytes of a file, in base64."""

    default_error_messages: ClassVar[dict[str, Any]] = {"base64_format": _("Write the file in base64.")}

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return b64decode(text, validate=True)
        except ValueError:
            self.fail("base64_format")


class DocumentWrite(StrictSerializer):
    """`shared`: the partner's people read it too."""

    kind = ChoiceField(choices=DocumentKind.choices)
    title = TextField(max_length=120)
    valid_until = DayField(required=False, allow_null=True, default=None)
    shared = FlagField(required=False, default=False)
    file_name = TextField(max_length=200)
    content_base64 = ContentField(trim_whitespace=False)


class DocumentRead(StrictSerializer):
    """Its bytes: `GET /files/{file_id}`."""

    id = IdField()
    kind = ChoiceField(choices=DocumentKind.choices)
    title = TextField()
    valid_until = DayField(allow_null=True)
    shared = FlagField(source="is_shared")
    file_id = IdField()
    file_name = TextField(source="file.name")
    size_bytes = WholeField(source="file.size_bytes")
    stored_at = InstantField()


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
