"""From the stored inputs of an entry to its ordered explanation: codes and typed values, no words yet.

Promise: pure and versioned by the shape of the inputs; the same entry always explains itself the same way.
Called by: earnings.wording, which says it in the reader's language.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from incentives.earnings.entry_facts import (
    SALE_LIMITS,
    WITHDRAWN,
    EntryFacts,
    Explanation,
    Percent,
    Step,
    TierRow,
    Told,
    Value,
)
from incentives.earnings.explanation_steps import (
    cap_steps,
    cut_step,
    difference_steps,
    exchange_steps,
    measured_value,
    payout_steps,
    rounded_step,
    withdrawn_steps,
)
from incentives.earnings.unrounded import (
    STORED_PLACES,
    Exact,
    Part,
    amount_before_rounding,
    basis_of,
    parts_of,
    share_before_rounding,
    total_of,
)
from incentives.earnings.window_explanation import explain_window
from incentives.plans.document import (
    Component,
    EarningEvent,
    PlanDocument,
    TargetComponent,
    Tier,
    VolumeComponent,
)
from incentives.plans.targets import NOT_MEASURED, OVER_REFUNDED, WINDOW_CLOSED
from prm.kit.money import Money, exponent_of

NOTE_STEPS = {
    OVER_REFUNDED: "note_over_refunded",
    WINDOW_CLOSED: "note_window_closed",
    NOT_MEASURED: "note_not_measured",
}


def explain(facts: EntryFacts, document: PlanDocument, component: Component) -> Explanation:
    if facts.of_window:
        return explain_window(facts, document, component)
    if facts.cause == WITHDRAWN:
        return Explanation(_sentence(facts, document), withdrawn_steps(facts), [])
    steps = [
        _base_step(facts),
        *_override_steps(facts, document),
        *exchange_steps("exchange", facts.inputs.get("exchange")),
        *_refunded_steps(facts),
        *_volume_steps(facts, document, component),
        *_tier_moved_steps(facts, document, component),
        _pay_step(facts, document),
        *_sale_limit_steps(facts, document),
        _rounding_step(facts, document),
        *_paid_steps(facts, document),
        *cap_steps(facts, document),
        *_refund_steps(facts, document),
        *_note_steps(facts),
        *difference_steps(facts),
        *payout_steps(facts),
        *_event_steps(document),
        Step("free_on", {"day": facts.free_on}),
    ]
    parts = parts_of(facts.inputs, document.currency)
    table = _table(facts, document, component, parts) if isinstance(component, VolumeComponent) else []
    total = total_of(part.amount for part in parts) if parts else None
    return Explanation(_sentence(facts, document), steps, table, total)


def _sentence(facts: EntryFacts, document: PlanDocument) -> Step:
    params: dict[str, Told] = {
        "amount": facts.payout,
        "plan": facts.plan_name,
        "version": facts.version_number,
        "base": _basis(facts, document),
        "day": facts.free_on,
    }
    if facts.cause == WITHDRAWN:
        return Step("sentence_withdrawn", params)
    if facts.inputs.get("refund"):
        return Step("sentence_refund", params)
    if (paid := facts.inputs.get("paid")) and paid["part"] != paid["of"]:
        return Step("sentence_paid_part", {**params, "share": _paid_share(paid)})
    if len(_slices(facts)) > 1:
        return Step("sentence_slices", params)
    pay = _pay(facts)
    if pay is None:
        return Step("sentence_plain", params)
    code = "sentence_rate" if isinstance(pay, Percent) else "sentence_unit"
    if facts.depth:
        code = "sentence_override_commission" if facts.of_commission else "sentence_override"
    elif facts.for_registration:
        code = "sentence_registered"
    return Step(code, {**params, "pay": _unit_money(facts, document) or pay})


def _base_step(facts: EntryFacts) -> Step:
    base = Money(int(facts.inputs["base_minor"]), str(facts.inputs["base_currency"]))
    share = Decimal(str(facts.inputs.get("share", "1")))
    if facts.depth:
        return Step("base_below", {}, base)
    if facts.for_registration:
        return Step("base_registered", {}, base)
    if share == 1:
        return Step("base_whole", {}, base)
    return Step("base_share", {"share": Percent(share)}, base)


def _override_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    """How far above the reader stands, and what it is a share of."""
    if not facts.depth:
        return []
    place = Step("override_right_above") if facts.depth == 1 else Step("override_above", {"up": facts.depth})
    return [place, Step("commission", {}, _basis(facts, document))] if facts.of_commission else [place]


def _refunded_steps(facts: EntryFacts) -> list[Step]:
    share = Decimal(str(facts.inputs.get("refunded_share", "0")))
    return [Step("refunded", {"share": Percent(share)})] if share else []


def _volume_steps(facts: EntryFacts, document: PlanDocument, component: Component) -> list[Step]:
    volume = facts.inputs.get("volume")
    if not volume:
        return []
    params: dict[str, Told] = {
        "from": date.fromisoformat(str(volume["window_starts_on"])),
        "to": date.fromisoformat(str(volume["window_ends_on"])),
        "before": measured_value(volume, volume["before"], document),
        "after": measured_value(volume, volume["after"], document),
    }
    # Slices reach over several rows; in the other modes one volume decides which row counts.
    deciding = None if volume["mode"] == "marginal" else measured_value(volume, volume["deciding"], document)
    return [
        Step("volume", params, measured_value(volume, volume["after"], document)),
        *_group_steps(component),
        *_goal_steps(volume, document),
        Step(f"mode_{volume['mode']}", {}, deciding),
    ]


def _group_steps(component: Component) -> list[Step]:
    of_group = isinstance(component, VolumeComponent) and component.of_group
    return [Step("volume_of_group")] if of_group else []


def _goal_steps(volume: Mapping[str, Any], document: PlanDocument) -> list[Step]:
    """What the volume is measured against, and how much of it is reached with this sale."""
    if "goal" not in volume:
        return []
    reached = Percent(Decimal(str(volume["after"])) / Decimal(str(volume["goal"])))
    return [Step("goal", {"reached": reached}, measured_value(volume, volume["goal"], document))]


def _tier_moved_steps(facts: EntryFacts, document: PlanDocument, component: Component) -> list[Step]:
    """The cliff of retroactive tiers: the window came into another row, and with it every sale of the window."""
    now: Mapping[str, Any] = facts.inputs.get("volume") or {}
    was: Mapping[str, Any] = facts.inputs_before.get("volume") or {}
    if not isinstance(component, VolumeComponent) or not _is_in_another_tier(now, was):
        return []
    bounds, rows = _bounds(component, now, document), component.rows
    new, old = int(now["row"]), int(was["row"])
    told: dict[str, Told] = {
        "volume": measured_value(now, now["deciding"], document),
        "volume_before": measured_value(was, was["deciding"], document),
        "start": bounds[new],
        "start_before": bounds[old],
        "pays": _row_pays(rows[new], document),
        "pays_before": _row_pays(rows[old], document),
    }
    return [Step("tier_rose" if new > old else "tier_fell", told, told["pays"])]


def _is_in_another_tier(now: Mapping[str, Any], was: Mapping[str, Any]) -> bool:
    """By its volume: a goal that was set anew has moved the tiers themselves."""
    if not now or not was or now["mode"] != "retroactive":
        return False
    return bool(now["row"] != was["row"] and now.get("goal") == was.get("goal"))


def _pay_step(facts: EntryFacts, document: PlanDocument) -> Step:
    """What the rule comes to, before limits and rounding."""
    basis = _exact_basis(facts, document)
    slices = _slices(facts)
    exact = amount_before_rounding(facts.inputs, document.currency)
    if len(slices) > 1:
        return Step("pays_slices", {"count": len(slices), "basis": basis}, exact)
    pay = _pay(facts)
    if isinstance(pay, Percent):
        return Step("pays_rate", {"rate": pay, "basis": basis}, exact)
    unit = _unit_money(facts, document)
    return Step("pays_unit", {"amount": unit, "quantity": basis}, exact) if unit else Step("pays_nothing")


def _sale_limit_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    return [cut_step(cut, document) for cut in facts.cuts if cut["limit"] in SALE_LIMITS]


def _rounding_step(facts: EntryFacts, document: PlanDocument) -> Step:
    """The one rounding in plan currency, of the sale's own amount: a limit has left nothing to round."""
    paid = facts.inputs.get("paid")
    whole = Money(int(paid["whole_minor"]), document.currency) if paid else _before_caps(facts, document)
    is_limited = len(facts.cuts) > len(facts.caps)
    exact = None if is_limited else amount_before_rounding(facts.inputs, document.currency)
    return rounded_step("rounded", exact, whole)


