"""What a split and a refund may be, decided without a database."""

from decimal import Decimal

import pytest

from partners.sales.rules import (
    Fault,
    LineInput,
    RefundedSale,
    Share,
    StandingRefund,
    refund_faults,
    split_faults,
)
from tests.support.sales import line


def percents(*weights: str) -> list[Share]:
    return [Share(f"P{place}", percent=Decimal(weight)) for place, weight in enumerate(weights)]


def parts(*weights: int) -> list[Share]:
    return [Share(f"P{place}", parts=weight) for place, weight in enumerate(weights)]


@pytest.mark.parametrize(
    "shares",
    [
        [],
        percents("100"),
        percents("75", "25"),
        percents("33.333333", "33.333333", "33.333334"),
        parts(1, 1, 1),
        parts(0, 1),
    ],
)
def test_a_good_split_has_no_faults(shares: list[Share]) -> None:
    assert split_faults(shares) == []


def test_percents_total_exactly_one_hundred() -> None:
    assert split_faults(percents("60", "30")) == [Fault("splits", "split_percent_total", {"total": "90"})]
    assert split_faults(percents("50", "50.000001"))[0].params == {"total": "100.000001"}


def test_percents_and_parts_are_never_mixed() -> None:
    mixed = [Share("A", percent=Decimal(50)), Share("B", parts=1)]
    assert split_faults(mixed) == [Fault("splits/1", "split_mixed")]
    assert split_faults([Share("A", percent=Decimal(100), parts=1)]) == [Fault("splits/0", "split_mixed")]
    assert split_faults([Share("A")]) == [Fault("splits/0", "split_mixed")]


def test_a_partner_stands_once() -> None:
    twice = [Share("A", parts=1), Share("A", parts=1)]
    assert [fault.field for fault in split_faults(twice)] == ["splits/0/partner", "splits/1/partner"]


def test_somebody_gets_something() -> None:
    assert split_faults(parts(0, 0)) == [Fault("splits", "split_empty")]
    assert split_faults(parts(*[1] * 21)) == [Fault("splits", "split_too_many", {"limit": 20})]


def refund(name: str, amount: str) -> LineInput:
    return line(name, amount, kind="refund", refunds="S")


def test_refunds_take_in_order_until_the_sale_is_used_up() -> None:
    lines = {0: refund("R1", "60.00"), 1: refund("R2", "60.00"), 2: refund("R3", "40.00")}
    found = refund_faults(lines, {("erp", "S"): RefundedSale("sale", "EUR", 10_000)}, {})
    assert found == {1: Fault("amount", "over_refunded", {"left_minor": 4_000, "currency": "EUR"})}


def test_an_amended_refund_gives_back_what_it_took() -> None:
    sales = {("erp", "S"): RefundedSale("sale", "EUR", 10_000, 6_000)}
    standing = {("erp", "R1"): StandingRefund(("erp", "S"), 6_000)}
    lines = {0: refund("R2", "80.00"), 1: refund("R1", "10.00")}
    assert refund_faults(lines, sales, standing) == {}
    assert sales["erp", "S"].refunded_minor == 9_000


def test_a_refused_amendment_keeps_what_stands() -> None:
    sales = {("erp", "S"): RefundedSale("sale", "EUR", 10_000, 6_000)}
    standing = {("erp", "R1"): StandingRefund(("erp", "S"), 6_000)}
    lines = {0: refund("R1", "200.00"), 1: refund("R2", "50.00")}
    found = refund_faults(lines, sales, standing)
    assert {place: fault.code for place, fault in found.items()} == {0: "over_refunded", 1: "over_refunded"}


def test_only_a_sale_of_the_same_currency_is_refunded() -> None:
    lines = {0: line("R", "5.00", kind="refund", refunds="S")}
    assert refund_faults(lines, {}, {}) == {}
    other = {("erp", "S"): RefundedSale("sale", "USD", 10_000)}
    assert refund_faults(lines, other, {})[0].code == "refund_currency"
    credit_note = {("erp", "S"): RefundedSale("refund", "EUR", 10_000)}
    assert refund_faults(lines, credit_note, {})[0].code == "refunded_not_sale"
    itself = {0: line("R", "5.00", kind="refund", refunds="R")}
    assert refund_faults(itself, {}, {})[0].code == "refunded_not_sale"
