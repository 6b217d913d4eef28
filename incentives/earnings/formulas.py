"""An entry's amount as a formula that a spreadsheet computes: constants, ROUND, MIN and MAX, in whole units of money.

Promise: pure; a spreadsheet's ROUND goes half away from zero, as ours does; the formula says nothing but what the
entry's inputs say. Called by: payouts.statement_lines.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from incentives.earnings.entry_facts import SALE_LIMITS, WITHDRAWN, EntryFacts
from incentives.earnings.unrounded import STORED_PLACES, amount_before_rounding, share_before_rounding
from prm.kit.money import Money, exponent_of
from prm.kit.rounding import round_half_away


def formula_of(facts: EntryFacts) -> str:
    """The amount in payout currency, without the sign of equality before it."""
    used = facts.inputs.get("payout_exchange")
    target = _target(facts)
    if not used:
        return _less(target, facts.posted_before)
    rate, places = _plain(used["rate"]), exponent_of(facts.payout.currency)
    if facts.cause == WITHDRAWN:
        return _less("0", facts.payout_before)
    if refund := facts.inputs.get("refund"):
        left = f"{_original(refund, facts)}-{_returned(refund, facts)}"
        stood = f"{_original(refund, facts)}-{_before(refund, facts)}"
        return _less(f"ROUND(({left})*{rate},{places})-ROUND(({stood})*{rate},{places})", facts.payout_before)
    return _less(f"ROUND(({target})*{rate},{places})", facts.payout_before)


def steps_of(facts: EntryFacts) -> str:
    """What was multiplied by which rate or amount per unit: `80000.00*0.05+20000.00*0.07`; "" where the inputs name
    neither."""
    if "window_starts_on" in facts.inputs:
        return _of_window(facts)
    volume = facts.inputs.get("volume") or {}
    slices = [piece for piece in volume.get("slices") or [] if Decimal(str(piece["volume"]))]
    if slices:
        return "+".join(_slice(facts, volume, piece, slices) for piece in slices)
    pay = _pay(facts.inputs)
    return f"{_basis(facts)}*{pay}" if pay else ""


def _of_window(facts: EntryFacts) -> str:
    """A top-up is what is missing to the least amount; a bonus by rate is of all that was measured, one by amount has
    nothing to multiply."""
    inputs, currency = facts.inputs, facts.amount.currency
    if inputs.get("floor_minor") is not None:
        earned = _major(Money(int(inputs["earned_minor"]), currency))
        return f"{_stored(inputs['floor_minor'], currency)}-{earned}"
    total, rate = Decimal(str(inputs["total"])), inputs.get("rate")
    is_whole = -int(total.as_tuple().exponent) < STORED_PLACES
    return f"{_stored(total, currency)}*{_plain(rate)}" if rate is not None and is_whole else ""


def _target(facts: EntryFacts) -> str:
    """What the sale should have earned in all, in plan currency."""
    if facts.cause == WITHDRAWN:
        return "0"
    if refund := facts.inputs.get("refund"):
        return f"{_before(refund, facts)}-{_returned(refund, facts)}"
    steps, paid = steps_of(facts), facts.inputs.get("paid")
    taken = sum(int(cut["amount_minor"]) for cut in facts.caps)
    whole_minor = int(paid["whole_minor"]) if paid else facts.target.amount_minor + taken
    if not steps or _is_cut_short(facts, whole_minor):
        return _major(facts.target)
    places = exponent_of(facts.amount.currency)
    whole = f"ROUND({_limited(steps, facts)},{places})"
    return _less(_paid_part(whole, paid, places), Money(taken, facts.amount.currency))


def _is_cut_short(facts: EntryFacts, whole_minor: int) -> bool:
    """Whether six places do not hold what was multiplied, and its rounded product is another: the amount then stands
    by itself."""
    if "window_starts_on" in facts.inputs:
        return False
    exact = amount_before_rounding(facts.inputs, facts.amount.currency)
    if exact is None or not exact.about or any(cut["limit"] in SALE_LIMITS for cut in facts.cuts):
        return False
    return round_half_away(exact.minor) != whole_minor


def _paid_part(whole: str, paid: Mapping[str, Any] | None, places: int) -> str:
    """What of it is earned, where the plan waits for payments."""
    if not paid or paid["part"] == paid["of"]:
        return whole
    return f"ROUND({whole}*{paid['part']}/{paid['of']},{places})"


def _limited(steps: str, facts: EntryFacts) -> str:
    """Floor and cap of one sale hold before rounding; on a credit note they are mirrored."""
    for cut in facts.cuts:
        if cut["limit"] in SALE_LIMITS:
            limit = Money(int(cut["limit_minor"]), facts.amount.currency)
            is_negative = facts.target.amount_minor < 0
            keeps_less = (cut["limit"] == "sale_cap") != is_negative
            signed = Money(-limit.amount_minor, limit.currency) if is_negative else limit
            steps = f"{'MIN' if keeps_less else 'MAX'}({steps},{_major(signed)})"
    return steps


def _slice(
    facts: EntryFacts, volume: Mapping[str, Any], piece: Mapping[str, Any], slices: list[Mapping[str, Any]]
) -> str:
    """A row's part of a marginal amount: of its own volume, or of its share of what is paid where units are measured
    and revenue is paid."""
    in_units = volume["measure"] == "units"
    size = _plain(piece["volume"]) if in_units else _stored(piece["volume"], facts.amount.currency)
    pay = _pay(piece) or "0"
    if facts.inputs.get("basis") == volume["measure"]:
        return f"{size}*{pay}"
    own = sum((Decimal(str(one["volume"])) for one in slices), Decimal(0))
    whole = _plain(own) if in_units else _stored(own, facts.amount.currency)
    return f"{_basis(facts)}*{size}/{whole}*{pay}"


def _basis(facts: EntryFacts) -> str:
    """Units, or an amount in plan currency; the whole base of a sale in another currency is written with its rate."""
    inputs = facts.inputs
    if inputs.get("basis") == "units":
        return _plain(inputs["basis_value"])
    exchange = inputs.get("exchange")
    is_whole = inputs.get("basis") == "revenue" and not Decimal(str(inputs.get("refunded_share", "0")))
    if exchange and is_whole:
        return f"{_stored(inputs['base_minor'], inputs['base_currency'])}*{_plain(exchange['rate'])}"
    return _stored(inputs.get("basis_value", inputs["base_minor"]), facts.amount.currency)


def _pay(told: Mapping[str, Any]) -> str:
    if told.get("rate") is not None:
        return _plain(told["rate"])
    return _plain(told["unit_amount"]) if told.get("unit_amount") is not None else ""


def _original(refund: Mapping[str, Any], facts: EntryFacts) -> str:
    return _major(Money(int(refund["original_minor"]), facts.amount.currency))


def _before(refund: Mapping[str, Any], facts: EntryFacts) -> str:
    return _major(Money(int(refund["reversed_before_minor"]), facts.amount.currency))


def _returned(refund: Mapping[str, Any], facts: EntryFacts) -> str:
    """All returns so far, this one too. Their share is stored with six places: where those do not hold it, the amount
    stands by itself."""
    currency, original = facts.amount.currency, int(refund["original_minor"])
    in_all = int(refund["reversed_before_minor"]) - facts.target.amount_minor
    share = share_before_rounding(original, refund["cumulative_share"], currency)
    if share.about and round_half_away(share.minor) != in_all:
        return _major(Money(in_all, currency))
    return f"ROUND({_original(refund, facts)}*{_plain(refund['cumulative_share'])},{exponent_of(currency)})"


def _less(formula: str, before: Money) -> str:
    return f"{formula}-{_major(before)}" if before.amount_minor else formula


def _major(money: Money) -> str:
    """In whole units; a negative one in brackets, so that it can stand behind any sign."""
    text = _stored(money.amount_minor, money.currency)
    return f"({text})" if money.amount_minor < 0 else text


def _stored(minor: Any, currency: str) -> str:
    """Minor units, perhaps with a fraction, in whole units."""
    return _plain(Decimal(str(minor)).scaleb(-exponent_of(currency)))


def _plain(number: Any) -> str:
    text = f"{Decimal(str(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