def _before_caps(facts: EntryFacts, document: PlanDocument) -> Money:
    taken = sum(int(cut["amount_minor"]) for cut in facts.caps)
    return facts.paid_for_sale + Money(taken, document.currency)


def _paid_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    """What of the whole amount is earned so far, where the plan waits for payments."""
    paid = facts.inputs.get("paid")
    if not paid:
        return []
    earned, whole = _before_caps(facts, document), int(paid["whole_minor"])
    if paid["part"] == paid["of"]:
        return [Step("paid_whole", {}, earned)]
    exact = Exact(whole * Fraction(paid["part"], paid["of"]), document.currency)
    told: dict[str, Told] = {"share": _paid_share(paid), "whole": Money(whole, document.currency)}
    return [Step("paid_part", told, exact), rounded_step("rounded", exact, earned)]


def _paid_share(paid: Mapping[str, Any]) -> Percent:
    return Percent(round(Decimal(paid["part"]) / Decimal(paid["of"]), STORED_PLACES))


def _refund_steps(facts: EntryFacts, document: PlanDocument) -> list[Step]:
    """reversal n = round(original x share refunded so far) - already reversed."""
    refund = facts.inputs.get("refund")
    if not refund:
        return []
    original = Money(int(refund["original_minor"]), document.currency)
    before = Money(int(refund["reversed_before_minor"]), document.currency)
    in_all = before - facts.target
    share = refund["cumulative_share"]
    exact = share_before_rounding(original.amount_minor, share, document.currency)
    told: dict[str, Told] = {"share": Percent(Decimal(str(share))), "original": original}
    steps = [Step("refund", told, exact), rounded_step("rounded", exact, in_all)]
    if before.amount_minor:
        return [*steps, Step("refund_rest", {"before": before}, facts.target)]
    return [*steps, Step("refund_taken", {}, facts.target)]


