"""The facts dated before the end of a calculation, indexed, and the facts of a credit that `where` asks for.

Promise: reads nothing dated on or after the end (money.md 4 "Order of periods"); called by the reference alone."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from incentives.plans.credits import Credit, credits_of
from incentives.plans.document import (
    Component,
    EarningEvent,
    Measure,
    MeasuredComponent,
    NegativeMargin,
    PlanDocument,
    RefundPolicy,
)
from incentives.plans.exchange import Conversion, RateBook
from incentives.plans.facts import SALE, Facts, Partner, SaleLine, covers
from incentives.plans.payments import Paid, paid_of
from incentives.plans.refunds import NO_REFUNDS, Apportioned, apportion
from incentives.plans.selection import PlanChooser
from prm.kit.periods import Period, Window, WindowKind, window_of
from prm.kit.predicates import FactValue, Failure, Group, first_failure


class World:
    """Lines in measuring order, credits by line and by partner, refunds by the line they refund."""

    def __init__(self, facts: Facts, ends_on: date) -> None:
        self.facts = facts
        self.partners = {partner.id: partner for partner in facts.partners}
        self.products = {product.id: product for product in facts.products}
        self.customers = {customer.id: customer for customer in facts.customers}
        self.rates = RateBook(facts.rates)
        self.ends_on = ends_on
        self.chooser = PlanChooser(facts.plans, facts.assignments)
        self.lines = sorted(
            (line for line in facts.lines if line.occurred_on < ends_on),
            key=lambda line: line.measuring_order,
        )
        self._windows: dict[tuple[date, WindowKind], Window] = {}
        self._goals = {
            (goal.plan_id, goal.component_id, goal.partner_id, goal.window_on): goal for goal in facts.goals
        }
        self._first_days: dict[tuple[str, str, Window], date | None] = {}
        self._paid: dict[str, Paid | None] = {}
        self._index_lines()

    def _index_lines(self) -> None:
        self.by_name = {(line.source, line.external_id): line for line in self.lines}
        self.credits: dict[str, tuple[Credit, ...]] = {}
        self.of_partner: dict[str, list[Credit]] = defaultdict(list)
        self._of_group: dict[str, list[Credit]] = {}
        self.refunds: dict[str, list[SaleLine]] = defaultdict(list)
        self._customer_days: dict[str, list[date]] = defaultdict(list)
        self._begun: dict[str, date] = {}
        for line in self.lines:
            self.credits[line.id] = credits_of(line, self.partners)
            for credit in self.credits[line.id]:
                self.of_partner[credit.partner.id].append(credit)
            sale = self.refunded_sale(line)
            if sale is not None and sale.currency == line.currency:
                self.refunds[sale.id].append(line)
            if line.subscription_ref and not line.is_linked_refund:
                self._begun.setdefault(line.subscription_ref, line.occurred_on)
            if line.customer_id is not None:
                self._customer_days[line.customer_id].append(line.occurred_on)

    def refunded_sale(self, line: SaleLine) -> SaleLine | None:
        """The sale that a linked refund names, if it is known."""
        if not line.is_linked_refund:
            return None
        sale = self.by_name.get((line.source, line.refunded_external_id))
        return sale if sale is not None and sale.kind == SALE else None

    def own_goal(self, plan_id: str, component_id: str, partner_id: str, window: Window) -> Fraction | None:
        """What was set for the partner in this window, as it was written."""
        goal = self._goals.get((plan_id, component_id, partner_id, window.starts_on))
        return Fraction(goal.amount) if goal is not None else None

    def first_on(self, plan_id: str, partner: Partner, window: Window) -> date | None:
        """The first day of the window on which the partner has joined and the plan pays it."""
        key = (plan_id, partner.id, window)
        if key not in self._first_days:
            self._first_days[key] = self._first_day(plan_id, partner, window)
        return self._first_days[key]

    def _first_day(self, plan_id: str, partner: Partner, window: Window) -> date | None:
        day = max(window.starts_on, partner.joined_on)
        while day < min(window.ends_on, self.ends_on):
            choices = self.chooser.choices(partner, day)
            if any(choice.version is not None and choice.plans[0].id == plan_id for choice in choices):
                return day
            day += timedelta(days=1)
        return None

    def window(self, day: date, kind: WindowKind) -> Window:
        key = (day, kind)
        if key not in self._windows:
            self._windows[key] = window_of(day, kind, self.facts.fiscal_month)
        return self._windows[key]

    def refunds_for(self, credit: Credit, component: Component, document: PlanDocument) -> Apportioned:
        """Without volume every refund reverses; with it those inside the open window, or all of them under
        `recompute`, change the sale itself."""
        refunds = self.refunds.get(credit.line.id)
        if not refunds:
            return NO_REFUNDS
        if not isinstance(component, MeasuredComponent):
            return apportion(credit.line, refunds, lambda refund: False)
        window = self.window(credit.line.occurred_on, component.window)
        return apportion(credit.line, refunds, lambda refund: self.recomputes(refund, window, document))

    def recomputes(self, refund: SaleLine, window: Window, document: PlanDocument) -> bool:
        """Whether it changes what its sale counts for in the window: dated before the window's end and arrived before
        its last month closed, or any where the plan says so."""
        if document.refund_policy is RefundPolicy.RECOMPUTE:
            return True
        closed_at = self.facts.closed_at.get(window.last_period)
        return refund.occurred_on < window.ends_on and (closed_at is None or refund.recorded_at < closed_at)

    def earned_on(self, line: SaleLine, document: PlanDocument) -> date | None:
        """The day of the plan's earning event, if that is before the end of the calculation. A credit note is its own
        document."""
        if document.earning_event is EarningEvent.ORDER or line.kind != SALE:
            return line.occurred_on
        if document.earning_event is EarningEvent.PAYMENT:
            paid = self.paid(line)
            return paid.first_on if paid is not None else None
        invoiced = line.invoiced_on
        return invoiced if invoiced is not None and invoiced < self.ends_on else None

    def paid(self, sale: SaleLine) -> Paid | None:
        """What of the sale is paid before the end of the calculation."""
        if sale.id not in self._paid:
            self._paid[sale.id] = paid_of(sale, self.refunds.get(sale.id, ()), self.ends_on)
        return self._paid[sale.id]

    def paid_share(self, line: SaleLine, document: PlanDocument) -> Fraction:
        """What of the line counts where plans pay what is paid; all of it elsewhere, and of a credit note."""
        if document.earning_event is not EarningEvent.PAYMENT or line.kind != SALE:
            return Fraction(1)
        paid = self.paid(line)
        return paid.share if paid is not None else Fraction(0)

    def above(self, partner: Partner, day: date) -> list[str]:
        """Who stood above the partner on that day, nearest first."""
        found: list[str] = []
        parent_id = partner.parent_on(day)
        while parent_id is not None:
            found.append(parent_id)
            parent_id = self.partners[parent_id].parent_on(day)
        return found

    def of_group(self, partner_id: str) -> list[Credit]:
        """The credits of the partner and of all who stood below it on their days, in measuring order."""
        if not self._of_group:
            groups = defaultdict(list)
            for line in self.lines:
                for credit in self.credits[line.id]:
                    for owner_id in (credit.partner.id, *self.above(credit.partner, line.occurred_on)):
                        groups[owner_id].append(credit)
            self._of_group = groups
        return self._of_group[partner_id]

    def conversion(self, credit: Credit, currency: str) -> Conversion | None:
        return self.rates.conversion(credit.line.currency, currency, credit.line.occurred_on)

    def earns(self, credit: Credit) -> bool:
        return self.products[credit.line.product_id].earns

    def failure(self, credit: Credit, where: Group | None) -> Failure | None:
        return None if where is None else first_failure(where, lambda name: self.fact(credit, name))

    def fact(self, credit: Credit, name: str) -> FactValue:
        """A fact of the credit by the name that plans.predicates registers; empty texts are unknown."""
        reader = _FACTS.get(name)
        value = reader(self, credit) if reader else credit.line.more_facts.get(name)
        return None if value == "" else value

    def standing_fact(self, credit: Credit, name: str) -> str | None:
        standing = credit.partner.standing_on(credit.line.occurred_on)
        return getattr(standing, name) if standing else None

    def industry(self, credit: Credit) -> str | None:
        customer = self.customers.get(credit.line.customer_id or "")
        return customer.industry if customer else None

    def subscription_begun(self, line: SaleLine) -> date | None:
        """The day of the earliest line of the line's subscription, whoever sold; what returns a sale begins nothing."""
        return self._begun.get(line.subscription_ref)

    def holder(self, line: SaleLine) -> str | None:
        """Who is protected on the line's day: by the deal that the line names, else by its customer's strongest key."""
        live = [
            held for held in self.facts.protections if covers(held.starts_on, held.ends_on, line.occurred_on)
        ]
        if line.deal_id is not None:
            return next((held.partner_id for held in live if held.deal_id == line.deal_id), None)
        customer = self.customers.get(line.customer_id or "")
        category = self.products[line.product_id].category
        for key in customer.claim_keys if customer else ():
            for held in live:
                if (held.claim_key, held.category) == (key, category):
                    return held.partner_id
        return None

    def customer_is_new(self, line: SaleLine) -> bool:
        """money.md 4 "Who counts as new": no line of any kind on an earlier day of the 12 months before."""
        if line.customer_id is None:
            return False
        days = self._customer_days[line.customer_id]
        place = bisect_left(days, line.occurred_on)
        return place == 0 or days[place - 1] < months_after(line.occurred_on, -self.facts.new_customer_months)


