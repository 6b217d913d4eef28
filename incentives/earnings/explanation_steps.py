"""The steps that explanations of sales and of whole windows share: limits, rounding, corrections, the payout currency.

Promise: values without words; called by earnings.explanation and earnings.window_explanation."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.earnings.entry_facts import EntryFacts, Factor, Step, Told, Value
from incentives.earnings.unrounded import Exact, at_rate
from incentives.plans.document import PlanDocument
from prm.kit.money import Money
from prm.kit.rounding import round_half_away


def exchange_steps(code: str, used: Mapping[str, Any] | None) -> list[Step]:
    if not used:
        return []
    params: dict[str, Told] = {
        "base": str(used["base"]),
        "quote": str(used["quote"]),
        "day": date.fromisoformat(str(used["published_on"])),
    }
    return [Step(code, params, Factor(Decimal(str(used["rate"]))))]


def cap_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    """Caps of windows and of the plan take from the rounded amount, one after the other."""
    caps = facts.caps
    if not caps:
        return []
    return [*(cut_step(cut, document) for cut in caps), Step("left_after_caps", {}, facts.paid_for_sale)]


def cut_step(cut: Mapping[str, Any], document: PlanDocument) -> Step:
    limit = Money(int(cut["limit_minor"]), document.currency)
    taken = Money(abs(int(cut["amount_minor"])), document.currency)
    return Step(str(cut["limit"]), {"limit": limit}, taken)


def rounded_step(code: str, exact: Exact | None, rounded: Money, **params: Told) -> Step:
    """From the exact amount to the rounded one."""
    if exact is None or exact.minor == rounded.amount_minor:
        return Step(f"{code}_whole", params, rounded)
    return Step(code, {**params, "exact": exact, "rounded": rounded}, rounded)


def payout_steps(facts: EntryFacts) -> list[Step]:
    """The second rounding, where payouts are in another currency; none where they are not."""
    used = facts.inputs.get("payout_exchange")
    if not used:
        return []
    steps = exchange_steps("payout_exchange", used)
    steps += _left_steps(facts, used) if facts.inputs.get("refund") else [_converted(facts, used)]
    if facts.payout_before.amount_minor:
        params: dict[str, Told] = {"target": facts.payout_target, "posted": facts.payout_before}
        steps.append(
            Step("payout_difference_window" if facts.of_window else "payout_difference", params, facts.payout)
        )
    return steps


def _converted(facts: EntryFacts, used: Mapping[str, Any]) -> Step:
    exact = at_rate(facts.target.amount_minor, facts.target.currency, used["rate"], facts.payout.currency)
    rate = Factor(Decimal(str(used["rate"])))
    return rounded_step("payout_rounded", exact, facts.payout_target, amount=facts.target, rate=rate)


def _left_steps(facts: EntryFacts, used: Mapping[str, Any]) -> list[Step]:
    """A refund's payout amount follows what is left of the sale's, so that all of them total nothing in the end."""
    refund, plan, payout = facts.inputs["refund"], facts.target.currency, facts.payout.currency
    reversed_minor = int(refund["reversed_before_minor"]) - facts.target.amount_minor
    left = Money(int(refund["original_minor"]) - reversed_minor, plan)
    exact = at_rate(left.amount_minor, plan, used["rate"], payout)
    left_now = Money(round_half_away(exact.minor), payout)
    rate = Factor(Decimal(str(used["rate"])))
    return [
        rounded_step("payout_left", exact, left_now, amount=left, rate=rate),
        Step("payout_taken", {"before": left_now - facts.payout_target}, facts.payout_target),
    ]


def withdrawn_steps(facts: EntryFacts) -> list[Step]:
    code = "withdrawn_window" if facts.of_window else "withdrawn"
    steps = [Step(code, {"posted": facts.posted_before}, facts.amount)]
    if facts.payout.currency != facts.amount.currency:
        steps.append(Step("payout_withdrawn", {"posted": facts.payout_before}, facts.payout))
    return [*steps, Step("free_on", {"day": facts.free_on})]


def difference_steps(facts: EntryFacts) -> list[Step]:
    if not facts.posted_before.amount_minor:
        return []
    params: dict[str, Told] = {
        "target": facts.target,
        "posted": facts.posted_before,
        "cause": facts.cause,
    }
    return [Step("difference_window" if facts.of_window else "difference", params, facts.amount)]


def measured_value(volume: Mapping[str, Any], value: Any, document: PlanDocument) -> Value:
    """Stored volumes are minor units of the plan currency, or units."""
    exact = Decimal(str(value))
    if volume["measure"] == "units":
        return exact
    return Money(int(exact.to_integral_value("ROUND_HALF_UP")), document.currency)
