"""Rows of JSON as lines: each kind of mistake has its own code and place, and touches no other row."""

import json
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.sales.rows import LENGTHS, ReadRow, SaleRow, _plain_line, read_line, read_row
from partners.sales.rules import Share
from tests.support.sales import row


def read(**changes: Any) -> Any:
    return read_row(json.dumps(row("A-1") | changes).encode())


def test_a_full_row_is_read_exactly() -> None:
    found = read(
        amount="1234.50",
        quantity="2.5",
        cost="0.10",
        customer="ROAD",
        order_number="SO-1",
        splits=[{"partner": "NW", "percent": "75"}, {"partner": "SW", "percent": "25"}],
    )
    assert found.faults == ()
    line = found.line
    assert (line.amount_minor, line.cost_minor, line.quantity) == (123450, 10, Decimal("2.5"))
    assert (line.occurred_on, line.customer, line.order_number) == (date(2026, 3, 10), "ROAD", "SO-1")
    assert line.splits == (Share("NW", Decimal(75)), Share("SW", Decimal(25)))


def test_what_may_be_left_out_is_empty() -> None:
    content = {key: value for key, value in row("A-1").items() if key != "partner"}
    line = read_row(json.dumps(content).encode()).line
    assert line is not None
    told: tuple[object, ...] = (line.kind, line.partner, line.quantity, line.cost_minor, line.splits)
    assert told == (
        "sale",
        None,
        1,
        None,
        (),
    )


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"source": ""}, "source", "required"),
        ({"external_id": " A"}, "external_id", "code_format"),
        ({"external_id": "a\x00b"}, "external_id", "code_format"),
        ({"external_id": "x" * 121}, "external_id", "max_length"),
        ({"external_id": 7}, "external_id", "text_type"),
        ({"kind": "gift"}, "kind", "choice_unknown"),
        ({"kind": "sale", "refunds": "S"}, "refunds", "refunds_on_sale"),
        ({"occurred_on": "10.03.2026"}, "occurred_on", "day_format"),
        ({"occurred_on": "2026-02-30"}, "occurred_on", "day_format"),
        ({"occurred_on": "1830-01-01"}, "occurred_on", "day_range"),
        ({"occurred_on": 20260310}, "occurred_on", "day_format"),
        ({"invoiced_on": "31.03.2026"}, "invoiced_on", "day_format"),
        ({"invoiced_on": "1830-01-01"}, "invoiced_on", "day_range"),
        ({"invoiced_on": 20260331}, "invoiced_on", "day_format"),
        ({"subscription": "x" * 121}, "subscription", "max_length"),
        ({"subscription": 7}, "subscription", "text_type"),
        ({"product": ""}, "product", "required"),
        ({"quantity": "-1"}, "quantity", "quantity_format"),
        ({"quantity": "1.0000001"}, "quantity", "quantity_format"),
        ({"quantity": 1}, "quantity", "text_type"),
        ({"amount": 12.5}, "amount", "amount_type"),
        ({"amount": "12,50"}, "amount", "amount_format"),
        ({"amount": "-1.00"}, "amount", "amount_negative"),
        ({"amount": "1.001"}, "amount", "amount_precision"),
        ({"amount": "1.5", "currency": "JPY"}, "amount", "amount_precision"),
        ({"amount": "1.0005", "currency": "KWD"}, "amount", "amount_precision"),
        ({"amount": "99999999999999999999"}, "amount", "amount_range"),
        ({"cost": "0.001"}, "cost", "amount_precision"),
        ({"currency": "eur"}, "currency", "currency_unknown"),
        ({"currency": "XXX"}, "currency", "currency_unknown"),
        ({"colour": "red"}, "colour", "unknown_field"),
        ({"a/b": 1}, "a~1b", "unknown_field"),
        ({"splits": {}}, "splits", "list_type"),
        ({"splits": ["NW"]}, "splits/0", "row_type"),
        ({"splits": [{"percent": "100"}]}, "splits/0/partner", "required"),
        ({"splits": [{"partner": "NW", "percent": 100}]}, "splits/0/percent", "split_percent_format"),
        ({"splits": [{"partner": "NW", "percent": "100%"}]}, "splits/0/percent", "split_percent_format"),
        ({"splits": [{"partner": "NW", "parts": 1.5}]}, "splits/0/parts", "split_parts_format"),
        ({"splits": [{"partner": "NW", "parts": -1}]}, "splits/0/parts", "split_parts_format"),
        ({"splits": [{"partner": "NW", "percent": "60"}]}, "splits", "split_percent_total"),
        ({"splits": [{"partner": "NW", "parts": 1, "note": ""}]}, "splits/0/note", "unknown_field"),
    ],
)
def test_each_mistake_is_named_at_its_field(changes: dict[str, Any], field: str, code: str) -> None:
    found = read(**changes)
    assert found.line is None
    assert [(fault.field, fault.code) for fault in found.faults] == [(field, code)]


