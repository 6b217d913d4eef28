"""How often a page asks the database does not depend on how much it shows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partners.customers.actions import create_customer
from partners.onboarding.journeys import start_journey
from prm.tenancy.context import tenant_context
from tests.support.applications import lodge
from tests.support.cast import NOW, Cast, Person, make_partner
from tests.support.clients import client_of
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import calculated_payout, close_month, give_account

CONSOLE = (
    "", "partners/", "products/", "customers/", "sales/", "earnings/", "earnings/nothing/", "plans/", "calculations/",
    "ledger/", "ledger/journal/", "ledger/accounts/", "payable/", "payouts/", "statements/", "bank/", "payers/",
    "withholding/", "members/", "audit/",
    "jobs/", "notices/", "segments/", "resources/", "tiers/", "tiers/review/", "learn/",
    "learn/certificates/", "conflicts/", "deals/", "deals/board/",
)  # fmt: skip
PORTAL = (
    "",
    "customers/",
    "sales/",
    "earnings/",
    "earnings/nothing/",
    "statements/",
    "team/",
    "company/",
    "notices/",
    "deals/",
    "deals/board/",
    "network/",
    "learn/",
    "learn/certificates/",
    "learn/team/",
)
FEW, MANY = 2, 9


@pytest.fixture
def acme(cast: Cast) -> Cast:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
    return cast


def fill(cast: Cast, month: int, partners: int) -> None:
    """So many partners, customers and products with sales of a month that is calculated, closed and prepared to pay."""
    for place in range(partners):
        partner = make_partner(cast.acme, f"P{month}{place}", f"Partner {month}{place}")
        give_account(cast, partner, cast.vera)
        with tenant_context(cast.acme.id):
            product = make_product(code=f"W{month}{place}")
            facts = {"code": f"C{month}{place}", "name": f"Customer {month}{place}"}
            customer = create_customer(actor=cast.vera.actor, facts=facts, at=NOW)  # type: ignore[arg-type]
            for seller in (partner, cast.northwind, None):
                key = f"L{month}-{place}-{seller.code if seller else 'direct'}"
                sell(seller, product, key, date(2026, month, 10), 100_000, customer=customer)
        lodge(cast.acme, month * 100 + place)
        with tenant_context(cast.acme.id):
            start_journey(actor=cast.vera.actor, partner=partner, at=NOW)
    close_month(cast, date(2026, month, 1))
    calculated_payout(cast, date(2026, month, 1))


def queries_of(person: Person, face: str, pages: tuple[str, ...]) -> dict[str, int]:
    client, counts = client_of(person), {}
    for page in pages:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/acme/{face}/{page}").status_code == 200, page
        counts[page] = len(asked)
    return counts


def measured(cast: Cast) -> dict[str, dict[str, int]]:
    return {"console": queries_of(cast.vera, "m", CONSOLE), "portal": queries_of(cast.paul, "p", PORTAL)}


def test_lists_ask_as_often_for_many_rows_as_for_few(acme: Cast) -> None:
    fill(acme, 1, FEW)
    measured(acme)  # what is remembered between requests is remembered now
    few = measured(acme)
    fill(acme, 2, MANY)
    assert measured(acme) == few
