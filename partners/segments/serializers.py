"""The shapes of segments in the API; called by segments.api."""

from collections.abc import Iterator
from contextlib import contextmanager

from rest_framework import serializers

from partners.segments.language import RuleInvalid
from partners.segments.models import SegmentKind, SegmentMember
from prm.api.fields import ChoiceField, CodeField, DayField, IdField, InstantField, TextField, WholeField
from prm.api.problems import FieldError, Invalid
from prm.api.serializers import StrictSerializer


class SegmentWrite(StrictSerializer):
    """`rule` is a predicate over the facts of `GET /segment-facts`; a segment of the kind "list" has none."""

    code = CodeField()
    name = TextField(max_length=120)
    purpose = TextField(required=False, allow_blank=True, max_length=300)
    kind = ChoiceField(required=False, choices=SegmentKind.choices)
    rule = serializers.JSONField(required=False, allow_null=True)


class SegmentChange(StrictSerializer):
    code = CodeField(required=False)
    name = TextField(required=False, max_length=120)
    purpose = TextField(required=False, allow_blank=True, max_length=300)
    rule = serializers.JSONField(required=False)


class SegmentRead(StrictSerializer):
    id = IdField()
    code = CodeField()
    name = TextField()
    purpose = TextField()
    kind = ChoiceField(choices=SegmentKind.choices)
    rule = serializers.JSONField(allow_null=True)
    member_count = WholeField()
    calculated_for = DayField(allow_null=True)
    version = WholeField()
    changed_at = InstantField()


class SegmentQuery(StrictSerializer):
    q = TextField(required=False, max_length=120)
    kind = ChoiceField(required=False, choices=SegmentKind.choices)


class PreviewWrite(StrictSerializer):
    """A rule that is not saved. `as_of`: the day whose facts count; today without it."""

    rule = serializers.JSONField()
    as_of = DayField(required=False)


class PreviewRead(StrictSerializer):
    """How many partners the rule fits, of how many, and the first by name with what decided."""

    matching = WholeField()
    of = WholeField()
    sample = serializers.JSONField()


class RecalculateWrite(StrictSerializer):
    as_of = DayField(required=False)


class RecalculateRead(StrictSerializer):
    members = WholeField()
    entered = WholeField()
    left = WholeField()


class MembersQuery(StrictSerializer):
    on = DayField(required=False)


class MemberRead(StrictSerializer):
    """A member with the facts that let it in."""

    id = IdField()
    partner_id = IdField()
    partner_code = serializers.SerializerMethodField()
    starts_on = DayField()
    ends_on = DayField(allow_null=True)
    facts = serializers.JSONField()

    def get_partner_code(self, member: SegmentMember) -> str:
        return str(member.partner.code)


class CodesWrite(StrictSerializer):
    """Partners of a fixed list, by code."""

    codes = serializers.ListField(child=CodeField(), min_length=1, max_length=5_000)


class CountRead(StrictSerializer):
    count = WholeField()


class FactRead(StrictSerializer):
    """A fact that rules may ask for. `terms` are what "with" must hold."""

    name = TextField()
    title = TextField()
    type = TextField()
    unit = TextField(allow_blank=True)
    terms = serializers.JSONField()


@contextmanager
def rule_faults_told() -> Iterator[None]:
    """Each fault of a rule at its JSON pointer in the body."""
    try:
        yield
    except RuleInvalid as invalid:
        raise Invalid(
            [FieldError(fault.code, fault.message, fault.pointer) for fault in invalid.faults]
        ) from invalid
