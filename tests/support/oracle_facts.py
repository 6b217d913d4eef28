"""The facts of a calculation as the plain data of tests/oracle, and what the reference says in its words.

Promise: nothing is calculated here; called by whoever compares the reference with the oracle."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from incentives.plans.facts import Facts, Held, Partner, Plan, SaleLine, Standing, Version
from incentives.plans.language import document_as_json
from incentives.plans.reference import Evaluation


def plain(facts: Facts) -> dict[str, Any]:
    """As JSON: days are ISO texts, decimals texts."""
    return {
        "fiscal_month": facts.fiscal_month,
        "new_customer_months": facts.new_customer_months,
        "closed": {str(period): moment.isoformat() for period, moment in facts.closed_at.items()},
        "partners": [_partner(partner) for partner in facts.partners],
        "products": [
            {"id": item.id, "code": item.code, "category": item.category, "earns": item.earns}
            for item in facts.products
        ],
        "customers": [
            {"id": item.id, "industry": item.industry, "keys": list(item.claim_keys)}
            for item in facts.customers
        ],
        "protections": [
            {"deal": item.deal_id, "partner": item.partner_id, "key": item.claim_key}
            | {"category": item.category}
            | _span(item.starts_on, item.ends_on)
            for item in facts.protections
        ],
        "rates": [
            {"id": item.id, "base": item.base, "quote": item.quote, "on": item.published_on.isoformat()}
            | {"rate": str(item.rate)}
            for item in facts.rates
        ],
        "plans": [_plan(plan) for plan in facts.plans],
        "assignments": [
            {"plan": item.plan_id, "audience": item.audience, "target": item.target}
            | _span(item.starts_on, item.ends_on)
            for item in facts.assignments
        ],
        "goals": [
            {"plan": item.plan_id, "component": item.component_id, "partner": item.partner_id}
            | {"window": item.window_on.isoformat(), "amount": str(item.amount)}
            for item in facts.goals
        ],
        "lines": [_line(line) for line in facts.lines],
    }


def _span(starts_on: date, ends_on: date | None) -> dict[str, str | None]:
    return {"from": starts_on.isoformat(), "to": None if ends_on is None else ends_on.isoformat()}


def _partner(partner: Partner) -> dict[str, Any]:
    return {
        "id": partner.id,
        "code": partner.code,
        "joined": partner.joined_on.isoformat(),
        "standings": [_standing(item) for item in partner.standings],
        "segments": _held(partner.segments),
        "certificates": _held(partner.certificates),
        "parents": _held(partner.parents),
    }


def _standing(item: Standing) -> dict[str, Any]:
    told = {"type": item.partner_type, "country": item.country, "region": item.region, "tier": item.tier}
    return _span(item.starts_on, item.ends_on) | {name: text or None for name, text in told.items()}


def _held(items: Iterable[Held]) -> list[dict[str, Any]]:
    return [{"value": item.value} | _span(item.starts_on, item.ends_on) for item in items]


def _plan(plan: Plan) -> dict[str, Any]:
    return {"id": plan.id, "slot": plan.slot, "versions": [_version(item) for item in plan.versions]}


def _version(item: Version) -> dict[str, Any]:
    told = {"published": item.published_at.isoformat(), "document": document_as_json(item.document)}
    return _span(item.starts_on, item.ends_on) | told


def _line(line: SaleLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "source": line.source,
        "external_id": line.external_id,
        "kind": line.kind,
        "on": line.occurred_on.isoformat(),
        "recorded": line.recorded_at.isoformat(),
        "partner": line.partner_id,
        "product": line.product_id,
        "customer": line.customer_id,
        "quantity": str(line.quantity),
        "amount_minor": line.amount_minor,
        "cost_minor": line.cost_minor,
        "currency": line.currency,
        "order": line.order_number,
        "refunds": line.refunded_external_id,
        "deal": line.deal_id,
        "subscription": line.subscription_ref,
        "invoiced": None if line.invoiced_on is None else line.invoiced_on.isoformat(),
        "payments": [
            {"on": item.paid_on.isoformat(), "minor": item.amount_minor, "currency": item.currency}
            for item in line.payments
        ],
        "facts": dict(line.more_facts),
        "split": [
            {"partner": share.partner_id, "parts": share.parts}
            if share.percent is None
            else {"partner": share.partner_id, "percent": str(share.percent)}
            for share in line.split
        ],
    }


def said(evaluation: Evaluation) -> dict[Any, tuple[int, int]]:
    """The amounts of the reference by the keys of the oracle, without zeros."""
    found = {}
    for target in evaluation.targets:
        key, pair = target.key, (target.amount_minor, target.payout_amount_minor)
        if pair != (0, 0):
            of = f"window {key.window_on}" if key.line_id is None else str(key.line_id)
            place = (key.plan_id, key.component_id, of, key.credited_partner_id, key.partner_id)
            found[(*place, key.depth, key.belongs_on.isoformat())] = pair
    return found
