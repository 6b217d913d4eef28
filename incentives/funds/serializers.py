"""The shapes of marketing funds in the API; called by funds.api."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incentives.funds.models import ClaimState, FundsClaim, FundsRequest, RequestState
from incentives.funds.queries import costs_of
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    IdField,
    InstantField,
    MoneyAmountField,
    RateField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer


class AllocationQuery(StrictSerializer):
    partner = CodeField(required=False)


class AllocationRead(StrictSerializer):
    """A partner's part of a budget; `left` is what may still be promised of it."""

    id = IdField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    name = TextField()
    share_percent = RateField()
    starts_on = DayField()
    ends_on = DayField()
    claims_until = DayField()
    currency = CurrencyField()
    amount = MoneyAmountField(source="amount_minor")
    left = MoneyAmountField(source="left_minor")


class RequestQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=RequestState.choices)
    partner = CodeField(required=False)


class RequestWrite(StrictSerializer):
    """A request on behalf of the partner whose allocation it is; `planned` is the net cost of all of it."""

    allocation_id = IdField()
    activity = TextField(max_length=160)
    purpose = TextField(max_length=2000)
    expected_leads = WholeField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    starts_on = DayField()
    ends_on = DayField()
    planned = MoneyAmountField(zero=False)
    currency = CurrencyField()


class RequestRead(StrictSerializer):
    """`asked` is the vendor's share of `planned`; of `committed`, `claimed` went to claims and `released` back."""

    id = IdField()
    number = serializers.SerializerMethodField()
    allocation_id = IdField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    state = ChoiceField(choices=RequestState.choices)
    activity = TextField()
    purpose = TextField()
    expected_leads = WholeField(allow_null=True)
    starts_on = DayField()
    ends_on = DayField()
    currency = CurrencyField()
    planned = MoneyAmountField(source="planned_minor")
    asked = MoneyAmountField(source="asked_minor")
    committed = MoneyAmountField(source="committed_minor")
    claimed = MoneyAmountField(source="claimed_minor")
    released = MoneyAmountField(source="released_minor")
    left = MoneyAmountField(source="left_minor")
    reason = TextField(source="last_reason")
    submitted_at = InstantField()
    decided_at = InstantField(allow_null=True)

    def get_number(self, request: FundsRequest) -> str:
        return str(request)


class ClaimQuery(StrictSerializer):
    state = ChoiceField(required=False, choices=[one for one in ClaimState.choices if one[0] != "draft"])
    partner = CodeField(required=False)


class CostRead(StrictSerializer):
    """One invoice; `objection` says why it is not paid."""

    description = TextField()
    supplier = TextField()
    invoice_number = TextField()
    invoiced_on = DayField()
    currency = CurrencyField()
    net = MoneyAmountField(source="net_minor")
    gross = MoneyAmountField(source="gross_minor")
    share = MoneyAmountField(source="share_minor")
    paid = MoneyAmountField(source="paid_minor")
    objection = TextField()
    proof_url = serializers.SerializerMethodField()

    def get_proof_url(self, cost: Any) -> str:
        return f"/api/v1/files/{cost.file_id}"


class ClaimRead(StrictSerializer):
    """`computed` is the share of the net costs; of it `paid` became payable on `settled_on`, `refused` did not."""

    id = IdField()
    number = serializers.SerializerMethodField()
    request_id = IdField()
    partner_id = IdField()
    partner_code = CodeField(source="partner.code")
    state = ChoiceField(choices=ClaimState.choices)
    currency = CurrencyField()
    net = MoneyAmountField(source="net_minor")
    gross = MoneyAmountField(source="gross_minor")
    computed = MoneyAmountField(source="computed_minor")
    paid = MoneyAmountField(source="paid_minor")
    refused = MoneyAmountField(source="refused_minor")
    reason = TextField(source="last_reason")
    submitted_at = InstantField(allow_null=True)
    decided_at = InstantField(allow_null=True)
    settled_on = DayField(allow_null=True)

    def get_number(self, claim: FundsClaim) -> str:
        return str(claim)


class ClaimWhole(ClaimRead):
    """With its costs, in the order in which they were added."""

    costs = serializers.SerializerMethodField()

    @extend_schema_field(CostRead(many=True))
    def get_costs(self, claim: FundsClaim) -> Any:
        found = costs_of(claim)
        for cost in found:
            cost.claim = claim
        return CostRead(found, many=True).data
