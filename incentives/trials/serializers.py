"""The shapes of backtests and estimates in the API; called by trials.api."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incentives.trials.estimates import LONGEST_SUBSCRIPTION
from incentives.trials.models import Backtest, BacktestAmount, TrialState
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    FlagField,
    IdField,
    InstantField,
    MoneyAmountField,
    RateField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer
from prm.kit.money import format_plain

MISSING = ("cost", "quantity", "months")


class BacktestWrite(StrictSerializer):
    """Any day of the first and of the last month. `throughout`: the version rules in all of them, whatever its own
    dates."""

    first_on = DayField()
    last_on = DayField()
    throughout = FlagField(required=False)


class TotalRead(StrictSerializer):
    """Over all months and partners: due by the plans in force (`old`) and with the version (`new`)."""

    currency = CurrencyField()
    old = TextField()
    new = TextField()
    difference = TextField()


class BacktestRead(StrictSerializer):
    """`job_id` says how far it is; the totals are there once it is done."""

    id = IdField()
    version_id = IdField()
    state = ChoiceField(choices=TrialState.choices)
    first_on = DayField()
    last_on = DayField()
    throughout = FlagField()
    totals = serializers.SerializerMethodField()
    job_id = IdField(allow_null=True)
    created_at = InstantField()
    finished_at = InstantField(allow_null=True)

    @extend_schema_field(TotalRead(many=True))
    def get_totals(self, backtest: Backtest) -> Any:
        return self.context["totals"]


class AmountRead(StrictSerializer):
    """`posted` when the test was made; publishing would post `new` minus `posted`."""

    partner = CodeField(source="partner.code")
    month_on = DayField()
    currency = CurrencyField()
    posted = serializers.SerializerMethodField()
    old = serializers.SerializerMethodField()
    new = serializers.SerializerMethodField()

    def get_posted(self, row: BacktestAmount) -> str:
        return format_plain(row.posted_minor, row.currency)

    def get_old(self, row: BacktestAmount) -> str:
        return format_plain(row.old_minor, row.currency)

    def get_new(self, row: BacktestAmount) -> str:
        return format_plain(row.new_minor, row.currency)


class EstimateWrite(StrictSerializer):
    """A sale as it might be made; `occurred_on` is today where it is not said. With `months` it is a subscription of so
    many monthly lines, amount, quantity and cost of each; `subscription` names one that goes on already."""

    partner = CodeField()
    product = CodeField()
    amount = MoneyAmountField(zero=False)
    currency = CurrencyField()
    quantity = RateField(required=False)
    cost = MoneyAmountField(required=False)
    subscription = CodeField(max_length=120, required=False)
    months = WholeField(required=False, min_value=0, max_value=LONGEST_SUBSCRIPTION)
    customer = CodeField(required=False)
    occurred_on = DayField(required=False)


class EstimatedRead(StrictSerializer):
    """What one beneficiary would get from one component; `on_earlier_sales` of it because the sale moves their rate."""

    partner = CodeField()
    plan = CodeField()
    version = WholeField()
    component = CodeField()
    currency = CurrencyField()
    amount = TextField()
    on_earlier_sales = TextField()


class UnpaidRead(StrictSerializer):
    """Why a plan pays the partner nothing, in the codes of `/uncommissioned-lines`."""

    partner = CodeField()
    reason = TextField()


class EstimateRead(StrictSerializer):
    """With the plans, volumes, tiers and protections of `occurred_on` as they are known now. `missing`: fields of the
    request that plans ask for and that were left out, so the amounts are not all."""

    occurred_on = DayField()
    amounts = EstimatedRead(many=True)
    missing = serializers.ListField(child=ChoiceField(choices=MISSING))
    unpaid = UnpaidRead(many=True)
