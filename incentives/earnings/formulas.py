"""An entry's amount worked out of its inputs: as a formula that a spreadsheet computes, in whole units of money, and as
what the inputs come to when it is calculated again.

Promise: pure; a spreadsheet's ROUND goes half away from zero, as ours does; the formula says nothing but what the
entry's inputs say. Called by: payouts.statement_lines, earnings.replay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from incentives.earnings.entry_facts import SALE_LIMITS, WITHDRAWN, EntryFacts
from incentives.earnings.terms import Span, Term, major, plain, whole_units
from incentives.earnings.unrounded import STORED_PLACES, Exact, amount_before_rounding, share_before_rounding
from prm.kit.money import Money
from prm.kit.rounding import round_half_away


@dataclass(frozen=True)
class Worked:
    """What the target comes to in plan currency and in payout currency, and in that what the entry itself is."""

    target: Term
    payout_target: Term
    entry: Term


def formula_of(facts: EntryFacts) -> str:
    """The amount in payout currency, without the sign of equality before it."""
    return worked_out(facts, _told_by_inputs(facts)).entry.text


def worked_out(facts: EntryFacts, exact: Exact | None) -> Worked:
    """`exact`: what the rule comes to before limits and rounding; None where nobody can say, and the target stands for
    itself."""
    target = _target(facts, exact)
    if not facts.inputs.get("payout_exchange"):
        return Worked(target, target, target.unless_zero(facts.posted_before))
    payout = _payout(facts, target)
    return Worked(target, payout, payout.unless_zero(facts.payout_before))


def _told_by_inputs(facts: EntryFacts) -> Exact | None:
    if "window_starts_on" in facts.inputs or facts.cause == WITHDRAWN or "base_minor" not in facts.inputs:
        return None
    return amount_before_rounding(facts.inputs, facts.amount.currency)


def _payout(facts: EntryFacts, target: Term) -> Term:
    """A refund's follows what is left of the sale's."""
    if facts.cause == WITHDRAWN:
        return Term.of(Money(0, facts.payout.currency))
    rate = facts.inputs["payout_exchange"]["rate"]
    refund = facts.inputs.get("refund")
    if not refund:
        return target.converted(rate, facts.payout.currency).rounded()
    original = _original(refund, facts)
    left, stood = original.less(_returned(refund, facts)), original.less(_before(refund, facts))
    now, then = (part.converted(rate, facts.payout.currency).rounded() for part in (left, stood))
    return now.less(then)


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
        earned = major(Money(int(inputs["earned_minor"]), currency))
        return f"{whole_units(inputs['floor_minor'], currency)}-{earned}"
    total, rate = Decimal(str(inputs["total"])), inputs.get("rate")
    is_whole = -int(total.as_tuple().exponent) < STORED_PLACES
    return f"{whole_units(total, currency)}*{plain(rate)}" if rate is not None and is_whole else ""


def _target(facts: EntryFacts, exact: Exact | None) -> Term:
    """What the sale should have earned in all, in plan currency."""
    if facts.cause == WITHDRAWN:
        return Term.of(Money(0, facts.amount.currency))
    if refund := facts.inputs.get("refund"):
        return _before(refund, facts).less(_returned(refund, facts))
    steps, paid = steps_of(facts), facts.inputs.get("paid")
    taken = sum(int(cut["amount_minor"]) for cut in facts.caps)
    whole_minor = int(paid["whole_minor"]) if paid else facts.target.amount_minor + taken
    if exact is None and not steps:
        return Term.of(facts.target)
    span = Span.of(exact or Exact(Term.of(facts.target).span.point + taken, facts.amount.currency))
    whole = _limited(Term(steps, span, facts.amount.currency), facts).rounded()
    earned = _paid_part(whole, paid).unless_zero(Money(taken, facts.amount.currency))
    stands = not steps or _is_cut_short(facts, whole_minor)
    return earned.standing_for(facts.target) if stands else earned


def _is_cut_short(facts: EntryFacts, whole_minor: int) -> bool:
    """Whether six places do not hold what was multiplied, and its rounded product is another: the amount then stands
    by itself."""
    if "window_starts_on" in facts.inputs:
        return False
    exact = amount_before_rounding(facts.inputs, facts.amount.currency)
    if exact is None or not exact.about or any(cut["limit"] in SALE_LIMITS for cut in facts.cuts):
        return False
    return round_half_away(exact.minor) != whole_minor


def _paid_part(whole: Term, paid: Mapping[str, Any] | None) -> Term:
    """What of it is earned, where the plan waits for payments."""
    if not paid or paid["part"] == paid["of"]:
        return whole
    return whole.part(int(paid["part"]), int(paid["of"])).rounded()


def _limited(steps: Term, facts: EntryFacts) -> Term:
    """Floor and cap of one sale hold before rounding; on a credit note they are mirrored."""
    for cut in facts.cuts:
        if cut["limit"] in SALE_LIMITS:
            limit_minor = int(cut["limit_minor"])
            is_negative = _is_credit_note(facts.inputs)
            limit = Money(-limit_minor if is_negative else limit_minor, facts.amount.currency)
            keeps_less = (cut["limit"] == "sale_cap") != is_negative
            steps = steps.at_most(limit) if keeps_less else steps.at_least(limit)
    return steps


def _is_credit_note(inputs: Mapping[str, Any]) -> bool:
    return int(inputs["base_minor"]) < 0 or Decimal(str(inputs["quantity"])) < 0


def _slice(
    facts: EntryFacts, volume: Mapping[str, Any], piece: Mapping[str, Any], slices: list[Mapping[str, Any]]
) -> str:
    """A row's part of a marginal amount: of its own volume, or of its share of what is paid where units are measured
    and revenue is paid."""
    in_units = volume["measure"] == "units"
    size = plain(piece["volume"]) if in_units else whole_units(piece["volume"], facts.amount.currency)
    pay = _pay(piece) or "0"
    if facts.inputs.get("basis") == volume["measure"]:
        return f"{size}*{pay}"
    own = sum((Decimal(str(one["volume"])) for one in slices), Decimal(0))
    whole = plain(own) if in_units else whole_units(own, facts.amount.currency)
    return f"{_basis(facts)}*{size}/{whole}*{pay}"


def _basis(facts: EntryFacts) -> str:
    """Units, or an amount in plan currency; the whole base of a sale in another currency is written with its rate."""
    inputs = facts.inputs
    if inputs.get("basis") == "units":
        return plain(inputs["basis_value"])
    exchange = inputs.get("exchange")
    is_whole = inputs.get("basis") == "revenue" and not Decimal(str(inputs.get("refunded_share", "0")))
    if exchange and is_whole:
        return f"{whole_units(inputs['base_minor'], inputs['base_currency'])}*{plain(exchange['rate'])}"
    return whole_units(inputs.get("basis_value", inputs["base_minor"]), facts.amount.currency)


def _pay(told: Mapping[str, Any]) -> str:
    if told.get("rate") is not None:
        return plain(told["rate"])
    return plain(told["unit_amount"]) if told.get("unit_amount") is not None else ""


def _original(refund: Mapping[str, Any], facts: EntryFacts) -> Term:
    return Term.of(Money(int(refund["original_minor"]), facts.amount.currency))


def _before(refund: Mapping[str, Any], facts: EntryFacts) -> Term:
    return Term.of(Money(int(refund["reversed_before_minor"]), facts.amount.currency))


def _returned(refund: Mapping[str, Any], facts: EntryFacts) -> Term:
    """All returns so far, this one too. Their share is stored with six places: where those do not hold it, the amount
    stands by itself."""
    currency, original = facts.amount.currency, int(refund["original_minor"])
    in_all = int(refund["reversed_before_minor"]) - facts.target.amount_minor
    told = _original(refund, facts).of_share(refund["cumulative_share"]).rounded()
    share = share_before_rounding(original, refund["cumulative_share"], currency)
    if share.about and round_half_away(share.minor) != in_all:
        return told.standing_for(Money(in_all, currency))
    return told