def test_every_mistake_of_a_row_is_named() -> None:
    found = read(amount="x", occurred_on="yesterday", kind="gift")
    assert {fault.field for fault in found.faults} == {"amount", "occurred_on", "kind"}
    found = read(amount=1, occurred_on=2, product=None)
    assert {fault.field for fault in found.faults} == {"amount", "occurred_on", "product"}


@pytest.mark.parametrize(
    ("raw", "code"), [(b"[]", "row_type"), (b'"x"', "row_type"), (b'{"a":', "malformed_json")]
)
def test_what_is_no_object_is_one_bad_row(raw: bytes, code: str) -> None:
    assert [fault.code for fault in read_row(raw).faults] == [code]


def test_ids_keep_their_bytes_and_letters_meet_in_one_form() -> None:
    composed = "Ёлка-й"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed
    assert read(external_id=decomposed).line.external_id == composed
    assert read(external_id="Ab").line.external_id == "Ab"


def test_currencies_have_their_own_places() -> None:
    assert read(amount="1234567", currency="JPY").line.amount_minor == 1234567
    assert read(amount="1000.125", currency="KWD").line.amount_minor == 1000125


def mostly(good: list[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 11).flatmap(lambda chance: st.sampled_from(good) if chance else odd)


def codes(field: str, *good: Any) -> st.SearchStrategy[Any]:
    longest = LENGTHS[field]
    odd = ["", " ", " A", "A ", "A\tB", "A\nB", "A\\B", "Ё", "é", "\x7f", "x" * longest, "x" * (longest + 1)]
    return mostly(["A-1", "a b", "~", *good], st.sampled_from(odd) | st.text(max_size=4))


def numbers(*odd: Any) -> st.SearchStrategy[Any]:
    told = st.sampled_from(["-1", "1e3", "1,5", "01", "12.345", *odd])
    return mostly(["0", "1", "12.5", "1234567.8"], told | st.text("0123456789.", max_size=17))


@given(
    st.builds(
        SaleRow,
        source=codes("source"),
        external_id=codes("external_id"),
        occurred_on=mostly(
            ["2026-03-10"], st.sampled_from(["1899-12-31", "2201-01-01", "2026-02-30", "10.03.2026"])
        ),
        product=codes("product"),
        amount=numbers(),
        currency=mostly(["EUR", "EUR", "JPY", "KWD"], st.sampled_from(["eur", "XXX", ""])),
        kind=mostly(["sale", "sale", "refund"], st.just("gift")),
        order_number=codes("order_number"),
        partner=codes("partner", None),
        quantity=numbers("0.0000001", "1234567890123"),
        cost=numbers(None),
        customer=codes("customer", None),
        refunds=mostly([None, None, None, "S-1"], codes("refunds")),
        subscription=codes("subscription", None),
        invoiced_on=mostly([None, "2026-03-11"], st.sampled_from(["1899-12-31", "soon", ""])),
    )
)
def test_the_quick_way_says_what_the_careful_one_says(told: SaleRow) -> None:
    quick = _plain_line(told)
    if quick is not None:
        assert read_line(told) == ReadRow(told.source, told.external_id, quick)


def test_an_ordinary_row_goes_the_quick_way() -> None:
    assert _plain_line(SaleRow(**row("A-1"))) is not None
