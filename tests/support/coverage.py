"""One customer with whom two partners and the vendor work, and one that a single partner knows.

Called by: tests of coverage, days counted back from today since pages tell of the last twelve months."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from partners.customers.actions import CustomerFacts, create_customer
from partners.customers.models import Customer
from partners.deals.models import Deal
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.deals import TAX_ID, approve, make_line, register
from tests.support.sales import line, record, stock

SPLIT = [{"partner": "NW", "percent": "25"}, {"partner": "SW", "percent": "75"}]


def ago(days: int) -> date:
    return datetime.now(tz=UTC).date() - timedelta(days=days)


def at(days: int) -> datetime:
    return datetime.now(tz=UTC) - timedelta(days=days)


@dataclass(frozen=True)
class Market:
    """Northwind has sold 100.00 and taken 30.00 back, and has a quarter of Southwind's 80.00: credited with 90.00."""

    cast: Cast
    harbour: Customer
    quarry: Customer
    deal: Deal


def make_market(cast: Cast) -> Market:
    stock(cast)
    make_line(cast)
    with tenant_context(cast.acme.id):
        harbour = _customer(
            cast, {"code": "HARBOUR", "name": "Harbour Line", "tax_id": TAX_ID, "country": "DE"}
        )
        quarry = _customer(cast, {"code": "QUARRY", "name": "Quarry Works", "industry": "Stone"})
        lines: list[tuple[str, str, dict[str, Any]]] = [
            ("N-1", "100.00", {"occurred_on": ago(30)}),
            ("N-2", "30.00", {"occurred_on": ago(20), "kind": "refund", "refunds": "N-1"}),
            ("S-1", "80.00", {"occurred_on": ago(10), "partner": "SW", "splits": SPLIT}),
            ("S-0", "55.55", {"occurred_on": ago(400), "partner": "SW"}),
            ("D-1", "7.00", {"occurred_on": ago(40), "partner": None, "currency": "USD"}),
            ("Q-1", "999.00", {"occurred_on": ago(5), "partner": "SW", "customer": "QUARRY"}),
        ]
        told = [
            line(
                key,
                amount,
                **{"customer": "HARBOUR", **facts, "occurred_on": facts["occurred_on"].isoformat()},
            )
            for key, amount, facts in lines
        ]
        assert record(cast.system, told).failed == 0
    deal = register(cast.paul, "Harbour Line", at=at(15))
    return Market(cast, harbour, quarry, approve(cast.vera, deal, at=at(15)))


def _customer(cast: Cast, facts: CustomerFacts) -> Customer:
    return create_customer(actor=cast.vera.actor, facts=facts, at=at(50))
