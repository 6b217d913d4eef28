"""Whether an entry's stored inputs, and the version that paid it, come to what was posted when it is calculated again.

Promise: pure; every entry has an answer. What is stored with six places may have lacked something: then what was posted
has to be among all that it may have come to. Called by: earnings.{entries,replaying}, for whoever doubts an amount."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from incentives.earnings.entry_facts import WITHDRAWN, EntryFacts
from incentives.earnings.formulas import worked_out
from incentives.earnings.terms import Span
from incentives.earnings.unrounded import Exact, Number, amount_before_rounding, number_of
from incentives.plans.document import BonusComponent, Component, PlanDocument, TargetComponent
from prm.kit.money import Money


class Verdict(StrEnum):
    """EQUAL: the inputs as they stand come to what was posted; WITHIN_ROUNDING: with places that are not stored."""

    EQUAL = "equal"
    WITHIN_ROUNDING = "within_rounding"
    DIFFERING = "differing"


@dataclass(frozen=True)
class Replay:
    """What the target comes to, beside what was posted for it up to the entry: each as its run hashes it. Within
    rounding it comes to what was posted, as far as anybody can say."""

    verdict: Verdict
    line: str
    posted_line: str

    @property
    def holds(self) -> bool:
        return self.verdict is not Verdict.DIFFERING

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.line.encode()).hexdigest()

    @property
    def posted_hash(self) -> str:
        return hashlib.sha256(self.posted_line.encode()).hexdigest()


def replay(facts: EntryFacts, document: PlanDocument, component: Component, key: str) -> Replay:
    """`key`: the canonical text of the target's key."""
    amount, payout = facts.target, facts.payout_target
    worked = worked_out(facts, _exact(facts, document, component))
    target, paid_out = worked.target.span, worked.payout_target.span
    verdict = _verdict((target, amount), (paid_out, payout))
    posted = found = _line(key, amount, payout)
    if verdict is Verdict.DIFFERING:
        found = _line(key, _at(target, amount), _at(paid_out, payout))
    return Replay(verdict, found, posted)


def _verdict(*pairs: tuple[Span, Money]) -> Verdict:
    if all(span.point == money.amount_minor for span, money in pairs):
        return Verdict.EQUAL
    within = all(span.least <= money.amount_minor <= span.most for span, money in pairs)
    return Verdict.WITHIN_ROUNDING if within else Verdict.DIFFERING


def _at(span: Span, posted: Money) -> Money:
    return Money(int(span.point), posted.currency)


def _line(key: str, amount: Money, payout: Money) -> str:
    return f"{key}|{amount.amount_minor}|{amount.currency}|{payout.amount_minor}|{payout.currency}"


def _exact(facts: EntryFacts, document: PlanDocument, component: Component) -> Exact | None:
    """What the rule comes to before limits and rounding; of what is taken back nothing is asked."""
    inputs, currency = facts.inputs, document.currency
    if facts.cause == WITHDRAWN or inputs.get("refund"):
        return None
    if "floor_minor" in inputs:
        return Exact(Fraction(int(inputs["floor_minor"]) - int(inputs["earned_minor"])), currency)
    if isinstance(component, TargetComponent):
        inputs = _with_whole_rates(inputs, component)
    if isinstance(component, BonusComponent):
        return _bonus(inputs, component, currency)
    exact = amount_before_rounding(inputs, currency)
    return exact if exact is not None else Exact(Fraction(0), currency)


def _bonus(inputs: Mapping[str, Any], component: BonusComponent, currency: str) -> Exact:
    step = component.steps[int(inputs["step"])]
    if step.rate is None:
        return Exact(Fraction(step.amount_minor or 0), currency)
    earned = number_of(inputs["total"]) * Number(Fraction(step.rate))
    return earned.as_amount(currency, about=False)


def _with_whole_rates(inputs: Mapping[str, Any], component: TargetComponent) -> dict[str, Any]:
    """A multiplier may give a step's rate more places than are stored; the version has all of them."""
    volume = dict(inputs["volume"])
    slices = [{**told, "rate": component.rows[int(told["row"])].rate} for told in volume.get("slices") or []]
    if slices:
        volume["slices"] = slices
    row = int(slices[0]["row"] if slices else volume["row"])
    return {**inputs, "volume": volume, "rate": inputs.get("rate") and component.rows[row].rate}
