"""Splits as they are accepted, and credits that total the line."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from incentives.plans.credits import SplitInvalid, credits_of, read_split
from incentives.plans.facts import SplitShare
from tests.support.plan_facts import PARTNERS, day, refund, sale

KNOWN = {partner.id: partner for partner in PARTNERS}


def share(partner: str, **weight: Any) -> dict[str, Any]:
    return {"partner_id": partner} | weight


def test_reads_percents_and_parts() -> None:
    assert read_split([share("p1", percent="33.333333"), share("p2", percent="66.666667")]) == (
        SplitShare("p1", percent=Decimal("33.333333")),
        SplitShare("p2", percent=Decimal("66.666667")),
    )
    assert read_split([share("p1", parts=1), share("p2", parts=0)]) == (
        SplitShare("p1", parts=1),
        SplitShare("p2", parts=0),
    )


@pytest.mark.parametrize(
    ("rows", "pointer", "code"),
    [
        ([], "", "split_empty"),
        ([share("p1", percent="60"), share("p2", percent="30")], "", "split_percent_total"),
        ([share("p1", percent="100.000001")], "", "split_percent_total"),
        ([share("p1", percent=100)], "/0/percent", "split_percent_format"),
        ([share("p1", percent="-100")], "/0/percent", "split_percent_format"),
        ([share("p1", percent="50"), share("p2", parts=1)], "/1", "split_mixed"),
        ([share("p1", percent="50", parts=1)], "/0", "split_mixed"),
        ([share("p1")], "/0", "split_mixed"),
        ([share("p1", parts=1), share("p2", parts=1.5)], "/1/parts", "split_parts_format"),
        ([share("p1", parts=True)], "/0/parts", "split_parts_format"),
        ([share("p1", parts=0)], "", "split_empty"),
        ([share("p1", parts=1), share("p1", parts=1)], "/1/partner_id", "split_partner_twice"),
        ([share(f"p{number}", parts=1) for number in range(21)], "", "split_too_many"),
    ],
)
def test_refused(rows: list[dict[str, Any]], pointer: str, code: str) -> None:
    with pytest.raises(SplitInvalid) as caught:
        read_split(rows)
    assert (caught.value.pointer, caught.value.code) == (pointer, code)
    assert str(caught.value)


def test_cost_divides_like_the_base_and_zero_weight_gets_nothing() -> None:
    split = [SplitShare("p2", parts=1), SplitShare("p3", parts=0), SplitShare("p1", parts=1)]
    credits = credits_of(sale("a", day(1), "0.01", cost="0.03", split=split), KNOWN)
    assert [(credit.partner.id, credit.base_minor, credit.cost_minor) for credit in credits] == [
        ("p1", 1, 2),
        ("p2", 0, 1),
    ]


def test_credit_note_is_negative_throughout() -> None:
    (credit,) = credits_of(refund("r", day(1), "5", cost="3", quantity=Decimal(2)), KNOWN)
    assert (credit.direction, credit.base_minor, credit.cost_minor, credit.quantity) == (
        -1,
        -500,
        -300,
        Fraction(-2),
    )


def test_direct_sales_and_linked_refunds_have_no_credit() -> None:
    assert credits_of(sale("a", day(1), "5", None), KNOWN) == ()
    assert credits_of(refund("r", day(1), "5", of="a"), KNOWN) == ()
