"""What an entry's target comes to when it is calculated again from its stored inputs and the version that paid it.

Promise: pure; says nothing where a stored number was cut at its six places, else what was posted. Called by
earnings.entries, for whoever doubts an amount."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from incentives.earnings.entry_facts import SALE_LIMITS
from incentives.earnings.unrounded import (
    STORED_PLACES,
    Exact,
    amount_before_rounding,
    at_rate,
    share_before_rounding,
)
from incentives.plans.document import BonusComponent, Component, PlanDocument, TargetComponent
from prm.kit.rounding import round_half_away

Target = tuple[int, int]  # minor units in plan currency and in payout currency


def replayed(inputs: Mapping[str, Any], document: PlanDocument, component: Component) -> Target | None:
    """The target of the entry; None: a stored number may have had more places."""
    if inputs.get("refund"):
        return _reversal(inputs, document)
    exact = _exact(inputs, document, component)
    if exact is None or exact.about:
        return None
    whole_minor = round_half_away(exact.minor) - _taken(inputs, of_sale=True)
    amount_minor = _earned(whole_minor, inputs) - _taken(inputs, of_sale=False)
    payout = _paid_out(amount_minor, inputs, document)
    return None if payout is None else (amount_minor, payout)


def _exact(inputs: Mapping[str, Any], document: PlanDocument, component: Component) -> Exact | None:
    currency = document.currency
    if "floor_minor" in inputs:
        return Exact(Fraction(int(inputs["floor_minor"]) - int(inputs["earned_minor"])), currency)
    if isinstance(component, TargetComponent):
        inputs = _with_whole_rates(inputs, component)
    if not isinstance(component, BonusComponent):
        return amount_before_rounding(inputs, currency)
    step = component.steps[int(inputs["step"])]
    if step.rate is None:
        return Exact(Fraction(step.amount_minor or 0), currency)
    return Exact(Fraction(str(inputs["total"])) * Fraction(step.rate), currency, _is_cut(inputs["total"]))


def _reversal(inputs: Mapping[str, Any], document: PlanDocument) -> Target | None:
    """What this return takes back, and in payout currency what it leaves less of."""
    refund = inputs["refund"]
    original, before = int(refund["original_minor"]), int(refund["reversed_before_minor"])
    exact = share_before_rounding(original, refund["cumulative_share"], document.currency)
    in_all = round_half_away(exact.minor)
    left = [_paid_out(original - taken, inputs, document) for taken in (before, in_all)]
    if exact.about or left[0] is None or left[1] is None:
        return None
    return before - in_all, left[1] - left[0]


def _paid_out(amount_minor: int, inputs: Mapping[str, Any], document: PlanDocument) -> int | None:
    used = inputs.get("payout_exchange")
    if not used:
        return amount_minor
    if _is_cut(used["rate"]):
        return None
    exact = at_rate(amount_minor, document.currency, used["rate"], document.payout_currency)
    return round_half_away(exact.minor)


def _taken(inputs: Mapping[str, Any], *, of_sale: bool) -> int:
    """By limits of the single sale, or by caps after them."""
    cuts = inputs.get("cuts") or []
    return sum(int(cut["amount_minor"]) for cut in cuts if (cut["limit"] in SALE_LIMITS) is of_sale)


def _earned(whole_minor: int, inputs: Mapping[str, Any]) -> int:
    """The part of it that is paid, where the plan waits for that."""
    paid = inputs.get("paid")
    return round_half_away(whole_minor * Fraction(paid["part"], paid["of"])) if paid else whole_minor


def _with_whole_rates(inputs: Mapping[str, Any], component: TargetComponent) -> dict[str, Any]:
    """A multiplier may give a step's rate more places than are stored; the version has all of them."""

    def rate_of(row: int) -> str:
        return f"{component.rows[row].rate:f}"

    volume = dict(inputs["volume"])
    slices = [{**told, "rate": rate_of(int(told["row"]))} for told in volume.get("slices") or []]
    if slices:
        volume["slices"] = slices
    rate = inputs.get("rate") and rate_of(int(slices[0]["row"] if slices else volume["row"]))
    return {**inputs, "volume": volume, "rate": rate}


def _is_cut(stored: object) -> bool:
    return len(str(stored).partition(".")[2]) >= STORED_PLACES
