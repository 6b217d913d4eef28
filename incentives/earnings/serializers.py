"""The shapes of calculations and entries in the API; called by earnings.api."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from incentives.earnings.entries import ExplainedEntry, Posting
from incentives.earnings.models import CalculationRun, RunState
from incentives.earnings.replay import Verdict
from incentives.earnings.wording import SpokenExplanation, failure_text, reason_label, speak, speak_rules
from incentives.plans.queries import value_names
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


class UnmatchedRead(StrictSerializer):
    """A rule that paid the sale nothing. `rule` and `sentence` are empty where a whole plan, or a slot of plans, is
    meant; `reason` is a code."""

    plan = TextField()
    rule = TextField()
    sentence = TextField()
    reason = TextField()
    label = TextField()  # type: ignore[assignment]
    text = TextField()


class ExplanationRead(StrictSerializer):
    """In the language of Accept-Language: at once, step by step, and the rate table where the rule has one, with the
    sum of its parts; then the rules of the version that paid nothing, by what is known today about the sale and its
    day."""

    sentence = TextField()
    steps = StepRead(many=True)
    table = RowRead(many=True)
    parts_total = TextField()
    unmatched = UnmatchedRead(many=True)


class PostingRead(StrictSerializer):
    """One entry of the same target: why, how much, and which calculation posted it, started by whom."""

    entry_id = IdField(source="entry.id")
    calculation_id = IdField(source="entry.run_id")
    calculation = TextField(source="run.__str__", default="")
    started_by = TextField(source="run.started_by_label", default="")
    recorded_at = InstantField(source="entry.recorded_at")
    period_on = DayField(source="entry.period_on")
    cause = TextField(source="entry.cause")
    amount = serializers.SerializerMethodField()
    payout_amount = serializers.SerializerMethodField()

    def get_amount(self, posting: Posting) -> str:
        return format_plain(posting.entry.amount_minor, posting.entry.currency)

    def get_payout_amount(self, posting: Posting) -> str:
        return format_plain(posting.entry.payout_amount_minor, posting.entry.payout_currency)


class ReplayRead(StrictSerializer):
    """`equal`: the stored inputs come to what was posted for the target up to this entry; `within_rounding`: with
    places that are not stored; `differing`: they cannot. The hashes are SHA-256 of both, as the result of a calculation
    hashes them."""

    verdict = ChoiceField(choices=[verdict.value for verdict in Verdict])
    content_hash = TextField()
    posted_hash = TextField()


class EntryWhole(EntryRead):
    """With its explanation; `history` are all entries of its target, oldest first; `inputs` are the exact numbers that
    it is made of, amounts in minor units. `replay`: what they come to when the amount is calculated again, `replays`
    whether that is what was posted."""

    explanation = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()
    inputs = serializers.SerializerMethodField()
    replays = serializers.SerializerMethodField()
    replay = serializers.SerializerMethodField()

    @extend_schema_field(ExplanationRead)
    def get_explanation(self, entry: Any) -> Any:
        explained: ExplainedEntry = self.context["explained"]
        spoken: SpokenExplanation = speak(explained.explanation)
        rules = speak_rules(explained.unmatched, value_names())
        return ExplanationRead({**vars(spoken), "unmatched": rules}).data

    @extend_schema_field(PostingRead(many=True))
    def get_history(self, entry: Any) -> Any:
        explained: ExplainedEntry = self.context["explained"]
        return PostingRead(explained.history, many=True).data

    @extend_schema_field(OBJECT)
    def get_inputs(self, entry: Any) -> Any:
        return entry.inputs

    def get_replays(self, entry: Any) -> bool:
        explained: ExplainedEntry = self.context["explained"]
        return explained.replay.holds

    @extend_schema_field(ReplayRead)
    def get_replay(self, entry: Any) -> Any:
        explained: ExplainedEntry = self.context["explained"]
        return ReplayRead(explained.replay).data
