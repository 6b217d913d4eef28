"""Payments of sales: the batch door, what is refused, amending, voiding, files, what each side sees."""

from datetime import timedelta
from typing import Any

import pytest

from partners.sales.actions import ImportInUse, void_sale
from partners.sales.models import SalePayment, SalePaymentRevision
from partners.sales.payment_importing import PAYMENTS, apply_rows, undo
from partners.sales.payment_queries import paid_part_of
from partners.sales.payment_rows import PaymentRow, read_told
from partners.sales.payments import record_payments, void_payment_import
from partners.sales.rules import PaymentInput
from prm.audit.models import AuditRecord
from prm.imports.kinds import ImportScope, ParsedRow
from prm.kit.ids import uuid7
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.sales import effects, line, record, sold, stock

HALVES = [{"partner": "SW", "percent": "50"}, {"partner": "NW", "percent": "50"}]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """A-1 of 100.00 by Northwind, of which 20.00 came back; S-1 by Southwind; X-1 by Southwind for both."""
    stock(cast)
    with tenant_context(cast.acme.id):
        lines = [
            line("A-1", "100.00", order_number="SO-1"),
            line("R-1", "20.00", kind="refund", refunds="A-1", occurred_on="2026-03-20"),
            line("S-1", "50.00", partner="SW"),
            line("X-1", "60.00", partner="SW", splits=HALVES),
        ]
        record(cast.system, lines)
    return cast


@pytest.fixture
def erp(acme: Cast) -> Machine:
    return Machine(make_key(acme.acme, "sales:read", "sales:write"))


def row(external_id: str = "P-1", amount: str = "40.00", **fields: Any) -> dict[str, Any]:
    told = {"source": "erp", "external_id": external_id, "sale": "A-1", "paid_on": "2026-03-15"}
    return {**told, "amount": amount, "currency": "EUR", **fields}


def payment(external_id: str = "P-1", amount: str = "40.00", **fields: Any) -> PaymentInput:
    read = read_told(PaymentRow(**row(external_id, amount, **fields)))
    assert read.payment is not None, read.faults
    return read.payment


def paid(cast: Cast, external_id: str = "A-1") -> tuple[int, int]:
    with tenant_context(cast.acme.id):
        part = paid_part_of(sold(external_id))
    return part.paid_minor, part.due_minor


def kept(cast: Cast) -> list[tuple[str, int, int, bool]]:
    with tenant_context(cast.acme.id):
        rows = SalePayment.objects.order_by("external_id")
        return list(rows.values_list("external_id", "revision", "amount_minor", "voided"))


