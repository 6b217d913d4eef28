"""The explanation and the reasons in the reader's language.

Promise: every code that the engine can store has its words here (a test asks for each); called by earnings' pages,
statements and the API.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.earnings.entry_facts import Explanation, Factor, Percent, Step, TierRow, Told
from incentives.earnings.reason_texts import CUT_TEXT, REASON_TEXTS
from incentives.earnings.replay import Verdict
from incentives.earnings.step_texts import STEP_TEXTS
from incentives.earnings.unmatched import ALL_MET, OUTRANKED, Unmatched
from incentives.earnings.unrounded import Exact
from incentives.plans.document import ComponentType
from incentives.plans.predicates import UNTOLD_FACTS
from incentives.plans.sentences import OP_WORDS, Names, describe, fact_name, values_text
from prm.kit.money import Money
from prm.web import format as formats

CAUSE_WORDS = {
    "sale": gettext_lazy("Sale"),
    "late_sale": gettext_lazy("Late sale"),
    "refund": gettext_lazy("Refund"),
    "bonus": gettext_lazy("Bonus"),
    "top_up": gettext_lazy("Top-up"),
    "withdrawn": gettext_lazy("No longer earns"),
    "payment": gettext_lazy("Payment of the sale"),
    "plan_changed": gettext_lazy("Plan version changed"),
    "amended": gettext_lazy("Sale amended"),
    "volume_changed": gettext_lazy("Volume changed"),
    "rate_changed": gettext_lazy("Exchange rate changed"),
    "commission_changed": gettext_lazy("Earnings below changed"),
    "recalculated": gettext_lazy("Recalculated"),
    "funds": gettext_lazy("Marketing funds"),
    "adjustment": gettext_lazy("Adjusted by hand"),
}


FAILURE_TEXTS = {
    "cancelled": gettext_lazy("Somebody stopped it before all parts were calculated."),
    "shard_failed": gettext_lazy(
        "A part could not be calculated after several attempts. Those who run the installation find why in its log."
    ),
    "period_closed_meanwhile": gettext_lazy("The month was closed while it was being calculated."),
    "references_broken": gettext_lazy(
        "Entries name a sale, a partner or a plan version that does not exist."
    ),
}
# Of a sale whose partner was outside a segment it is not told in which segments the vendor has the partner.
UNTOLD_CONDITION = gettext_lazy("The plan asks that on the day of the sale %(condition)s.")


@dataclass(frozen=True)
class ReasonText:
    """Why nothing was earned, and what would change that."""

    label: str
    fix: str


REPLAY_TEXTS = {
    Verdict.EQUAL: gettext_lazy("the same amount"),
    Verdict.WITHIN_ROUNDING: gettext_lazy("the same amount, within the rounding of what is stored"),
    Verdict.DIFFERING: gettext_lazy("another amount: report it to those who run the installation"),
}
# Of rules beside the one that paid; a sale that earned nothing has none of them.
UNMATCHED_TEXTS = {
    ALL_MET: (
        gettext_lazy("Nothing came of it"),
        gettext_lazy(
            "All that it asks of the sale is met today. Its amount came to zero, a limit left nothing of it, or the "
            "month has to be calculated again."
        ),
    ),
    OUTRANKED: (
        gettext_lazy("Another plan rules"),
        gettext_lazy(
            "On that day %(plans)s is assigned to the partner more closely and fills the slot. End that assignment, "
            "or assign this plan more closely."
        ),
    ),
}


@dataclass(frozen=True)
class SpokenRule:
    """A rule that paid nothing: whose it is, what it says, and what it lacked. `rule` and `sentence` are "" where it is
    a whole plan."""

    plan: str
    rule: str
    sentence: str
    reason: str
    label: str
    text: str


@dataclass(frozen=True)
class SpokenStep:
    text: str
    result: str


@dataclass(frozen=True)
class SpokenRow:
    """`volume`, `base` and `amount` are of the row's part of a marginal amount; "" where it has none."""

    starts_at: str
    ends_at: str
    pays: str
    matched: bool
    volume: str = ""
    base: str = ""
    amount: str = ""


@dataclass(frozen=True)
class SpokenExplanation:
    """An explanation ready for a page or a document; `parts_total` is "" where the amount has no parts."""

    sentence: str
    steps: list[SpokenStep]
    table: list[SpokenRow]
    parts_total: str = ""

    @property
    def has_bases(self) -> bool:
        """Whether the parts say what their rate is of: units were counted and money is paid."""
        return any(row.base for row in self.table)


def speak(explanation: Explanation) -> SpokenExplanation:
    return SpokenExplanation(
        sentence=_say(explanation.sentence),
        steps=[
            SpokenStep(_say(step), "" if step.result is None else _value(step.result))
            for step in explanation.steps
        ],
        table=[_spoken_row(row) for row in explanation.table],
        parts_total="" if explanation.parts_total is None else _value(explanation.parts_total),
    )


