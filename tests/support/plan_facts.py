"""Builders for the pure facts of a calculation: lines, partners, plans; for tests of the reference and the compiler.

Promise: every date is in 2026 unless said, amounts are written as people write them; called by tests/incentives."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from incentives.plans.facts import (
    REFUND,
    SALE,
    Assignment,
    Customer,
    ExchangeRate,
    Facts,
    Partner,
    Plan,
    Product,
    Protection,
    SaleLine,
    SplitShare,
    Standing,
    Version,
)
from incentives.plans.language import parse_document
from incentives.plans.reference import Evaluation, evaluate
from incentives.plans.targets import Target
from prm.kit.money import parse_amount

YEAR_START = date(2026, 1, 1)
YEAR_END = date(2027, 1, 1)
SETTINGS: dict[str, Any] = {"currency": "EUR", "period": "quarter"}


def day(month: int, day_of_month: int = 1) -> date:
    return date(2026, month, day_of_month)


def moment(on: date) -> datetime:
    return datetime.combine(on, time(12), UTC)


def sale(
    name: str,
    on: date,
    amount: str,
    partner: str | None = "p1",
    *,
    currency: str = "EUR",
    cost: str | None = None,
    split: Sequence[SplitShare] = (),
    **more: Any,
) -> SaleLine:
    """A sale line whose id and external id are `name`."""
    given: dict[str, Any] = {
        "id": name,
        "source": "erp",
        "external_id": name,
        "kind": SALE,
        "occurred_on": on,
        "product_id": "bike",
        "quantity": Decimal(1),
        "amount_minor": parse_amount(amount, currency),
        "currency": currency,
        "recorded_at": moment(on),
        "partner_id": partner,
        "cost_minor": None if cost is None else parse_amount(cost, currency),
        "split": tuple(split),
    }
    return SaleLine(**(given | more))


def refund(
    name: str, on: date, amount: str, of: str = "", partner: str | None = "p1", **more: Any
) -> SaleLine:
    """A refund linked to the line `of`; without it a credit note of its own."""
    return replace(sale(name, on, amount, partner, **more), kind=REFUND, refunded_external_id=of)


def rate(value: str = "0.05", component_id: str = "base", **more: Any) -> dict[str, Any]:
    return {"id": component_id, "type": "rate", "rate": value} | more


def tiers(
    mode: str, rows: Iterable[tuple[str, str]], component_id: str = "base", **more: Any
) -> dict[str, Any]:
    pays = "amount" if more.pop("amounts", False) else "rate"
    written = [{"from": start, pays: value} for start, value in rows]
    return {"id": component_id, "type": "tiers", "mode": mode, "tiers": written} | more


def target(
    steps: Iterable[tuple[str, str]], goal: str | None = None, component_id: str = "goal", **more: Any
) -> dict[str, Any]:
    """Steps from a share of the goal: a rate, or a multiplier such as "x1.5"."""
    written = [
        {"from_attainment": start, **({"multiplier": pay[1:]} if pay.startswith("x") else {"rate": pay})}
        for start, pay in steps
    ]
    told = {} if goal is None else {"goal": goal}
    return {"id": component_id, "type": "target", "steps": written} | told | more


def bonus(*steps: dict[str, Any], component_id: str = "bonus", **more: Any) -> dict[str, Any]:
    return {"id": component_id, "type": "bonus", "steps": list(steps)} | more


def recurring(value: str, months: int, component_id: str = "sub", **more: Any) -> dict[str, Any]:
    return {"id": component_id, "type": "recurring", "rate": value, "months": months} | more


def registered(value: str = "0.05", component_id: str = "deal", **more: Any) -> dict[str, Any]:
    return {"id": component_id, "type": "registered_deal", "rate": value} | more


def protected(
    deal_id: str,
    partner_id: str,
    starts_on: date,
    ends_on: date,
    key: str = "tax:bank",
    category: str = "bikes",
) -> Protection:
    return Protection(deal_id, partner_id, key, category, starts_on, ends_on)


def override(*rates: str, component_id: str = "above", **more: Any) -> dict[str, Any]:
    """Levels from the nearest up."""
    levels = [{"up": up, "rate": value} for up, value in enumerate(rates, 1)]
    return {"id": component_id, "type": "override", "levels": levels} | more


def document(*components: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return SETTINGS | settings | {"components": list(components)}


def version(
    raw: dict[str, Any],
    number: int = 1,
    starts_on: date = date(2017, 1, 1),
    ends_on: date | None = None,
    published_on: date | None = None,
    plan_id: str = "plan",
) -> Version:
    published_at = moment(published_on or starts_on)
    return Version(f"{plan_id}-v{number}", number, starts_on, published_at, parse_document(raw), ends_on)


def plan(*versions: Version, plan_id: str = "plan", slot: str = "main") -> Plan:
    return Plan(plan_id, plan_id, versions, slot)


def everyone(plan_id: str = "plan", starts_on: date = date(2017, 1, 1)) -> Assignment:
    return Assignment(plan_id, "everyone", starts_on)


PARTNERS = tuple(Partner(code, code, (Standing(date(2000, 1, 1), None, "reseller", "DE", "North", "gold"),))
                 for code in ("p1", "p2", "p3"))  # fmt: skip
PRODUCTS = (
    Product("bike", "BIKE", "bikes"),
    Product("sock", "SOCK", "clothing"),
    Product("visit", "VISIT", None, False),
)
CUSTOMERS = (Customer("bank", "finance", ("tax:bank", "web:bank")), Customer("farm", "", ("fold:farm",)))


def facts(lines: Iterable[SaleLine], raw: dict[str, Any] | None = None, **more: Any) -> Facts:
    """One plan of one version for everyone, unless `plans` and `assignments` say otherwise."""
    given: dict[str, Any] = {
        "lines": tuple(lines),
        "partners": PARTNERS,
        "products": PRODUCTS,
        "customers": CUSTOMERS,
        "plans": (plan(version(raw)),) if raw is not None else (),
        "assignments": (everyone(),) if raw is not None else (),
    }
    return Facts(**(given | more))


def rates(*rows: tuple[str, str, date, str]) -> tuple[ExchangeRate, ...]:
    return tuple(ExchangeRate(f"r{i}", *row[:3], Decimal(row[3])) for i, row in enumerate(rows))


def run(known: Facts, ends_on: date = YEAR_END, starts_on: date = YEAR_START) -> Evaluation:
    return evaluate(known, starts_on, ends_on)


def amounts(evaluation: Evaluation) -> dict[str, int]:
    """Minor units by line, summed over partners and components."""
    total: dict[str, int] = {}
    for target in evaluation.targets:
        line_id = str(target.key.line_id)
        total[line_id] = total.get(line_id, 0) + target.amount_minor
    return total


def total(evaluation: Evaluation) -> int:
    return sum(target.amount_minor for target in evaluation.targets)


def target_of(evaluation: Evaluation, line_id: str) -> Target:
    (found,) = [target for target in evaluation.targets if target.key.line_id == line_id]
    return found


def reason_of(evaluation: Evaluation, line_id: str) -> str:
    (found,) = [outcome.reason for outcome in evaluation.outcomes if outcome.line_id == line_id]
    return found
