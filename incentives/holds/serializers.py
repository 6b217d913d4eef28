"""The shapes of holds in the API; called by holds.api."""

from rest_framework import serializers

from incentives.holds.models import Hold, HoldCause
from prm.api.fields import ChoiceField, CodeField, DayField, IdField, InstantField, TextField
from prm.api.serializers import StrictSerializer


class HoldQuery(StrictSerializer):
    partner = CodeField(required=False)


class HoldRead(StrictSerializer):
    """Without `deal_id` and `entry_id` all money of the partner waits. `ends_on` is the last day on which it does."""

    id = IdField()
    number = serializers.SerializerMethodField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    cause = ChoiceField(choices=HoldCause.choices)
    deal_id = IdField(allow_null=True)
    entry_id = IdField(allow_null=True)
    reason = TextField()
    ends_on = DayField(allow_null=True)
    placed_at = InstantField()
    released_at = InstantField(allow_null=True)
    release_reason = TextField()

    def get_number(self, hold: Hold) -> str:
        return str(hold)
