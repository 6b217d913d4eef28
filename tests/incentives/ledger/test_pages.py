"""Balances and what is payable, a page at a time, and the whole journal as a file."""

import csv
import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.ledger.actions import Posting, Source, post
from incentives.ledger.console import ROWS_AT_ONCE
from incentives.ledger.models import AccountCode, Transfer
from incentives.ledger.payable import payable_sums
from incentives.ledger.queries import balance_totals, purse_sums
from incentives.ledger.rules import ROUTES, Kind
from partners.directory.models import Partner
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.web.keyset import PAGE_ROWS
from tests.support.cast import NOW, Cast, Person, make_partner
from tests.support.clients import client_of

MONTH = NOW.date().replace(day=1)
LEDGER, PAYABLE, JOURNAL = "/acme/m/ledger/", "/acme/m/payable/", "/acme/m/ledger/journal/csv/"
TOGETHER = PAGE_ROWS + 3


def book(cast: Cast, *postings: Posting) -> None:
    with tenant_context(cast.acme.id):
        post(
            list(postings), source=Source("test", uuid7()), actor=cast.system, period_on=MONTH,
            effective_on=MONTH, at=NOW,
        )  # fmt: skip


def owe(partner_id: UUID, amount_minor: int, kind: Kind = Kind.ACCRUAL) -> Posting:
    return Posting(kind, partner_id, "EUR", amount_minor)


@pytest.fixture
def owed(cast: Cast) -> Cast:
    """Three more than a page holds: of place n 100.00 and n euros, 900.00 of Northwind; Southwind owes 7.00."""
    others = [make_partner(cast.acme, f"A{place:02}", f"Ally {place:02}") for place in range(TOGETHER - 2)]
    book(
        cast,
        *(owe(partner.id, 10_000 + place * 100) for place, partner in enumerate(others)),
        owe(cast.northwind.id, 90_000),
        owe(cast.northwind.id, 40_000, Kind.MATURITY),
        owe(cast.southwind.id, 500, Kind.CLAWBACK),
        owe(cast.southwind.id, 500, Kind.CLAWBACK_NETTED),
        owe(cast.southwind.id, 700, Kind.ACCRUAL_LESS),
    )
    return cast


def rows_of(page: str) -> list[str]:
    """The names in the first column."""
    named = re.findall(r'<th scope="row"\s+data-label="Partner"><a[^>]*>([^<]+)</a>', page)
    return [name.partition(" (")[0] for name in named]


def walked(person: Person, address: str) -> list[list[str]]:
    """The names of each page, by its link to the next."""
    client, pages, link = client_of(person), [], "?"
    while link:
        page = client.get(address + link).content.decode()
        pages.append(rows_of(page))
        found = re.search(r'href="([^"]*)" rel="next"', page)
        link = found[1].replace("&amp;", "&") if found else ""
    return pages


def test_balances_come_a_page_at_a_time_by_name_each_partner_once(owed: Cast) -> None:
    pages = walked(owed.vera, LEDGER)
    assert [len(page) for page in pages] == [50, 3]
    names = [name for page in pages for name in page]
    assert names == [f"Ally {place:02}" for place in range(51)] + ["Northwind", "Southwind"]


def test_what_is_payable_comes_the_largest_first_and_backwards_the_same(owed: Cast) -> None:
    pages = walked(owed.vera, PAYABLE)
    assert [len(page) for page in pages] == [50, 3]
    names = [name for page in pages for name in page]
    assert names == ["Northwind", *(f"Ally {place:02}" for place in reversed(range(51))), "Southwind"]
    client = client_of(owed.vera)
    first = client.get(PAYABLE).content.decode()
    link = re.search(r'href="([^"]*)" rel="next"', first)
    assert link is not None
    second = client.get(PAYABLE + link[1].replace("&amp;", "&")).content.decode()
    back = re.search(r'href="([^"]*)" rel="prev"', second)
    assert back is not None
    assert rows_of(client.get(PAYABLE + back[1].replace("&amp;", "&")).content.decode()) == pages[0]