_FACTS: dict[str, Callable[[World, Credit], FactValue]] = {
    "product": lambda world, credit: world.products[credit.line.product_id].code,
    "category": lambda world, credit: world.products[credit.line.product_id].category,
    "source": lambda world, credit: credit.line.source,
    "industry": lambda world, credit: world.industry(credit),
    "customer_is_new": lambda world, credit: world.customer_is_new(credit.line),
    "deal_is_registered": lambda world, credit: world.holder(credit.line) is not None,
    "partner": lambda world, credit: credit.partner.code,
    "segment": lambda world, credit: credit.partner.segments_on(credit.line.occurred_on),
    "certificate": lambda world, credit: credit.partner.certificates_on(credit.line.occurred_on),
    "partner_type": lambda world, credit: world.standing_fact(credit, "partner_type"),
    "region": lambda world, credit: world.standing_fact(credit, "region"),
    "country": lambda world, credit: world.standing_fact(credit, "country"),
    "tier": lambda world, credit: world.standing_fact(credit, "tier"),
}


def months_after(day: date, months: int) -> date:
    """The same day that many months later (earlier where negative), or the last day of that month."""
    month = Period.of(day).plus(months)
    return month.starts_on.replace(day=min(day.day, (month.ends_on - timedelta(days=1)).day))


def value_of(
    credit: Credit, what: Measure, negative: NegativeMargin, conversion: Conversion, kept: Fraction
) -> Fraction | None:
    """Revenue or margin of the credit in minor units of the plan currency, or its units; None: it has no cost.

    `negative: zero` raises a negative margin of a sale to zero, and mirrors that on credit notes."""
    if what is Measure.UNITS:
        return credit.quantity * kept
    if what is Measure.REVENUE:
        return credit.base_minor * conversion.factor * kept
    if credit.cost_minor is None:
        return None
    margin = credit.base_minor - credit.cost_minor
    if negative is NegativeMargin.ZERO and margin * credit.direction < 0:
        margin = 0
    return margin * conversion.factor * kept
