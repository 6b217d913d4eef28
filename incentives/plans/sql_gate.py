"""What every component asks of a credit before it pays: dates, `where`, exchange rates, cost (money.md 2, 3).

Promise: one text of the gate serves paying, explaining and merging refunds; called by sql_flat and sql_tiers.

Aliases in all statements: c calc_credit, ch calc_choice, x the rate into the plan currency, y the rate into the payout
currency, m what merged refunds leave of the sale, w the window."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from incentives.plans.document import (
    Component,
    EarningEvent,
    Measure,
    MeasuredComponent,
    NegativeMargin,
    PlanDocument,
)
from incentives.plans.sql_where import condition_sql, failure_sql
from prm.kit.binding import Binder
from prm.kit.money import exponent_of

EMPTY = "'{}'::jsonb"


@dataclass(frozen=True, slots=True)
class VersionCard:
    """The published version that is compiled."""

    version_id: str
    plan_id: str
    slot: str
    number: int
    document: PlanDocument


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact number as SQL: `den` None means a plain number."""

    num: str
    den: str | None = None


class Gate:
    """Fragments for one component of one version."""

    def __init__(self, card: VersionCard, component: Component, bind: Binder) -> None:
        self.card = card
        self.component = component
        self.document = card.document
        self.bind = bind

    @cached_property
    def version(self) -> str:
        return f"{self.bind(self.card.version_id)}::uuid"

    @cached_property
    def currency(self) -> str:
        return f"{self.bind(self.document.currency)}::text"

    @cached_property
    def payout_currency(self) -> str:
        return f"{self.bind(self.document.payout_currency)}::text"

    @property
    def pays_in_another_currency(self) -> bool:
        return self.document.currency != self.document.payout_currency

    @cached_property
    def rates(self) -> str:
        """The joins that find the rates of the sale's day."""
        joins = f"LEFT JOIN calc_rate x ON x.base = c.currency AND x.quote = {self.currency} AND x.day = c.occurred_on"
        if self.pays_in_another_currency:
            joins += (
                f" LEFT JOIN calc_rate y ON y.base = {self.currency} AND y.quote = {self.payout_currency} "
                f"AND y.day = c.occurred_on"
            )
        return joins

    @cached_property
    def to_plan(self) -> str:
        return f"(CASE WHEN c.currency = {self.currency} THEN 1 ELSE x.factor END)"

    @property
    def to_payout(self) -> str:
        return "y.factor" if self.pays_in_another_currency else "1"

    @cached_property
    def has_rates(self) -> str:
        test = f"(c.currency = {self.currency} OR x.factor IS NOT NULL)"
        return f"{test} AND y.factor IS NOT NULL" if self.pays_in_another_currency else test

    @cached_property
    def covers(self) -> str:
        return covers_sql(self.component.starts_on, self.component.ends_on, self.bind)

    @cached_property
    def where(self) -> str:
        return condition_sql(self.component.where, self.bind)

    @property
    def is_earned(self) -> str:
        """Whether the plan's earning event has come; a credit note is its own document."""
        if self.document.earning_event is EarningEvent.ORDER:
            return "TRUE"
        if self.waits_for_payment:
            return "(c.first_paid_on IS NOT NULL)"
        return "(c.direction < 0 OR c.invoiced_on IS NOT NULL)"

    @property
    def waits_for_payment(self) -> bool:
        return self.document.earning_event is EarningEvent.PAYMENT

    def has_cost_for(self, what: Measure) -> str:
        return "c.cost_minor IS NOT NULL" if what is Measure.MARGIN else "TRUE"

    @cached_property
    def kept(self) -> str:
        """The join to what refunds inside the open window leave of a sale; only what measures windows asks."""
        if not isinstance(self.component, MeasuredComponent):
            return ""
        return f"LEFT JOIN calc_kept m ON m.sale_id = c.line_id AND {self.same_fate('m')}"

    def same_fate(self, alias: str) -> str:
        """Refunds are merged by window and policy: this picks the component's own."""
        assert isinstance(self.component, MeasuredComponent)
        window, policy = self.component.window.value, self.document.refund_policy.value
        return f"{alias}.window_kind = {self.bind(window)} AND {alias}.policy = {self.bind(policy)}"

    @cached_property
    def meets(self) -> str:
        """Whether the credit meets the dates and the `where` of the component."""
        return _all_of(self.covers, self.where)

    @cached_property
    def fits(self) -> str:
        """Whether only its earning event or its refunds can keep the credit from being paid by the component."""
        return _all_of(self.meets, self.has_rates, self.has_cost_for(self.component.basis))

    @property
    def payable(self) -> str:
        """Whether the credit is paid by any component of this basis whose dates and `where` it meets."""
        return _all_of(self.has_rates, self.has_cost_for(self.component.basis), self.is_earned)

    @cached_property
    def passes(self) -> str:
        """Whether the credit is paid by the component, refunds apart."""
        return f"{self.fits} AND {self.is_earned}"

    def value_of(self, what: Measure) -> Ratio:
        """Revenue or margin in minor units of the plan currency, or units, after merged refunds."""
        kept, of_whole = (
            (" * coalesce(m.kept_num, 1)", "coalesce(m.kept_den, 1)") if self.kept else ("", None)
        )
        if what is Measure.UNITS:
            den = f"(c.weight_total * {of_whole})" if of_whole else "c.weight_total"
            return Ratio(f"(c.quantity * c.weight{kept})", den)
        amount = "c.base_minor::numeric"
        if what is Measure.MARGIN:
            amount = "(c.base_minor::numeric - c.cost_minor)"
            if self.component.negative is NegativeMargin.ZERO:
                amount = f"(c.direction * greatest(c.direction * {amount}, 0))"
        return Ratio(f"({amount} * {self.to_plan}{kept})", of_whole)

    def reason(self, otherwise: str) -> str:
        """Why the component paid nothing: the gates in the order of the reference."""
        branches = [
            f"WHEN NOT ({self.covers}) THEN 'outside_dates'",
            f"WHEN NOT {self.where} THEN 'where_failed'",
            f"WHEN NOT {self.is_earned} THEN '{'not_paid' if self.waits_for_payment else 'not_invoiced'}'",
            f"WHEN NOT ({self.has_rates}) THEN 'no_rate'",
            f"WHEN NOT ({self.has_cost_for(self.component.basis)}) THEN 'no_cost'",
        ]
        if self.kept:
            branches.append("WHEN m.kept_num = 0 THEN 'refunded'")
        return f"CASE {' '.join(branches)} ELSE {otherwise} END"

    def reason_facts(self) -> str:
        where = self.component.where
        failed = failure_sql(where, self.bind) if where is not None and where.members else EMPTY
        known = f"(c.currency = {self.currency} OR x.factor IS NOT NULL)"
        pair = (
            f"jsonb_build_object('base', CASE WHEN {known} THEN {self.currency} ELSE c.currency END, "
            f"'quote', CASE WHEN {known} THEN {self.payout_currency} ELSE {self.currency} END)"
        )
        return (
            f"CASE WHEN NOT ({self.covers}) THEN {EMPTY} WHEN NOT {self.where} THEN {failed} "
            f"WHEN {self.is_earned} AND NOT ({self.has_rates}) THEN {pair} ELSE {EMPTY} END"
        )


def _all_of(*tests: str) -> str:
    return " AND ".join(test for test in tests if test != "TRUE") or "TRUE"


def covers_sql(starts_on: date | None, ends_on: date | None, bind: Binder) -> str:
    """Whether the day of the credit lies in [starts_on, ends_on)."""
    tests = []
    if starts_on is not None:
        tests.append(f"c.occurred_on >= {bind(starts_on)}")
    if ends_on is not None:
        tests.append(f"c.occurred_on < {bind(ends_on)}")
    return " AND ".join(tests) or "TRUE"


def minor_units(currency: str) -> int:
    """How many minor units one unit of the currency has."""
    return int(10 ** exponent_of(currency))
