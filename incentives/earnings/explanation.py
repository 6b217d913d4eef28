"""From the stored inputs of an entry to its ordered explanation: codes and typed values, no words yet.

Promise: pure and versioned by the shape of the inputs; the same entry always explains itself the same way.
Called by: earnings.wording, which says it in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.plans.document import Component, PlanDocument, TiersComponent
from prm.kit.money import Money, exponent_of

Value = Money | Decimal | date | str | int


@dataclass(frozen=True)
class Percent:
    """A rate as a reader sees it: 0.05 is 5 %."""

    rate: Decimal


@dataclass(frozen=True)
class Step:
    """One line of the explanation: what was taken, by which rule, what came out."""

    code: str
    params: Mapping[str, Value | Percent] = field(default_factory=dict)
    result: Value | Percent | None = None


@dataclass(frozen=True)
class TierRow:
    """A row of the whole rate table; `matched` rows are those the amount came from."""

    starts_at: Value
    ends_at: Value | None
    pays: Value | Percent
    matched: bool


@dataclass(frozen=True)
class Explanation:
    """`sentence` says it at once, `steps` in order, `table` is empty where the rule has none."""

    sentence: Step
    steps: list[Step]
    table: list[TierRow]


@dataclass(frozen=True)
class EntryFacts:
    """What an explanation is made of: the entry's own columns and its stored inputs."""

    amount: Money
    payout: Money
    inputs: Mapping[str, Any]
    cause: str
    plan_name: str
    version_number: int
    free_on: date
    posted_before_minor: int = 0


def explain(facts: EntryFacts, document: PlanDocument, component: Component) -> Explanation:
    steps = [
        _base_step(facts),
        *_exchange_steps("exchange", facts.inputs.get("exchange")),
        *_refunded_steps(facts),
        *_volume_steps(facts, document),
        _pay_step(facts, document),
        *_cut_steps(facts, document),
        *_refund_steps(facts, document),
        *_difference_steps(facts, document),
        *_exchange_steps("payout_exchange", facts.inputs.get("payout_exchange")),
        Step("rounded", {}, facts.payout),
        Step("free_on", {"day": facts.free_on}),
    ]
    table = _table(facts, document, component) if isinstance(component, TiersComponent) else []
    return Explanation(_sentence(facts, document), steps, table)


def _sentence(facts: EntryFacts, document: PlanDocument) -> Step:
    params: dict[str, Value | Percent] = {
        "amount": facts.payout,
        "plan": facts.plan_name,
        "version": facts.version_number,
        "base": _basis(facts, document),
        "day": facts.free_on,
    }
    refund = facts.inputs.get("refund")
    if refund:
        return Step("sentence_refund", params)
    if len(_slices(facts)) > 1:
        return Step("sentence_slices", params)
    pay = _pay(facts)
    if pay is None:
        return Step("sentence_plain", params)
    code = "sentence_rate" if isinstance(pay, Percent) else "sentence_unit"
    return Step(code, {**params, "pay": _unit_money(facts, document) or pay})


def _base_step(facts: EntryFacts) -> Step:
    base = Money(int(facts.inputs["base_minor"]), str(facts.inputs["base_currency"]))
    share = Decimal(str(facts.inputs.get("share", "1")))
    if share == 1:
        return Step("base_whole", {}, base)
    return Step("base_share", {"share": Percent(share)}, base)


def _exchange_steps(code: str, used: Mapping[str, Any] | None) -> list[Step]:
    if not used:
        return []
    params: dict[str, Value | Percent] = {
        "base": str(used["base"]),
        "quote": str(used["quote"]),
        "day": date.fromisoformat(str(used["published_on"])),
    }
    return [Step(code, params, Decimal(str(used["rate"])))]


def _refunded_steps(facts: EntryFacts) -> list[Step]:
    share = Decimal(str(facts.inputs.get("refunded_share", "0")))
    return [Step("refunded", {"share": Percent(share)})] if share else []


def _volume_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    volume = facts.inputs.get("volume")
    if not volume:
        return []
    params: dict[str, Value | Percent] = {
        "from": date.fromisoformat(str(volume["window_starts_on"])),
        "to": date.fromisoformat(str(volume["window_ends_on"])),
        "before": _measured(volume, volume["before"], document),
        "after": _measured(volume, volume["after"], document),
    }
    # Slices reach over several rows; in the other modes one volume decides which row counts.
    deciding = None if volume["mode"] == "marginal" else _measured(volume, volume["deciding"], document)
    return [
        Step("volume", params, _measured(volume, volume["after"], document)),
        Step(f"mode_{volume['mode']}", {}, deciding),
    ]