def test_a_batch_is_taken_once_amended_where_it_differs_and_told_once(acme: Cast, erp: Machine) -> None:
    rows = [row("P-1", "40.00"), row("P-2", "40.00", paid_on="2026-03-16")]
    first = erp.post("sale-payments:batch", {"rows": rows})
    assert (first.status_code, [line["effect"] for line in first.json()["results"]]) == (200, ["created"] * 2)
    again = erp.post("sale-payments:batch", rows).json()
    assert again["summary"]["unchanged"] == 2
    with tenant_context(acme.acme.id):
        assert Event.objects.filter(name="payments.recorded").count() == 1
        assert AuditRecord.objects.filter(action="payments.recorded").count() == 1
    rows[1]["amount"] = "39.99"
    amended = erp.post("sale-payments:batch", rows).json()["results"]
    assert [(line["effect"], line["version"]) for line in amended] == [("unchanged", 1), ("updated", 2)]
    with tenant_context(acme.acme.id):
        told = SalePaymentRevision.objects.get()
        assert (told.revision, told.amount_minor, told.line_id) == (1, 40_00, sold("A-1").id)
    assert paid(acme) == (79_99, 80_00)
    read = erp.get("sale-payments", sale="A-1").json()
    assert [(one["external_id"], one["amount"]) for one in read["data"]] == [
        ("P-2", "39.99"),
        ("P-1", "40.00"),
    ]
    one = erp.get(f"sale-payments/{read['data'][0]['id']}")
    assert (one.json()["sale"], one["ETag"]) == ("A-1", '"2"')


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"amount": "1.005"}, "amount", "amount_precision"),
        ({"amount": 40}, "amount", "amount_type"),
        ({"amount": "-1"}, "amount", "amount_negative"),
        ({"amount": "0"}, "amount", "payment_of_nothing"),
        ({"currency": "EURO"}, "currency", "currency_unknown"),
        ({"currency": "USD"}, "currency", "payment_currency"),
        ({"paid_on": "15.03.2026"}, "paid_on", "day_format"),
        ({"paid_on": "2036-03-15"}, "paid_on", "paid_in_future"),
        ({"sale": "A-9"}, "sale", "payment_unknown_sale"),
        ({"sale": "A-1", "source": "shop"}, "sale", "payment_unknown_sale"),
        ({"sale": "R-1"}, "sale", "payment_not_sale"),
        ({"sale": ""}, "sale", "required"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_a_wrong_row_names_its_field_and_leaves_its_neighbours(
    acme: Cast, erp: Machine, fields: dict[str, Any], field: str, code: str
) -> None:
    answer = erp.post("sale-payments:batch", {"rows": [row("P-1"), row("P-2", **fields)]})
    assert answer.status_code == 207
    errors = answer.json()["results"][1]["problem"]["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [(f"/rows/1/{field}", code)]
    assert [each[0] for each in kept(acme)] == ["P-1"]
    refused = erp.post("sale-payments:batch", {"mode": "atomic", "rows": [row("P-3"), row("P-2", **fields)]})
    assert refused.status_code == 422
    assert [each[0] for each in kept(acme)] == ["P-1"]


def test_an_id_that_stands_twice_is_not_taken(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        rows = [payment("P-1"), payment("P-1", "10.00"), payment("P-2")]
        result = record_payments(actor=acme.system, rows=rows, mode="partial", at=NOW)
    assert effects(result) == ["duplicate_in_batch", "duplicate_in_batch", "created"]


def test_a_voided_payment_counts_for_nothing_and_comes_back_when_it_is_sent_again(
    acme: Cast, erp: Machine
) -> None:
    erp.post("sale-payments:batch", [row("P-1")])
    with tenant_context(acme.acme.id):
        address = f"sale-payments/{SalePayment.objects.get().id}/void"
    answer = erp.post(address, {"reason": "Bounced"})
    assert (answer.status_code, answer.json()["voided"], paid(acme)) == (200, True, (0, 80_00))
    twice = erp.post(address, {"reason": "Bounced"})
    assert (twice.status_code, problem_of(twice)["code"]) == (409, "payment_voided")
    assert erp.get("sale-payments").json()["data"] == []
    assert erp.post("sale-payments:batch", [row("P-1")]).json()["results"][0]["effect"] == "updated"
    assert (paid(acme), kept(acme)) == ((40_00, 80_00), [("P-1", 3, 40_00, False)])


def test_a_key_without_the_scope_writes_nothing_and_another_vendors_finds_nothing(
    acme: Cast, erp: Machine
) -> None:
    erp.post("sale-payments:batch", [row("P-1")])
    reader = Machine(make_key(acme.acme, "sales:read", name="reader"))
    assert reader.post("sale-payments:batch", [row("P-2")]).status_code == 403
    zenith = Machine(make_key(acme.zenith, "sales:read", "sales:write"))
    assert zenith.get("sale-payments").json()["data"] == []
    refused = zenith.post("sale-payments:batch", [row("P-1")]).json()["results"][0]["problem"]["errors"]
    assert [error["code"] for error in refused] == ["payment_unknown_sale"]
    assert [each[0] for each in kept(acme)] == ["P-1"]


def test_a_channel_manager_tells_payments_of_the_own_portfolio_alone(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        rows = [payment("P-1"), payment("P-2", sale="S-1"), payment("P-3", sale="X-1")]
        result = record_payments(actor=acme.nina.actor, rows=rows, mode="partial", at=NOW)
        assert effects(result) == ["created", "payment_unknown_sale", "payment_unknown_sale"]
        record_payments(actor=acme.system, rows=rows[1:], mode="atomic", at=NOW)
        moved = record_payments(actor=acme.nina.actor, rows=[payment("P-2")], mode="partial", at=LATER)
    assert effects(moved) == ["payment_outside"]


def scope(cast: Cast, at: Any = LATER) -> ImportScope:
    return ImportScope(actor=cast.vera.actor, at=at, import_id=uuid7(), source="erp")


def cells_of(told: PaymentInput) -> dict[str, Any]:
    return {
        "external_id": told.external_id, "sale": told.sale, "paid_on": told.paid_on, "amount": told.amount_minor,
        "currency": told.currency, "source": None,
    }  # fmt: skip


def test_a_file_means_what_the_door_means_and_can_be_taken_back(acme: Cast) -> None:
    """What it created is voided, what it amended says again what it said; what was amended since stays."""
    told = [
        payment("P-1", "10.00"),
        payment("P-2", "11.00"),
        payment("P-3", "12.00"),
        payment("P-4", sale="A-9"),
    ]
    with tenant_context(acme.acme.id):
        record_payments(actor=acme.system, rows=[payment("P-2", "7.00")], mode="atomic", at=NOW)
        file = scope(acme)
        results = apply_rows(file, [ParsedRow(place, cells_of(one)) for place, one in enumerate(told)])
        assert [result.effect for result in results] == ["created", "updated", "created", ""]
        assert [(error.column, error.code) for error in results[3].errors] == [
            ("sale", "payment_unknown_sale")
        ]
        record_payments(actor=acme.system, rows=[payment("P-3", "13.00")], mode="atomic", at=LATER)
        undo(file, [])
    wanted = [("P-1", 2, 10_00, True), ("P-2", 3, 7_00, False), ("P-3", 2, 13_00, False)]
    assert kept(acme) == wanted
    assert PAYMENTS.identity_of({"external_id": " P-1 ", "source": "erp"}) == ("erp", "P-1")


def test_a_channel_manager_does_not_take_back_what_is_not_the_own_portfolios(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        import_id = uuid7()
        rows = [payment("P-1"), payment("P-2", sale="S-1"), payment("P-3", sale="X-1")]
        record_payments(actor=acme.system, rows=rows, mode="atomic", at=NOW, import_batch=import_id)
        with pytest.raises(ImportInUse):
            void_payment_import(actor=acme.nina.actor, import_id=import_id, at=LATER)
    assert [each[3] for each in kept(acme)] == [False] * 3


def test_the_vendor_sees_each_payment_and_a_partner_the_paid_share_of_its_own(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        rows = [payment("P-1", "30.00"), payment("P-2", "90.00"), payment("P-3", sale="X-1", amount="20.00")]
        record_payments(actor=acme.system, rows=rows[:1], mode="atomic", at=NOW)
        line_id = sold("A-1").id
    page = client_of(acme.vera).get(f"/acme/m/sales/{line_id}/").content.decode()
    assert "P-1" in page
    assert "37.5% paid" in page
    assert "37.5% paid" in client_of(acme.paul).get("/acme/p/sales/").content.decode()
    with tenant_context(acme.acme.id):
        record_payments(actor=acme.system, rows=rows[1:], mode="atomic", at=NOW)
    page = client_of(acme.vera).get(f"/acme/m/sales/{line_id}/").content.decode()
    assert "100% paid" in page
    assert "€40.00" in page
    assert "Paid beyond that" in page
    shared = client_of(acme.paul).get("/acme/p/sales/?tab=shared").content.decode()
    assert "33.3% paid" in shared
    assert "P-3" not in shared


def test_a_sale_that_was_voided_takes_no_payment(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        void_sale(actor=acme.vera.actor, line=sold("S-1"), reason="Mistake", at=NOW)
        result = record_payments(
            actor=acme.system, rows=[payment("P-1", sale="S-1")], mode="partial", at=LATER
        )
    assert (effects(result), kept(acme)) == (["payment_unknown_sale"], [])