def test_totals_are_of_all_partners_whatever_the_page_shows(owed: Cast) -> None:
    with tenant_context(owed.acme.id):
        assert payable_sums(owed.vera.actor) == [("EUR", 726_800)]
        (total,) = balance_totals(purse_sums())
    assert (total["pending_minor"], total["available_minor"]) == (686_800, 40_000)
    client = client_of(owed.vera)
    for address in (LEDGER, LEDGER + "?partner=North"):
        page = client.get(address).content.decode()
        assert ("All partners, EUR" in page, "€6,868.00" in page) == (True, True)
    assert "€7,268.00" in client.get(PAYABLE).content.decode()


def test_a_partner_is_found_by_the_beginning_of_its_name_or_its_code(owed: Cast) -> None:
    with tenant_context(owed.acme.id):
        code = owed.northwind.code
    client = client_of(owed.vera)
    for address in (LEDGER, PAYABLE):
        assert rows_of(client.get(address + "?partner=north").content.decode()) == ["Northwind"]
        assert rows_of(client.get(f"{address}?partner={code}").content.decode()) == ["Northwind"]
        nobody = client.get(address + "?partner=nobody").content.decode()
        assert (rows_of(nobody), "No partner passes this filter" in nobody) == ([], True)
    assert "€900.00" in client.get(PAYABLE + "?partner=north").content.decode()


def test_a_channel_manager_pages_and_sums_the_own_portfolio_alone(owed: Cast) -> None:
    with tenant_context(owed.acme.id):
        Partner.objects.filter(code="A07").update(manager_id=owed.nina.actor.id)
        mine = set(Partner.objects.filter(manager_id=owed.nina.actor.id).values_list("name", flat=True))
    page = client_of(owed.nina).get(PAYABLE).content.decode()
    assert set(rows_of(page)) <= mine
    assert "Ally 07" in rows_of(page)
    assert "Ally 08" not in page


def test_neither_page_asks_more_often_for_more_partners(cast: Cast, owed: Cast) -> None:
    client = client_of(owed.vera)
    counts: dict[str, set[int]] = {LEDGER: set(), PAYABLE: set()}
    for search in ("?partner=north", "?partner=ally"):
        for address, found in counts.items():
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address + search).status_code == 200
            found.add(len(asked))
    assert [len(found) for found in counts.values()] == [1, 1]


def journal(person: Person, query: str = "") -> list[dict[str, str]]:
    answer: Any = client_of(person).get(JOURNAL + query)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_journals_file_holds_every_transfer_once_in_order_however_many(cast: Cast) -> None:
    many = 2 * ROWS_AT_ONCE + 1
    book(cast, *(Posting(Kind.ACCRUAL, cast.northwind.id, "EUR", 1 + n, leg=str(n)) for n in range(many)))
    rows = journal(cast.vera)
    with tenant_context(cast.acme.id):
        posted = [
            str(id_) for id_ in Transfer.objects.order_by("recorded_at", "id").values_list("id", flat=True)
        ]
    assert len(rows) == many
    assert [row["transfer"] for row in rows] == posted
    assert sum(round(float(row["amount"]) * 100) for row in rows) == many * (many + 1) // 2


def test_the_journals_file_says_what_the_filter_left_and_its_header_when_nothing(cast: Cast) -> None:
    book(cast, owe(cast.northwind.id, 12_345), owe(cast.southwind.id, 100))
    (row,) = journal(cast.vera, f"?partner={cast.northwind.id}")
    told = [row[name] for name in ("kind", "partner", "debit", "credit", "amount", "currency")]
    assert told == ["accrual", cast.northwind.code, "expense", "payable_pending", "123.45", "EUR"]
    assert journal(cast.vera, "?kind=return") == []


def test_every_account_that_can_be_numbered_is_moved_by_some_kind_of_transfer() -> None:
    moved = {code for route in ROUTES.values() for code in (route.debit, route.credit)}
    assert moved == set(AccountCode.values)
