"""Recording sales: what is created, amended, left alone and refused, and what is kept of what stood before."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from partners.sales import actions, ingest
from partners.sales.actions import SaleVoided, void_sale
from partners.sales.batches import RefusedRow
from partners.sales.models import SaleLine, SaleLineRevision, SaleSplit
from partners.sales.rules import Fault
from prm.audit.models import AuditRecord
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.sales import effects, line, record, sold, stock

LATER = NOW + timedelta(hours=1)
HALVES = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]


@pytest.fixture
def acme(cast: Cast) -> Any:
    """Inside Acme, with products and a customer."""
    stock(cast)
    with tenant_context(cast.acme.id):
        yield cast


def test_a_new_line_is_written_as_it_was_told(acme: Cast) -> None:
    told = line("A-1", "1234.50", quantity="2.5", cost="1000.00", customer="ROAD", order_number="SO-1")
    result = record(acme.system, [told])
    stands = sold("A-1")
    assert effects(result) == ["created"]
    assert (result.outcomes[0].id, result.outcomes[0].revision) == (stands.id, 1)
    assert (stands.source, stands.kind, stands.occurred_on) == ("erp", "sale", date(2026, 3, 10))
    assert (stands.amount_minor, stands.cost_minor, stands.currency) == (123450, 100000, "EUR")
    assert (stands.quantity, stands.order_number) == (Decimal("2.5"), "SO-1")
    assert stands.partner == acme.northwind
    assert stands.customer is not None
    assert (stands.product.code, stands.customer.code) == ("BIKE", "ROAD")
    assert (stands.recorded_at, stands.first_recorded_at, stands.voided) == (NOW, NOW, False)


def test_without_a_partner_it_is_a_direct_sale(acme: Cast) -> None:
    record(acme.system, [line("A-1", partner=None), line("A-2", partner="")])
    assert [sold(name).partner_id for name in ("A-1", "A-2")] == [None, None]


def test_the_same_lines_again_change_nothing(acme: Cast) -> None:
    lines = [
        line("A-1"),
        line("A-2", splits=HALVES),
        line("A-3", kind="refund", refunds="A-1", amount="10.00"),
    ]
    first = record(acme.system, lines)
    before = list(SaleLine.objects.order_by("external_id").values())
    shares = list(SaleSplit.objects.order_by("id").values())
    again = record(acme.system, lines, at=LATER)
    assert effects(again) == ["unchanged", "unchanged", "unchanged"]
    assert [o.id for o in again.outcomes] == [o.id for o in first.outcomes]
    assert list(SaleLine.objects.order_by("external_id").values()) == before
    assert list(SaleSplit.objects.order_by("id").values()) == shares
    assert SaleLineRevision.objects.count() == 0
    assert Event.objects.filter(name="sales.recorded").count() == 1
    assert AuditRecord.objects.filter(action="sales.recorded").count() == 1


def test_an_amended_line_keeps_what_it_said(acme: Cast) -> None:
    record(acme.system, [line("A-1", splits=HALVES)])
    result = record(acme.system, [line("A-1", "90.00", partner="SW", occurred_on="2026-04-01")], at=LATER)
    assert (effects(result), result.outcomes[0].revision) == (["updated"], 2)
    stands, was = sold("A-1"), SaleLineRevision.objects.get()
    assert (stands.amount_minor, stands.partner_id, stands.revision) == (9000, acme.southwind.id, 2)
    assert (stands.recorded_at, stands.first_recorded_at) == (LATER, NOW)
    assert (was.line_id, was.revision, was.amount_minor, was.partner_id) == (
        stands.id,
        1,
        10000,
        acme.northwind.id,
    )
    assert (was.occurred_on, was.recorded_at, len(was.splits)) == (date(2026, 3, 10), NOW, 2)
    assert SaleSplit.objects.count() == 0


def test_new_lines_among_standing_ones_have_their_own_places(acme: Cast) -> None:
    record(acme.system, [line("A-1"), line("A-2")])
    lines = [line("A-3", splits=HALVES), line("A-2", "90.00"), line("A-0"), line("A-1")]
    result = record(acme.system, lines, at=LATER)
    assert effects(result) == ["created", "updated", "created", "unchanged"]
    named = [(told.external_id, outcome.id) for told, outcome in zip(lines, result.outcomes, strict=True)]
    assert sorted(named) == sorted(SaleLine.objects.values_list("external_id", "id"))
    assert {share.line_id for share in SaleSplit.objects.all()} == {result.outcomes[0].id}
    assert SaleLineRevision.objects.get().line_id == result.outcomes[1].id


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "100.01"},
        {"currency": "USD"},
        {"quantity": "2"},
        {"cost": "1.00"},
        {"order_number": "SO-2"},
        {"product": "HELMET"},
        {"customer": "ROAD"},
        {"partner": None},
        {"occurred_on": "2026-03-11"},
        {"kind": "refund"},
        {"subscription": "SUB-1"},
        {"invoiced_on": "2026-03-31"},
        {"splits": [{"partner": "NW", "parts": 1}]},
    ],
)
def test_any_difference_makes_a_revision(acme: Cast, change: dict[str, Any]) -> None:
    record(acme.system, [line("A-1")])
    result = record(acme.system, [line("A-1", **change)], at=LATER)
    assert effects(result) == ["updated"]
    assert SaleLineRevision.objects.get().amount_minor == 10000


def test_a_split_divides_by_largest_remainder(acme: Cast) -> None:
    thirds = [{"partner": code, "parts": 1} for code in ("SW", "NW")]
    record(acme.system, [line("A-1", "99.99", cost="0.03", splits=thirds)])
    shares = {share.partner.code: share for share in SaleSplit.objects.select_related("partner")}
    assert {code: (share.amount_minor, share.cost_minor) for code, share in shares.items()} == {
        "NW": (5000, 2),
        "SW": (4999, 1),
    }
    assert (shares["NW"].occurred_on, shares["NW"].currency) == (date(2026, 3, 10), "EUR")


def test_the_spelling_of_a_split_makes_no_difference(acme: Cast) -> None:
    record(acme.system, [line("A-1", splits=HALVES)])
    other = [{"partner": "SW", "percent": "50.00"}, {"partner": "NW", "percent": "50.0"}]
    assert effects(record(acme.system, [line("A-1", splits=other)], at=LATER)) == ["unchanged"]


def test_an_amended_amount_is_divided_anew(acme: Cast) -> None:
    record(acme.system, [line("A-1", "100.00", splits=HALVES)])
    record(acme.system, [line("A-1", "50.00", splits=HALVES)], at=LATER)
    assert list(SaleSplit.objects.values_list("amount_minor", flat=True)) == [2500, 2500]
    assert len(SaleLineRevision.objects.get().splits) == 2


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"product": "NONE"}, "unknown_product", "product"),
        ({"partner": "NONE"}, "unknown_partner", "partner"),
        ({"customer": "NONE"}, "unknown_customer", "customer"),
        ({"product": "STAR"}, "unknown_product", "product"),
        ({"partner": "ZE"}, "unknown_partner", "partner"),
        ({"splits": [{"partner": "NONE", "parts": 1}]}, "unknown_partner", "splits/0/partner"),
    ],
)
def test_what_is_not_known_is_refused_by_name(acme: Cast, change: Any, code: str, field: str) -> None:
    result = record(acme.system, [line("A-1", **change), line("A-2")])
    assert effects(result) == [code, "created"]
    assert result.outcomes[0].faults[0].field == field
    assert list(SaleLine.objects.values_list("external_id", flat=True)) == ["A-2"]


def test_the_same_id_twice_refuses_both(acme: Cast) -> None:
    rows = [
        line("A-1"),
        line("A-2"),
        line("A-1", "5.00"),
        RefusedRow(3, "erp", "A-2", (Fault("amount", "x"),)),
    ]
    result = record(acme.system, rows)  # type: ignore[arg-type]
    assert [[fault.code for fault in outcome.faults] for outcome in result.outcomes] == [
        ["duplicate_in_batch"],
        ["duplicate_in_batch"],
        ["duplicate_in_batch"],
        ["x", "duplicate_in_batch"],
    ]
    assert SaleLine.objects.count() == 0


def test_ids_of_two_sources_are_two_lines(acme: Cast) -> None:
    assert (
        effects(record(acme.system, [line("A-1"), line("A-1", source="shop"), line("a-1")]))
        == ["created"] * 3
    )


def test_atomic_writes_all_or_none(acme: Cast) -> None:
    refused = record(acme.system, [line("A-1"), line("A-2", product="NONE")], mode="atomic")
    assert effects(refused) == ["not_applied", "unknown_product"]
    assert SaleLine.objects.count() == 0
    assert effects(record(acme.system, [line("A-1"), line("A-2")], mode="atomic")) == ["created", "created"]


def refund(name: str, amount: str, of: str = "A-1", **more: Any) -> Any:
    return line(name, amount, kind="refund", refunds=of, **more)


def test_a_refund_is_tied_to_its_sale_in_the_same_batch_and_later(acme: Cast) -> None:
    record(acme.system, [refund("R-1", "10.00"), line("A-1")])
    record(acme.system, [refund("R-2", "10.00")], at=LATER)
    assert [sold(name).refunded_line_id for name in ("R-1", "R-2")] == [sold("A-1").id] * 2


def test_a_refund_before_its_sale_waits(acme: Cast) -> None:
    assert effects(record(acme.system, [refund("R-1", "10.00")])) == ["created"]
    assert sold("R-1").refunded_line_id is None
    record(acme.system, [line("B-1"), line("A-1", source="shop"), line("A-1", currency="USD")], at=LATER)
    assert sold("R-1").refunded_line_id is None
    record(acme.system, [line("A-1")], at=LATER)
    stands = SaleLine.objects.get(source="erp", external_id="A-1")
    assert sold("R-1").refunded_line_id == stands.id


def test_a_refund_above_its_sale_is_refused(acme: Cast) -> None:
    record(acme.system, [line("A-1"), refund("R-1", "60.00")])
    result = record(acme.system, [refund("R-2", "40.01"), refund("R-3", "40.00")], at=LATER)
    assert effects(result) == ["over_refunded", "created"]
    assert result.outcomes[0].faults[0] == Fault(
        "amount", "over_refunded", {"left_minor": 4000, "currency": "EUR"}
    )
    assert effects(record(acme.system, [refund("R-1", "60.00")], at=LATER)) == ["unchanged"]
    assert effects(record(acme.system, [refund("R-1", "60.01")], at=LATER)) == ["over_refunded"]
    assert (
        effects(record(acme.system, [refund("R-1", "20.00"), refund("R-3", "80.00")], at=LATER))
        == ["updated"] * 2
    )


def test_waiting_refunds_count_when_their_sale_comes(acme: Cast) -> None:
    record(acme.system, [refund("R-1", "60.00")])
    assert effects(record(acme.system, [line("A-1"), refund("R-2", "60.00")], at=LATER)) == [
        "created",
        "over_refunded",
    ]


def test_a_refund_in_another_currency_is_refused(acme: Cast) -> None:
    record(acme.system, [line("A-1")])
    result = record(acme.system, [refund("R-1", "1.00", currency="USD")])
    assert (effects(result), result.outcomes[0].faults[0].field) == (["refund_currency"], "currency")


def test_a_refund_of_a_refused_sale_waits(acme: Cast) -> None:
    result = record(acme.system, [line("A-1", product="NONE"), refund("R-1", "500.00")])
    assert effects(result) == ["unknown_product", "created"]
    assert sold("R-1").refunded_line_id is None


def test_one_event_tells_the_span_of_days(acme: Cast) -> None:
    record(acme.system, [line("A-1", occurred_on="2026-01-31"), line("A-2", occurred_on="2026-03-01")])
    record(
        acme.system, [line("A-2", occurred_on="2026-02-01"), line("A-1", occurred_on="2026-01-31")], at=LATER
    )
    first, second = Event.objects.filter(name="sales.recorded").order_by("id")
    assert (first.payload["from_on"], first.payload["to_on"], first.payload["line_count"]) == (
        "2026-01-31",
        "2026-03-01",
        2,
    )
    assert (second.payload["from_on"], second.payload["to_on"], second.payload["line_count"]) == (
        "2026-02-01",
        "2026-03-01",
        1,
    )


def test_a_voided_line_counts_for_nothing_and_comes_back_when_sent_again(acme: Cast) -> None:
    record(acme.system, [line("A-1", splits=HALVES)])
    void_sale(actor=acme.vera.actor, line=sold("A-1"), reason="sent by mistake", at=LATER)
    assert (sold("A-1").voided, sold("A-1").revision, sold("A-1").recorded_at) == (True, 2, LATER)
    assert set(SaleSplit.objects.values_list("voided", flat=True)) == {True}
    entry = AuditRecord.objects.get(action="sale.voided")
    assert (entry.reason, entry.subject_id) == ("sent by mistake", sold("A-1").id)
    with pytest.raises(SaleVoided):
        void_sale(actor=acme.vera.actor, line=sold("A-1"), reason="again", at=LATER)
    assert effects(record(acme.system, [line("A-1", splits=HALVES)], at=LATER)) == ["updated"]
    assert (sold("A-1").voided, sold("A-1").revision) == (False, 3)
    assert set(SaleSplit.objects.values_list("voided", flat=True)) == {False}


def test_text_that_copy_would_take_for_something_else(acme: Cast) -> None:
    odd = [line(name, order_number=name) for name in ("\\N", "a\\tb", "c\\\\d", "\\.", "Ёлка «№1»", "\\n")]
    assert effects(record(acme.system, odd)) == ["created"] * len(odd)
    assert sorted(SaleLine.objects.values_list("external_id", "order_number")) == sorted(
        (told.external_id, told.external_id) for told in odd
    )


def test_lines_stay_in_their_tenant(acme: Cast) -> None:
    record(acme.system, [line("A-1")])
    assert SaleLine.objects.count() == 1


def test_another_tenant_has_its_own_lines(cast: Cast) -> None:
    stock(cast)
    with tenant_context(cast.acme.id):
        record(cast.system, [line("A-1")])
    with tenant_context(cast.zenith.id):
        told = line("A-1", partner="ZE", product="STAR")
        assert effects(record(cast.zed.actor, [told])) == ["created"]
        assert SaleLine.objects.count() == 1
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.southwind.id]):
        assert SaleLine.objects.count() == 0
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        assert SaleLine.objects.count() == 1


def _rows_the_planner_expects() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'partners_saleline'")
        return int(cursor.fetchone()[0])


def test_the_planner_learns_of_a_large_load_at_once(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LARGE_LOAD", 3)
    monkeypatch.setattr(ingest, "HANDFUL", 1)
    before = _rows_the_planner_expects()
    record(acme.system, [line("A-1"), line("A-2")])
    assert _rows_the_planner_expects() == before
    record(acme.system, [line("B-1"), line("B-2"), line("B-3")])
    assert _rows_the_planner_expects() == SaleLine.objects.count() == 5
    record(acme.system, [line("C-1"), line("C-2"), line("C-3")])
    assert _rows_the_planner_expects() == 5  # it expects as many as were sent
