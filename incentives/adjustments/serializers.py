"""The shapes of adjustments in the API; called by adjustments.api."""

from rest_framework import serializers

from incentives.adjustments.models import Adjustment, AdjustmentState
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


class AdjustmentQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=AdjustmentState.choices)
    partner = CodeField(required=False)


class AdjustmentRead(StrictSerializer):
    """`amount` is added to the balance, or taken from it where it is negative; `entry_id` is what it corrects,
    `takes_back_id` the adjustment whose opposite it is."""

    id = IdField()
    number = serializers.SerializerMethodField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    state = ChoiceField(choices=AdjustmentState.choices)
    currency = CurrencyField()
    amount = MoneyAmountField(source="amount_minor", negative=True)
    reason = TextField()
    belongs_on = DayField()
    posted_on = DayField(allow_null=True)
    entry_id = IdField(allow_null=True)
    takes_back_id = IdField(allow_null=True)
    proposed_by = TextField(source="proposed_by_label")
    proposed_at = InstantField()
    decided_by = TextField(source="decided_by_label")
    decided_at = InstantField(allow_null=True)

    def get_number(self, adjustment: Adjustment) -> str:
        return str(adjustment)
