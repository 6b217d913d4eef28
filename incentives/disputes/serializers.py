"""The shapes of disputes in the API; called by disputes.api."""

from typing import Any

from rest_framework import serializers

from incentives.disputes.models import Dispute, DisputeState
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    IdField,
    InstantField,
    MoneyAmountField,
    TextField,
)
from prm.api.serializers import StrictSerializer


class DisputeQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=DisputeState.choices)
    partner = CodeField(required=False)


class DisputeWrite(StrictSerializer):
    """A question on behalf of the partner whose entry it is."""

    entry_id = IdField()
    message = TextField(max_length=5000)


class MessageWrite(StrictSerializer):
    """The partner's next word."""

    message = TextField(max_length=5000)


class DisputeRead(StrictSerializer):
    """`amount` is what was questioned; `adjustment_id` follows from the ruling once it is made."""

    id = IdField()
    number = serializers.SerializerMethodField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    state = ChoiceField(choices=DisputeState.choices)
    entry_id = IdField(allow_null=True)
    line_id = IdField(allow_null=True)
    currency = CurrencyField()
    amount = MoneyAmountField(source="amount_minor", negative=True)
    opened_at = InstantField()
    answer_by = DayField()
    ruling = TextField()
    decided_at = InstantField(allow_null=True)
    adjustment_id = IdField(allow_null=True)

    def get_number(self, dispute: Dispute) -> Any:
        return str(dispute)
