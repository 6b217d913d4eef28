"""What a line of a statement was calculated from, under the names that its files share: base, share, rates, formula.

Promise: pure; the texts are part of the bytes that a statement's hash is taken over, so another wording of them is
another `format` of its content. Called by: payouts.{statements,statement_files}.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from incentives.earnings.entry_facts import EntryFacts
from incentives.earnings.formulas import formula_of, steps_of
from prm.web import format as formats


def calculated_from(facts: EntryFacts) -> dict[str, Any]:
    """Typed: days, numbers, text; None or "" where the line has no such part."""
    inputs, plan = facts.inputs, facts.amount.currency
    base, base_currency = inputs.get("base_minor"), inputs.get("base_currency", plan)
    exchange, payout = inputs.get("exchange") or {}, inputs.get("payout_exchange") or {}
    cut = sum(int(row["amount_minor"]) for row in facts.cuts)
    return {
        "version": facts.version_number,
        "base": formats.major(int(base), base_currency) if base is not None else None,
        "base_currency": base_currency if base is not None else "",
        "share": Decimal(str(inputs.get("share", "1"))),
        "exchange_rate": Decimal(str(exchange["rate"])) if exchange else None,
        "exchange_on": date.fromisoformat(str(exchange["published_on"])) if exchange else None,
        "rates": steps_of(facts),
        "cut": formats.major(cut, plan) if cut else None,
        "posted_before": formats.major(facts.posted_before.amount_minor, plan) or None,
        "earned": formats.major(facts.amount.amount_minor, plan),
        "plan_currency": plan,
        "payout_rate": Decimal(str(payout["rate"])) if payout else None,
        "payout_on": date.fromisoformat(str(payout["published_on"])) if payout else None,
        "formula": formula_of(facts),
    }


def told_in_content(facts: EntryFacts) -> dict[str, Any]:
    """The same for JSON: numbers as exact texts, and nothing that the line does not have."""
    parts = calculated_from(facts).items()
    return {name: _text(value) for name, value in parts if value not in (None, "")}


def amount_formula(amount_minor: int, currency: str) -> str:
    """Of what people decided: the amount stands by itself."""
    return f"{formats.major(amount_minor, currency):f}"


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
