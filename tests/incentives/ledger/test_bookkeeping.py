"""The ledger for the vendor's own books: numbers of accounts, turnovers that are even, rows for 1C."""

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from python_calamine import CalamineWorkbook

from incentives.ledger import bookkeeping
from incentives.ledger.models import OuterAccount, Transfer
from incentives.ledger.rules import Kind
from partners.directory.models import Partner
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import close_month, exported_payout, give_account
from tests.support.rows import nothing_written_in

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 1)
PAGE = "/acme/m/ledger/accounts/"


@pytest.fixture
def paid(cast: Cast) -> Cast:
    """Northwind earned 100.00 in January, which is closed, and was sent it in December."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 100_000)
        Partner.objects.filter(id=cast.northwind.id).update(name="=Northwind")
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    exported_payout(cast, JANUARY)
    return cast


def number_all(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        bookkeeping.number_accounts(actor=cast.felix.actor, numbers=bookkeeping.EXAMPLES, at=NOW)


def test_a_month_is_handed_over_with_all_accounts_numbered_or_not_at_all(paid: Cast) -> None:
    with tenant_context(paid.acme.id):
        bookkeeping.number_accounts(actor=paid.felix.actor, numbers={"expense": "44"}, at=NOW)
        assert bookkeeping.unnumbered(JANUARY) == ["payable_pending", "payable_available"]
        with pytest.raises(bookkeeping.AccountsUnnumbered):
            bookkeeping.month_of(JANUARY)
    client = client_of(paid.otto)
    assert "Payable, pending, Payable, available" in client.get(f"{PAGE}?period=2026-01-01").content.decode()
    assert client.get(f"{PAGE}csv/?period=2026-01-01").status_code == 302


def test_turnovers_are_even_and_inner_moves_are_left_out(paid: Cast) -> None:
    number_all(paid)
    with tenant_context(paid.acme.id):
        month = bookkeeping.month_of(JANUARY)
        assert [(row.number, row.debit_minor, row.credit_minor) for row in month.turnovers] == [
            ("44.01", 10_000, 0),
            ("76.05", 0, 10_000),
        ]
        assert [row.difference_minor for row in month.totals] == [0]
        assert (month.row_count, month.inner_count) == (1, 1)  # what became free stays in 76.05
        kinds = set(Transfer.objects.values_list("kind", flat=True))
        assert {kind for kind in kinds if Kind(kind)} == {"accrual", "maturity", "reserve"}


def test_the_rows_of_1c_are_typed_and_no_name_is_a_formula(paid: Cast) -> None:
    number_all(paid)
    client = client_of(paid.felix)
    table = client.get(f"{PAGE}csv/?period=2026-01-01").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table), delimiter=";")
    assert (row["СчетДт"], row["СчетКт"], row["Сумма"], row["Валюта"]) == ("44.01", "76.05", "100,00", "EUR")
    assert row["СубконтоКт"] == "'=Northwind (NW)"
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}xlsx/?period=2026-01-01").content))
    head, line = book.get_sheet_by_index(0).to_python()
    assert tuple(head) == bookkeeping.HEADER
    assert isinstance(line[0], date)
    assert (line[3], line[7]) == ("=Northwind (NW)", 100.0)
    assert client.get(f"{PAGE}exe/").status_code == 404


def test_the_page_shows_the_control_and_takes_numbers(paid: Cast) -> None:
    client = client_of(paid.vera)
    with nothing_written_in(paid.acme):
        assert client.post(PAGE, {"bank": "5;1"}).status_code == 422
        assert client_of(paid.otto).post(PAGE, {"bank": "51"}).status_code == 403
    with tenant_context(paid.acme.id), pytest.raises(PermissionDenied):
        bookkeeping.number_accounts(actor=paid.otto.actor, numbers={"bank": "51"}, at=NOW)
    assert client.post(PAGE, bookkeeping.EXAMPLES).status_code == 302
    page = client.get(f"{PAGE}?period=2026-01-01").content.decode()
    assert "Debit less credit, EUR: €0.00 (must be zero)" in page
    assert client.post(PAGE, {**bookkeeping.EXAMPLES, "bank": ""}).status_code == 302
    with tenant_context(paid.acme.id):
        assert "bank" not in set(OuterAccount.objects.values_list("code", flat=True))
