"""The shapes of calculations and entries in the API; called by earnings.api."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incentives.earnings.entries import ExplainedEntry
from incentives.earnings.models import CalculationRun, RunState
from incentives.earnings.wording import SpokenExplanation, failure_text, reason_label, speak
from prm.api.fields import (
    ChoiceField,
    CodeField,
    CurrencyField,
    DayField,
    IdField,
    InstantField,
    MoneyAmountField,
    TextField,
    WholeField,
)
from prm.api.serializers import StrictSerializer
from prm.kit.money import format_plain

AMOUNTS = {"type": "object", "additionalProperties": {"type": "string"}}
OBJECT = {"type": "object", "additionalProperties": True}


class CalculationWrite(StrictSerializer):
    """Any day of the month to calculate."""

    period_on = DayField()


class ReasonRead(StrictSerializer):
    """So many lines earned nothing for this reason."""

    code = TextField()
    label = TextField()  # type: ignore[assignment]
    lines = WholeField()


class FunnelRead(StrictSerializer):
    """Lines looked at, those that earned, and the first reason of each of the others."""

    looked_at = WholeField()
    earned = WholeField()
    reasons = ReasonRead(many=True)


class CalculationRead(StrictSerializer):
    """`funnel`, `entries` and the totals by currency are there once it is calculated. `failure` is a code,
    `failure_text` says it; `recompute_from` is the first day whose amounts are looked at again."""

    id = IdField()
    number = TextField(source="__str__")
    period_on = DayField()
    state = ChoiceField(choices=RunState.choices)
    recompute_from = DayField()
    parts = WholeField(source="shard_count")
    parts_done = WholeField()
    entries = WholeField(source="entry_count")
    earned = serializers.SerializerMethodField()
    payable = serializers.SerializerMethodField()
    funnel = serializers.SerializerMethodField()
    failure = TextField()
    failure_text = serializers.SerializerMethodField()
    result_hash = TextField()
    job_id = IdField(allow_null=True)
    created_at = InstantField()
    started_at = InstantField(allow_null=True)
    finished_at = InstantField(allow_null=True)

    @extend_schema_field(AMOUNTS)
    def get_earned(self, run: CalculationRun) -> Any:
        return _amounts(run.totals.get("earned", {}))

    @extend_schema_field(AMOUNTS)
    def get_payable(self, run: CalculationRun) -> Any:
        return _amounts(run.totals.get("payable", {}))

    @extend_schema_field(FunnelRead)
    def get_funnel(self, run: CalculationRun) -> Any:
        reasons = run.funnel.get("reasons", {})
        return {
            "looked_at": run.funnel.get("looked_at", 0),
            "earned": run.funnel.get("earned", 0),
            "reasons": [
                {"code": code, "label": reason_label(code), "lines": lines}
                for code, lines in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
            ],
        }

    def get_failure_text(self, run: CalculationRun) -> str:
        return failure_text(run.failure) if run.failure else ""


def _amounts(minor_by_currency: dict[str, int]) -> dict[str, str]:
    return {currency: format_plain(minor, currency) for currency, minor in sorted(minor_by_currency.items())}


class EntryQuery(StrictSerializer):
    """`period_on`: any day of the month in which it was posted; `partner`: its code."""

    period_on = DayField(required=False)
    partner = CodeField(required=False)
    calculation_id = IdField(required=False)


class EntryRead(StrictSerializer):
    """One earned amount or its correction. `amount` is in the currency of the plan, `payout_amount` in the one that is
    paid; `period_on` is the month that it was posted in, `belongs_on` the month of the sale; `free_on` the first day on
    which it may be paid. A bonus or a top-up has no line; `window_on` is the first day of its window."""

    id = IdField()
    calculation_id = IdField(source="run_id")
    period_on = DayField()
    belongs_on = DayField()
    occurred_on = DayField()
    partner_id = IdField()
    partner_code = CodeField()
    plan_id = IdField()
    plan_code = CodeField()
    version_id = IdField()
    component_id = TextField()
    line_id = IdField(allow_null=True)
    line_source = CodeField(allow_null=True)
    line_external_id = CodeField(allow_null=True)
    window_on = DayField(allow_null=True)
    amount = MoneyAmountField(source="amount_minor")
    currency = CurrencyField()
    payout_amount = MoneyAmountField(source="payout_amount_minor", currency_field="payout_currency")
    payout_currency = CurrencyField()
    cause = TextField()
    free_on = DayField()
    recorded_at = InstantField()


class StepRead(StrictSerializer):
    text = TextField()
    result = TextField()


class RowRead(StrictSerializer):
    """A row of the rate table; `matched` where the amount came from it. Of a marginal amount `volume`, `base` (where
    the rate is of something else) and `amount` are the row's part, not rounded."""

    starts_at = TextField()
    ends_at = TextField()
    pays = TextField()
    matched = serializers.BooleanField()
    volume = TextField()
    base = TextField()
    amount = TextField()


class ExplanationRead(StrictSerializer):
    """In the language of Accept-Language: at once, step by step, and the rate table where the rule has one, with the
    sum of its parts."""

    sentence = TextField()
    steps = StepRead(many=True)
    table = RowRead(many=True)
    parts_total = TextField()


class EntryWhole(EntryRead):
    """With its explanation; `inputs` are the exact numbers that it is made of, amounts in minor units. `replays`:
    whether they come to the same when the amount is calculated again; null where they are stored too short for that."""

    explanation = serializers.SerializerMethodField()
    inputs = serializers.SerializerMethodField()
    replays = serializers.SerializerMethodField()

    @extend_schema_field(ExplanationRead)
    def get_explanation(self, entry: Any) -> Any:
        explained: ExplainedEntry = self.context["explained"]
        spoken: SpokenExplanation = speak(explained.explanation)
        return ExplanationRead(spoken).data

    @extend_schema_field(OBJECT)
    def get_inputs(self, entry: Any) -> Any:
        return entry.inputs

    def get_replays(self, entry: Any) -> bool | None:
        explained: ExplainedEntry = self.context["explained"]
        return explained.replays
