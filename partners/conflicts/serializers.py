"""The shapes of conflicts in the API; called by conflicts.api."""

from rest_framework import serializers

from partners.conflicts.models import Conflict, ConflictState, Outcome, Verdict
from partners.conflicts.queries import sides_of
from prm.api.fields import ChoiceField, DayField, IdField, InstantField, TextField
from prm.api.serializers import StrictSerializer


class SideRead(StrictSerializer):
    id = IdField()
    deal_id = IdField()
    partner_id = IdField()
    verdict = ChoiceField(choices=Verdict.choices)
    percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    appealed_at = InstantField()


class ConflictRead(StrictSerializer):
    """`sides` in the order in which they registered; empty in lists."""

    id = IdField()
    number = serializers.SerializerMethodField()
    customer = TextField()
    line = serializers.SerializerMethodField()
    state = ChoiceField(choices=ConflictState.choices)
    opened_at = InstantField()
    evidence_until = DayField()
    outcome = ChoiceField(choices=Outcome.choices)
    words = TextField()
    ruled_at = InstantField()
    appeal_until = DayField()
    sides = serializers.SerializerMethodField()

    def get_number(self, conflict: Conflict) -> str:
        return str(conflict)

    def get_line(self, conflict: Conflict) -> str:
        return str(conflict.line.code)

    def get_sides(self, conflict: Conflict) -> list[dict[str, object]]:
        if not self.context.get("with_sides"):
            return []
        return [dict(SideRead(side).data) for side in sides_of(conflict)]


class ConflictQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=ConflictState.choices)


class ShareWrite(StrictSerializer):
    side_id = IdField()
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=100)


class RulingWrite(StrictSerializer):
    """`awarded`: the side that gets the customer, or holds the protection where it is shared."""

    outcome = ChoiceField(choices=Outcome.choices)
    words = TextField(max_length=2000)
    awarded = IdField(required=False)
    shares = ShareWrite(many=True, required=False)