def _pay_step(facts: EntryFacts, document: PlanDocument) -> Step:
    basis = _basis(facts, document)
    slices = _slices(facts)
    if len(slices) > 1:
        return Step("pays_slices", {"count": len(slices), "basis": basis})
    pay = _pay(facts)
    if isinstance(pay, Percent):
        return Step("pays_rate", {"rate": pay, "basis": basis})
    unit = _unit_money(facts, document)
    return Step("pays_unit", {"amount": unit, "quantity": basis}) if unit else Step("pays_nothing")


def _cut_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    cut = facts.inputs.get("cut")
    if not cut:
        return []
    limit = Money(int(cut["limit_minor"]), document.currency)
    taken = Money(abs(int(cut["amount_minor"])), document.currency)
    return [Step(str(cut["limit"]), {"limit": limit}, taken)]


def _refund_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    refund = facts.inputs.get("refund")
    if not refund:
        return []
    params: dict[str, Value | Percent] = {
        "share": Percent(Decimal(str(refund["cumulative_share"]))),
        "original": Money(int(refund["original_minor"]), document.currency),
        "before": Money(abs(int(refund["reversed_before_minor"])), document.currency),
    }
    return [Step("refund", params, facts.amount)]


def _difference_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    posted = facts.posted_before_minor
    if not posted:
        return []
    params: dict[str, Value | Percent] = {
        "target": Money(facts.amount.amount_minor + posted, document.currency),
        "posted": Money(posted, document.currency),
    }
    return [Step("difference", {**params, "cause": facts.cause}, facts.amount)]


def _table(facts: EntryFacts, document: PlanDocument, component: TiersComponent) -> list[TierRow]:
    matched = {int(piece["row"]) for piece in _slices(facts)}
    volume = facts.inputs.get("volume") or {}
    if not matched and "row" in volume:
        matched = {int(volume["row"])}
    measure = {"measure": component.measure.value}
    rows = []
    for place, tier in enumerate(component.tiers):
        later = component.tiers[place + 1].starts_at if place + 1 < len(component.tiers) else None
        pays = Percent(tier.rate) if tier.rate is not None else _per_unit(tier.amount or Decimal(0), document)
        rows.append(
            TierRow(
                starts_at=_bound(measure, tier.starts_at, document),
                ends_at=None if later is None else _bound(measure, later, document),
                pays=pays,
                matched=place in matched,
            )
        )
    return rows


def _slices(facts: EntryFacts) -> list[Mapping[str, Any]]:
    volume = facts.inputs.get("volume") or {}
    return list(volume.get("slices") or [])


def _pay(facts: EntryFacts) -> Percent | Decimal | None:
    pieces = _slices(facts)
    found: Mapping[str, Any] = pieces[0] if len(pieces) == 1 else facts.inputs
    if found.get("rate") is not None:
        return Percent(Decimal(str(found["rate"])))
    if found.get("unit_amount") is not None:
        return Decimal(str(found["unit_amount"]))
    return None


def _unit_money(facts: EntryFacts, document: PlanDocument) -> str | None:
    pay = _pay(facts)
    return _per_unit(pay, document) if isinstance(pay, Decimal) else None


def _per_unit(amount: Decimal, document: PlanDocument) -> str:
    return f"{amount.normalize():f} {document.currency}"


def _basis(facts: EntryFacts, document: PlanDocument) -> Value:
    """What the rate multiplied: units, or an amount in plan currency (rounded for reading only)."""
    value = Decimal(str(facts.inputs.get("basis_value", facts.inputs["base_minor"])))
    if facts.inputs.get("basis") == "units":
        return value
    return Money(int(value.to_integral_value("ROUND_HALF_UP")), document.currency)


def _measured(volume: Mapping[str, Any], value: Any, document: PlanDocument) -> Value:
    """Stored volumes are minor units of the plan currency, or units."""
    exact = Decimal(str(value))
    if volume["measure"] == "units":
        return exact
    return Money(int(exact.to_integral_value("ROUND_HALF_UP")), document.currency)


def _bound(measure: Mapping[str, Any], value: Decimal, document: PlanDocument) -> Value:
    """Tier bounds are written in whole units of the currency."""
    if measure["measure"] == "units":
        return value
    minor = value.scaleb(exponent_of(document.currency))
    return Money(int(minor.to_integral_value("ROUND_HALF_UP")), document.currency)
