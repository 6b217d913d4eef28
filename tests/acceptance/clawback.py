"""S4, the clawback chain, through the public door: paid, taken back, carried forward, paid again.

Promise: what is earned is read from the entries of the API, what is paid from its payout runs. Called by the acceptance
command and its test."""

from collections.abc import Iterator, Mapping
from datetime import date

from prm.kit.periods import Period
from tests.acceptance.cases import Number, sale
from tests.acceptance.door import Door
from tests.acceptance.payday import log_in, pay, paying_door
from tests.acceptance.stories import refund
from tests.support.visitor import Visitor

MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))


def clawback() -> Iterator[Number]:
    """12,000.00 at 10 % paid in March, then returned in two parts while little is earned."""
    door, finance = paying_door("case-s4", MARCH)
    log_in(door, finance)
    door.load("partners:batch", "partners", [{"code": "B", "name": "Partner B"}])
    rate = [{"id": "base", "type": "rate", "rate": "0.1"}]
    door.plan("main", rate, currency="EUR", days=(MARCH, None), minimum_payout="50.00")
    door.sell([sale("march", "2026-03-10", "12000.00", "A"), *_returned_in_thirds()])
    yield from _month(door, finance, MARCH, {"march": "1200.00"}, "1200.00", "1200.00")
    yield from _thirds(door)
    door.sell(
        [
            sale("april", "2026-04-05", "3200.00", "A"),
            refund("back", "2026-04-09", "5000.00", "march", "A"),
        ]
    )
    yield from _month(door, finance, APRIL, {"back": "-500.00", "april": "320.00"}, "-180.00", "0.00")
    rest = refund("rest", "2026-05-09", "7000.00", "march", "A")
    door.sell([sale("may", "2026-05-05", "9000.00", "A"), rest])
    yield from _month(door, finance, MAY, {"may": "900.00", "rest": "-700.00"}, "20.00", "0.00")
    door.sell([sale("june", "2026-06-05", "400.00", "A"), rest])
    yield from _month(door, finance, JUNE, {"june": "40.00"}, "60.00", "60.00")
    again = [entry["amount"] for entry in door.entries(partner="A") if entry["line_external_id"] == "rest"]
    yield Number("S4 the same credit note twice", "-700.00", ", ".join(again))


def _returned_in_thirds() -> list[dict[str, object]]:
    returns = [("third 1", "33.33"), ("third 2", "33.33"), ("third 3", "33.34")]
    return [
        sale("hundred", "2026-03-11", "100.00", "B"),
        *(
            refund(name, f"2026-03-{day}", amount, "hundred", "B")
            for day, (name, amount) in enumerate(returns, 20)
        ),
    ]


def _thirds(door: Door) -> Iterator[Number]:
    """10.00 on 100.00, returned as 33.33, 33.33 and 33.34."""
    got = {entry["line_external_id"]: entry["amount"] for entry in door.entries(partner="B")}
    for name, amount in (
        ("hundred", "10.00"),
        ("third 1", "-3.33"),
        ("third 2", "-3.34"),
        ("third 3", "-3.33"),
    ):
        yield Number(f"S4 rounding, {name}", amount, got[name])


def _month(
    door: Door, finance: Visitor, period_on: date, earned: Mapping[str, str], balance: str, paid: str
) -> Iterator[Number]:
    """Close the month and make its payout run: what each line earned in it, and what the run says of A."""
    door.settle(period_on)
    month = Period.of(period_on)
    entries = door.entries(partner="A", period_on=period_on.isoformat())
    got = {entry["line_external_id"]: entry["amount"] for entry in entries}
    for name, amount in earned.items():
        yield Number(f"S4 {month}, {name}", amount, got[name])
    yield Number(f"S4 {month}, entries", str(len(earned)), str(len(entries)))
    _run, item = pay(door, finance, period_on)
    yield Number(f"S4 {month}, balance", balance, item["gross"])
    yield Number(f"S4 {month}, paid", paid, item["amount"] if item["state"] == "sent" else "0.00")