def _spoken_row(row: TierRow) -> SpokenRow:
    part = row.part
    return SpokenRow(
        starts_at=_value(row.starts_at),
        ends_at="" if row.ends_at is None else _value(row.ends_at),
        pays=_value(row.pays),
        matched=row.matched,
        volume="" if part is None else _value(part.volume),
        base="" if part is None or part.base is None else _value(part.base),
        amount="" if part is None else _value(part.amount),
    )


def _say(step: Step) -> str:
    return str(STEP_TEXTS[step.code]) % {name: _spoken(name, value) for name, value in step.params.items()}


def _spoken(name: str, value: Told) -> str:
    return str(CAUSE_WORDS.get(str(value), value)) if name == "cause" else _value(value)


def _value(value: Told) -> str:
    match value:
        case Money() | Exact():
            return _amount(value)
        case Percent():
            return formats.percent(value.rate)
        case Factor():
            return formats.rate(value.rate)
        case Decimal():
            return formats.quantity(value)
        case date():
            return formats.day(value)
        case _:
            return str(value)


def _amount(value: Money | Exact) -> str:
    if isinstance(value, Money):
        return formats.money(value.amount_minor, value.currency)
    return formats.exact_money(value.minor, value.currency, about=value.about)


def window_title(inputs: Mapping[str, object]) -> str:
    """What stands for an amount of a whole window where a sale has its number: "Bonus, March 2026"."""
    first = date.fromisoformat(str(inputs["window_starts_on"]))
    last = date.fromisoformat(str(inputs["window_ends_on"])) - timedelta(days=1)
    what = CAUSE_WORDS["bonus" if inputs.get("component_type") == ComponentType.BONUS else "top_up"]
    months = formats.month(first)
    if (first.year, first.month) != (last.year, last.month):
        months = f"{months} – {formats.month(last)}"
    return f"{what}, {months}"


def speak_rules(unmatched: Iterable[Unmatched], names: Names) -> list[SpokenRule]:
    return [_spoken_rule(rule, names) for rule in unmatched]


def _spoken_rule(rule: Unmatched, names: Names) -> SpokenRule:
    why = reason_text(rule.reason, rule.facts, names)
    told = {"plan": rule.plan_name, "reason": rule.reason, "label": why.label, "text": why.fix}
    if rule.component is None or rule.document is None:
        return SpokenRule(rule="", sentence="", **told)
    says = describe(rule.component, rule.document, names)
    return SpokenRule(rule=says.title, sentence=says.sentence, **told)


def reason_label(code: str) -> str:
    return str(REASON_TEXTS[code][0])


def reason_text(code: str, facts: Mapping[str, object], names: Names) -> ReasonText:
    label, fix = {**REASON_TEXTS, **UNMATCHED_TEXTS}[code]
    params = {name: str(value) for name, value in facts.items()}
    params.setdefault("base", "?")
    params.setdefault("quote", "?")
    params.setdefault("plans", "")
    fact = params.get("fact", "")
    params["condition"] = failed_condition(facts, names)
    params["actual"] = actual_text(facts, names)
    if fact in UNTOLD_FACTS:
        fix = UNTOLD_CONDITION
    if "cut_minor" in facts:
        fix, params = CUT_TEXT, _cut(facts)
    return ReasonText(str(label), str(fix) % params)


def _cut(facts: Mapping[str, object]) -> dict[str, str]:
    """The limit in the words of explanations, and what it took."""
    limit, cut = (
        Money(int(str(facts[name])), str(facts["currency"])) for name in ("limit_minor", "cut_minor")
    )
    return {"limit": _say(Step(str(facts["limit"]), {"limit": limit})), "cut": _value(cut)}


def failed_condition(facts: Mapping[str, object], names: Names) -> str:
    """A condition that failed, in the words of its plan."""
    fact, op = str(facts.get("fact", "")), str(facts.get("op", ""))
    return f"{fact_name(fact)} {OP_WORDS.get(op, '')} {_named(fact, facts.get('value'), names)}"


def actual_text(facts: Mapping[str, object], names: Names) -> str:
    """What there was instead."""
    return _named(str(facts.get("fact", "")), facts.get("actual"), names) or str(_("nothing"))


def replay_text(verdict: Verdict) -> str:
    return str(REPLAY_TEXTS[verdict])


def failure_text(code: str) -> str:
    """Why a calculation failed; a code that is not known any more says the least."""
    return str(FAILURE_TEXTS.get(code, FAILURE_TEXTS["shard_failed"]))


def _named(fact: str, value: object, names: Names) -> str:
    """One value, or several divided by commas, as people call them."""
    return values_text(fact, str(value).split(", "), names) if value else ""