def _note_steps(facts: EntryFacts) -> list[Step]:
    """What the calculation noted of the amount, in the order in which it did."""
    return [Step(NOTE_STEPS[note]) for note in facts.inputs.get("notes") or []]


def _event_steps(document: PlanDocument) -> list[Step]:
    event = document.earning_event
    return [] if event is EarningEvent.ORDER else [Step(f"earned_on_{event.value}")]


def _table(
    facts: EntryFacts, document: PlanDocument, component: VolumeComponent, parts: list[Part]
) -> list[TierRow]:
    of_row = {part.row: part for part in parts}
    matched = {int(piece["row"]) for piece in _slices(facts)}
    volume = facts.inputs.get("volume") or {}
    if not matched and "row" in volume:
        matched = {int(volume["row"])}
    bounds = _bounds(component, volume, document)
    rows = []
    for place, tier in enumerate(component.rows):
        rows.append(
            TierRow(
                starts_at=bounds[place],
                ends_at=bounds[place + 1] if place + 1 < len(bounds) else None,
                pays=_row_pays(tier, document),
                matched=place in matched,
                part=of_row.get(place),
            )
        )
    return rows


def _row_pays(row: Tier, document: PlanDocument) -> Percent | str:
    return Percent(row.rate) if row.rate is not None else _per_unit(row.amount or Decimal(0), document)


def _bounds(component: VolumeComponent, volume: Mapping[str, Any], document: PlanDocument) -> list[Value]:
    """Where each row starts: as written, or that share of the partner's goal."""
    measure = {"measure": component.measure.value}
    if not isinstance(component, TargetComponent):
        return [_bound(measure, row.starts_at, document) for row in component.rows]
    goal = Decimal(str(volume.get("goal", 0)))
    return [measured_value(measure, row.starts_at * goal, document) for row in component.rows]


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


def _exact_basis(facts: EntryFacts, document: PlanDocument) -> Value:
    """The same, with all its digits."""
    basis = _basis(facts, document)
    return basis if isinstance(basis, Decimal) else basis_of(facts.inputs, document.currency)


def _bound(measure: Mapping[str, Any], value: Decimal, document: PlanDocument) -> Value:
    """Tier bounds are written in whole units of the currency."""
    if measure["measure"] == "units":
        return value
    minor = value.scaleb(exponent_of(document.currency))
    return Money(int(minor.to_integral_value("ROUND_HALF_UP")), document.currency)
