"""The shapes of tiers in the API; called by tiers.api."""

from rest_framework import serializers

from partners.tiers.queries import Outcome
from prm.api.fields import CodeField, DayField, IdField, InstantField, TextField, WholeField
from prm.api.serializers import StrictSerializer


class TierWrite(StrictSerializer):
    """`rule` is a predicate over the facts of `GET /segment-facts`; rank 1 is the lowest step."""

    name = TextField(max_length=40)
    rank = serializers.IntegerField(min_value=1, max_value=20)
    rule = serializers.JSONField()
    benefits = TextField(required=False, allow_blank=True, max_length=1000)


class TierChange(StrictSerializer):
    name = TextField(required=False, max_length=40)
    rank = serializers.IntegerField(required=False, min_value=1, max_value=20)
    rule = serializers.JSONField(required=False)
    benefits = TextField(required=False, allow_blank=True, max_length=1000)


class TierRead(StrictSerializer):
    id = IdField()
    name = TextField()
    rank = WholeField()
    rule = serializers.JSONField()
    benefits = TextField()
    version = WholeField()
    changed_at = InstantField()


class ReviewQuery(StrictSerializer):
    on = DayField(required=False)


class KeepWrite(StrictSerializer):
    """A partner that would fall today or at the next review."""

    partner_code = CodeField()
    reason = TextField(max_length=300)


class ReviewWrite(StrictSerializer):
    """`keep`: whom to leave out until the review after, with the reason."""

    keep = KeepWrite(many=True, required=False)


class ReviewRead(StrictSerializer):
    """What a review does to one partner: `rise`, `fall`, `warn`, `keep` or `pinned`. `missing`: conditions of its tier
    that it does not meet ({fact, with, op, needs, has, lacks}); of {any: [...]} one is enough. `falls_on`: the day of
    which it was warned; null where it was not."""

    partner_code = serializers.SerializerMethodField()
    tier = serializers.SerializerMethodField()
    tier_then = serializers.SerializerMethodField()
    verdict = TextField()
    missing = serializers.JSONField()
    falls_on = DayField(source="warning.falls_on", default=None, allow_null=True)

    def get_partner_code(self, outcome: Outcome) -> str:
        return str(outcome.partner.code)

    def get_tier(self, outcome: Outcome) -> str:
        return outcome.held.name if outcome.held else ""

    def get_tier_then(self, outcome: Outcome) -> str:
        return outcome.to.name if outcome.to else ""


class ReviewCounts(StrictSerializer):
    """`kept`: left out with a reason."""

    rise = WholeField()
    warn = WholeField()
    fall = WholeField()
    kept = WholeField()
