"""The explanation and the reasons in the reader's language.

Promise: every code that the engine can store has its words here (a test asks for each); called by earnings' pages,
statements and the API.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.earnings.entry_facts import Explanation, Factor, Percent, Step, TierRow, Told
from incentives.earnings.unrounded import Exact
from incentives.plans.predicates import UNTOLD_FACTS
from incentives.plans.sentences import OP_WORDS, Names, fact_name, values_text
from prm.kit.money import Money
from prm.web import format as formats

STEP_TEXTS = {
    "sentence_rate": gettext_lazy(
        "%(amount)s: %(pay)s of %(base)s under %(plan)s, version %(version)s. Free for payout on %(day)s."
    ),
    "sentence_override": gettext_lazy(
        "%(amount)s: %(pay)s of %(base)s on a sale of a partner below, under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_override_commission": gettext_lazy(
        "%(amount)s: %(pay)s of the %(base)s that a partner below earns, under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_registered": gettext_lazy(
        "%(amount)s: %(pay)s of %(base)s for your registered deal under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_unit": gettext_lazy(
        "%(amount)s: %(pay)s for each of %(base)s units under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_slices": gettext_lazy(
        "%(amount)s: slices of %(base)s at several rates under %(plan)s, version %(version)s. "
        "Free for payout on %(day)s."
    ),
    "sentence_refund": gettext_lazy(
        "%(amount)s taken back, because the sale was returned. It had earned under %(plan)s, version %(version)s."
    ),
    "sentence_withdrawn": gettext_lazy(
        "%(amount)s taken back, because the sale no longer earns under %(plan)s. "
        "It had earned under version %(version)s."
    ),
    "sentence_plain": gettext_lazy(
        "%(amount)s under %(plan)s, version %(version)s. Free for payout on %(day)s."
    ),
    "base_whole": gettext_lazy("The sale counts for you whole: net of tax and freight."),
    "base_below": gettext_lazy("A partner below made the sale: net of tax and freight."),
    "base_registered": gettext_lazy(
        "A sale that your registered deal protects on its day: net of tax and freight."
    ),
    "base_share": gettext_lazy("The sale is split; your share of it is %(share)s."),
    "override_right_above": gettext_lazy("You stand right above that partner on the day of the sale."),
    "override_above": gettext_lazy("You stand %(up)s levels above that partner on the day of the sale."),
    "commission": gettext_lazy("What that partner earns for the sale itself, rounded."),
    "exchange": gettext_lazy("Exchange rate %(base)s to %(quote)s, published on %(day)s."),
    "payout_exchange": gettext_lazy("Payout rate %(base)s to %(quote)s, published on %(day)s."),
    "refunded": gettext_lazy("%(share)s of the sale was returned inside its window and does not count."),
    "volume": gettext_lazy(
        "Volume from %(from)s until before %(to)s: %(before)s before this sale, %(after)s with it."
    ),
    "goal": gettext_lazy("The goal of this window; %(reached)s of it is reached with this sale."),
    "mode_marginal": gettext_lazy("Each slice of the volume earns the rate of its own row."),
    "mode_retroactive": gettext_lazy(
        "The rate reached by the window's whole volume applies from the first unit."
    ),
    "mode_whole_transaction": gettext_lazy(
        "The volume after the whole order decides the row for all its lines."
    ),
    "pays_rate": gettext_lazy("%(rate)s of %(basis)s."),
    "pays_slices": gettext_lazy(
        "%(basis)s falls into %(count)s rows of the table; each part earns its own rate."
    ),
    "pays_unit": gettext_lazy("%(amount)s × %(quantity)s."),
    "pays_nothing": gettext_lazy("The matched row pays nothing."),
    "sale_cap": gettext_lazy("Cut by the limit per sale of %(limit)s."),
    "window_cap": gettext_lazy("Cut by the limit of the window, %(limit)s in all."),
    "plan_sale_cap": gettext_lazy("Cut by the plan's limit per sale, %(limit)s."),
    "plan_sale_cap_of_all": gettext_lazy("Cut by the plan's limit per sale for all together, %(limit)s."),
    "plan_window_cap": gettext_lazy("Cut by the plan's limit of the window, %(limit)s in all."),
    "plan_window_cap_of_all": gettext_lazy(
        "Cut by the plan's limit of the window for all partners, %(limit)s in all."
    ),
    "plan_life_cap": gettext_lazy("Cut by the plan's limit, %(limit)s in all."),
    "plan_life_cap_of_all": gettext_lazy("Cut by the plan's limit for all partners, %(limit)s in all."),
    "left_after_caps": gettext_lazy("What the limits leave of it."),
    "sale_floor": gettext_lazy("Raised to the least amount per sale, %(limit)s."),
    "rounded": gettext_lazy("Rounded half away from zero: %(exact)s becomes %(rounded)s."),
    "rounded_whole": gettext_lazy("Nothing is left to round."),
    "refund": gettext_lazy("%(share)s of the sale has been returned so far: that share of %(original)s."),
    "refund_rest": gettext_lazy("Taken back, less the %(before)s of earlier returns."),
    "refund_taken": gettext_lazy("Taken back."),
    "difference": gettext_lazy(
        "This line is a correction (%(cause)s): the sale should earn %(target)s, %(posted)s was posted before."
    ),
    "withdrawn": gettext_lazy("The sale no longer earns; the %(posted)s posted before are taken back."),
    "payout_rounded": gettext_lazy(
        "%(amount)s × %(rate)s = %(exact)s, rounded a second time, half away from zero, in the payout currency."
    ),
    "payout_rounded_whole": gettext_lazy("%(amount)s × %(rate)s, with nothing left to round."),
    "payout_left": gettext_lazy(
        "What stays of the sale's amount: %(amount)s × %(rate)s = %(exact)s, rounded half away from zero in the payout "
        "currency."
    ),
    "payout_left_whole": gettext_lazy("What stays of the sale's amount: %(amount)s × %(rate)s."),
    "payout_taken": gettext_lazy("Before this return %(before)s stood; the difference is taken back."),
    "payout_difference": gettext_lazy(
        "In the payout currency the sale should earn %(target)s; %(posted)s was posted before."
    ),
    "payout_withdrawn": gettext_lazy("In the payout currency the %(posted)s posted before are taken back."),
    "earned_on_invoice": gettext_lazy("The plan pays when the sale is invoiced, not when it is ordered."),
    "free_on": gettext_lazy("Free for payout from %(day)s."),
}
CAUSE_WORDS = {
    "sale": gettext_lazy("Sale"),
    "late_sale": gettext_lazy("Late sale"),
    "refund": gettext_lazy("Refund"),
    "withdrawn": gettext_lazy("No longer earns"),
    "plan_changed": gettext_lazy("Plan version changed"),
    "amended": gettext_lazy("Sale amended"),
    "volume_changed": gettext_lazy("Volume changed"),
    "rate_changed": gettext_lazy("Exchange rate changed"),
    "commission_changed": gettext_lazy("Earnings below changed"),
    "recalculated": gettext_lazy("Recalculated"),
    "funds": gettext_lazy("Marketing funds"),
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


REASON_TEXTS = {
    "no_sale": (
        gettext_lazy("Refund of an unknown sale"),
        gettext_lazy("It waits until the refunded sale is recorded."),
    ),
    "refund_currency": (
        gettext_lazy("Refund in another currency"),
        gettext_lazy("Send the refund again in the currency of its sale."),
    ),
    "direct_sale": (
        gettext_lazy("Direct sale"),
        gettext_lazy("The line names no partner. Amend it if a partner made the sale."),
    ),
    "not_earning": (
        gettext_lazy("Product earns nothing"),
        gettext_lazy("The product is marked as one that earns no commission."),
    ),
    "no_plan": (gettext_lazy("No plan"), gettext_lazy("No plan was assigned to the partner on that day.")),
    "plan_conflict": (
        gettext_lazy("Two plans at once"),
        gettext_lazy("Two plans of equal rank cover that day (%(plans)s). End one of them."),
    ),
    "no_rate": (
        gettext_lazy("No exchange rate"),
        gettext_lazy(
            "There is no rate %(base)s to %(quote)s for that day or the 7 days before. Publish one."
        ),
    ),
    "no_cost": (
        gettext_lazy("No cost"),
        gettext_lazy("The plan pays on margin and the line has no cost. Send the line with its cost."),
    ),
    "outside_dates": (
        gettext_lazy("Outside the plan's dates"),
        gettext_lazy("No published version or component of the plan covers that day."),
    ),
    "where_failed": (
        gettext_lazy("Conditions not met"),
        gettext_lazy("The plan asks that %(condition)s; this sale has: %(actual)s."),
    ),
    "not_invoiced": (
        gettext_lazy("Not invoiced yet"),
        gettext_lazy("The plan pays when the sale is invoiced. Send the line with the day of its invoice."),
    ),
    "refunded": (
        gettext_lazy("Returned"),
        gettext_lazy("The sale was returned whole before its window closed."),
    ),
    "counted_with_sale": (
        gettext_lazy("Counted with its sale"),
        gettext_lazy("The refund lowered what its sale earned; there is no line of its own."),
    ),
    "sale_earned_nothing": (
        gettext_lazy("Refund of a sale that earned nothing"),
        gettext_lazy("Nothing is taken back."),
    ),
    "no_goal": (
        gettext_lazy("No goal"),
        gettext_lazy(
            "The plan pays by how much of a goal is reached, and the partner has none in that window. Set one."
        ),
    ),
    "no_subscription": (
        gettext_lazy("No subscription"),
        gettext_lazy(
            "The plan pays lines of subscriptions, and this one names none. Send it with its subscription."
        ),
    ),
    "outside_months": (
        gettext_lazy("Subscription no longer pays"),
        gettext_lazy("The months in which the plan pays this subscription are over."),
    ),
    "not_registered": (
        gettext_lazy("Not your registered deal"),
        gettext_lazy(
            "The plan pays whose registered deal protects the customer and product line on that day; you held none."
        ),
    ),
    "nobody_above": (
        gettext_lazy("Nobody above"),
        gettext_lazy("The plan pays those above the partner, and nobody stood there on that day."),
    ),
    "paid_above": (
        gettext_lazy("Paid to those above"),
        gettext_lazy("The plan pays those above the partner for this sale, not the partner itself."),
    ),
    "capped": (
        gettext_lazy("Limit reached"),
        gettext_lazy("A limit of the plan left nothing of the amount."),
    ),
    "zero_amount": (
        gettext_lazy("Amount of zero"),
        gettext_lazy("Everything applied, and the amount came to zero."),
    ),
}


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


def reason_label(code: str) -> str:
    return str(REASON_TEXTS[code][0])


def reason_text(code: str, facts: Mapping[str, object], names: Names) -> ReasonText:
    label, fix = REASON_TEXTS[code]
    params = {name: str(value) for name, value in facts.items()}
    params.setdefault("base", "?")
    params.setdefault("quote", "?")
    params.setdefault("plans", "")
    fact = params.get("fact", "")
    params["condition"] = (
        f"{fact_name(fact)} {OP_WORDS.get(params.get('op', ''), '')} {_named(fact, facts.get('value'), names)}"
    )
    params["actual"] = _named(fact, facts.get("actual"), names) or str(_("nothing"))
    if fact in UNTOLD_FACTS:
        fix = UNTOLD_CONDITION
    return ReasonText(str(label), str(fix) % params)


def failure_text(code: str) -> str:
    """Why a calculation failed; a code that is not known any more says the least."""
    return str(FAILURE_TEXTS.get(code, FAILURE_TEXTS["shard_failed"]))


def _named(fact: str, value: object, names: Names) -> str:
    """One value, or several divided by commas, as people call them."""
    return values_text(fact, str(value).split(", "), names) if value else ""
