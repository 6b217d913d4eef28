"""The shapes of partners in the API; called by directory.api."""

from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers

from partners.directory.models import SETTABLE_STATUSES, Partner, PartnerParent, PartnerStatus, PartnerType
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CountryField,
    DayField,
    IdField,
    InstantField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer

WEB_ADDRESS = URLValidator(schemes=["http", "https"])


class PartnerFacts(StrictSerializer):
    """What may be told besides the code; absent fields stay as they are."""

    name = TextField(max_length=200)
    legal_name = TextField(required=False, allow_blank=True, max_length=300)
    tax_id = TextField(required=False, allow_blank=True, max_length=30)
    partner_type = ChoiceField(required=False, choices=PartnerType.choices)
    country = CountryField(required=False)
    region = TextField(required=False, allow_blank=True, max_length=80)
    tier = TextField(required=False, allow_blank=True, max_length=40)
    status = ChoiceField(required=False, choices=SETTABLE_STATUSES)
    joined_on = DayField(required=False)
    website = TextField(required=False, allow_blank=True, max_length=200, validators=[WEB_ADDRESS])


class PartnerWrite(PartnerFacts):
    code = CodeField()


class PartnerChange(PartnerFacts):
    """`standing_from`: the day from which a new type, country, region or tier counts; today without it."""

    code = CodeField(required=False)
    name = TextField(required=False, max_length=200)
    standing_from = DayField(required=False)


class PartnerTold(PartnerFacts):
    """Facts with the partner above, as an ERP knows it: "" is nobody, absent is as it was."""

    parent_code = CodeField(required=False, allow_blank=True)
    parent_from = DayField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "parent_from" in attrs and "parent_code" not in attrs:
            raise serializers.ValidationError(
                {"parent_code": [self.fields["parent_code"].error_messages["required"]]}
            )
        return attrs


class PartnerRow(PartnerTold):
    code = CodeField()


class PartnerRead(StrictSerializer):
    id = IdField()
    number = serializers.SerializerMethodField()
    code = CodeField()
    name = TextField()
    legal_name = TextField()
    tax_id = TextField()
    partner_type = ChoiceField(choices=PartnerType.choices)
    country = CountryField()
    region = TextField()
    tier = TextField()
    status = ChoiceField(choices=PartnerStatus.choices)
    joined_on = DayField()
    website = TextField()
    parent_code = CodeField(allow_null=True)
    merged_into_id = IdField(allow_null=True)
    manager_email = serializers.SerializerMethodField()
    version = WholeField()
    created_at = InstantField()
    changed_at = InstantField()

    def get_number(self, partner: Partner) -> str:
        return f"P-{partner.number}"

    def get_manager_email(self, partner: Partner) -> str | None:
        return partner.manager.user.email if partner.manager else None


class PartnerQuery(StrictSerializer):
    q = TextField(required=False, max_length=200)
    partner_type = ChoiceField(required=False, choices=PartnerType.choices)
    status = ChoiceField(required=False, choices=PartnerStatus.choices)
    region = TextField(required=False, max_length=80)
    tier = TextField(required=False, max_length=40)
    country = CountryField(required=False)
    industry = CodeField(required=False)
    specialisation = CodeField(required=False)


class DayQuery(StrictSerializer):
    on = DayField(required=False)


class MoveWrite(StrictSerializer):
    """A place in the tree from a day on; `parent_code` "" places under nobody."""

    parent_code = CodeField(allow_blank=True)
    starts_on = DayField()


class MoveRead(StrictSerializer):
    """Who stood above from `starts_on` until before `ends_on` (null: until further notice)."""

    id = IdField()
    parent_id = IdField()
    parent_code = serializers.SerializerMethodField()
    starts_on = DayField()
    ends_on = DayField(allow_null=True)

    def get_parent_code(self, link: PartnerParent) -> str:
        return str(link.parent.code)


class ContactWrite(StrictSerializer):
    name = TextField(max_length=150)
    position = TextField(required=False, allow_blank=True, max_length=100)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    phone = TextField(required=False, allow_blank=True, max_length=40)


class ContactChange(ContactWrite):
    name = TextField(required=False, max_length=150)


class ContactRead(StrictSerializer):
    id = IdField()
    name = TextField()
    position = TextField()
    email = serializers.EmailField()
    phone = TextField()
