"""Marketing funds for tests: a budget of half the costs, its allocations, requests and claims with their proofs.

Called by: tests of funds, the access matrix."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from incentives.funds import actions, budgets, claims
from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsRequest
from partners.directory.models import Partner
from tests.support.cast import Cast, Person
from tests.support.rows import nothing_written

AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
UNTIL = date(2026, 7, 31)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_numbers = count(1)


@dataclass
class Stage:
    """A budget, and Northwind's part of it."""

    cast: Cast
    budget: FundsBudget
    allocation: FundsAllocation


def refuse(error: type[Exception], step: Callable[[], object]) -> Exception:
    """The refusal of a step that has written nothing."""
    with nothing_written(), pytest.raises(error) as refused:
        step()
    return refused.value


def limited(limit_minor: int = 100_000) -> None:
    """From now on a second person is needed above this."""
    FundsBudget.objects.update(second_above_minor=limit_minor)


def make_budget(cast: Cast, *, at: datetime = AT, **facts: Any) -> FundsBudget:
    told: dict[str, Any] = {
        "name": "Spring events",
        "purpose": "Events and campaigns of our partners",
        "segment": None,
        "currency": "EUR",
        "amount_minor": 2_000_000,
        "share_percent": Decimal(50),
        "starts_on": date(2026, 4, 1),
        "ends_on": date(2026, 6, 30),
        "claims_until": UNTIL,
        "second_above_minor": 1_000_000,
        **facts,
    }
    return budgets.make_budget(actor=cast.vera.actor, facts=told, at=at)  # type: ignore[arg-type]


def allocate(
    cast: Cast,
    budget: FundsBudget,
    partner: Partner | None = None,
    amount_minor: int = 800_000,
    at: datetime = AT,
) -> FundsAllocation:
    return budgets.allocate(
        actor=cast.vera.actor,
        budget=budget,
        partner=partner or cast.northwind,
        amount_minor=amount_minor,
        at=at,
    )


def plan_of(planned_minor: int = 1_200_000, **facts: Any) -> Any:
    return {
        "activity": "Seminar for dentists",
        "purpose": "Thirty dental practices that do not know us yet",
        "expected_leads": 30,
        "starts_on": date(2026, 5, 4),
        "ends_on": date(2026, 5, 5),
        "planned_minor": planned_minor,
        **facts,
    }


def ask(
    person: Person, allocation: FundsAllocation, planned_minor: int = 1_200_000, *, at: datetime = AT
) -> FundsRequest:
    return actions.ask_for_funds(
        actor=person.actor, allocation=allocation, facts=plan_of(planned_minor), at=at
    )


def approved(
    cast: Cast, allocation: FundsAllocation, planned_minor: int = 1_200_000, *, at: datetime = AT
) -> FundsRequest:
    """Asked for by Paul, approved by Nina with the most that may be."""
    request = ask(cast.paul, allocation, planned_minor, at=at)
    return actions.approve_request(actor=cast.nina.actor, request=request, amount_minor=None, at=at)


def cost_of(net_minor: int, gross_minor: int = 0, **facts: Any) -> Any:
    return {
        "description": "Hall and catering",
        "supplier": "Hotel Aurora",
        "invoice_number": f"R-{next(_numbers)}",
        "invoiced_on": date(2026, 3, 31),
        "net_minor": net_minor,
        "gross_minor": gross_minor or net_minor,
        **facts,
    }


def filled(person: Person, request: FundsRequest, *costs: Any, at: datetime = AT) -> FundsClaim:
    """A draft with these costs, each with its proof."""
    claim = claims.start_claim(actor=person.actor, request=request, at=at)
    for cost in costs:
        proof = claims.Proof(f"{cost['invoice_number']}.pdf", PDF + cost["invoice_number"].encode())
        claims.add_cost(actor=person.actor, claim=claim, facts=cost, proof=proof, at=at)
    return FundsClaim.objects.get(id=claim.id)


def claimed(person: Person, request: FundsRequest, *nets_minor: int, at: datetime = AT) -> FundsClaim:
    """The same, handed over."""
    claim = filled(person, request, *(cost_of(net) for net in nets_minor), at=at)
    return claims.submit_claim(actor=person.actor, claim=claim, at=at)


def settled(cast: Cast, request: FundsRequest, *nets_minor: int, at: datetime = AT) -> FundsClaim:
    """The same, approved by Nina."""
    claim = claimed(cast.paul, request, *nets_minor, at=at)
    return claims.approve_claim(actor=cast.nina.actor, claim=claim, at=at)
