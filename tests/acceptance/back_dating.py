"""S10, back-dated versions, through the public door: tried, published, corrected and taken back.

Promise: amounts are read from backtests, statements and a payout run of the API; called by the acceptance command and
its test."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from prm.kit.money import format_plain
from tests.acceptance.cases import Number, sale
from tests.acceptance.door import Door
from tests.acceptance.payday import clock_from, log_in, pay, paying_door
from tests.acceptance.stories import ALWAYS, APRIL, JANUARY, JUNE, MAY, sums
from tests.support.messages import work_off
from tests.support.visitor import Visitor

EIGHT_PERCENT = {"id": "base", "type": "rate", "rate": "0.08"}


def back_dating() -> Iterator[Number]:
    """9 % is published on 20 May from 1 April, with March and April closed and paid; then 8 % again."""
    door, finance = paying_door("case-s10", JANUARY, opened_at=_at(1, 1))
    with clock_from(_at(5, 10)):
        log_in(door, finance)
        plan = door.plan("main", [EIGHT_PERCENT], currency="EUR", days=ALWAYS)
        yield from _april(door, finance)
    with clock_from(_at(5, 19)):
        log_in(door, finance)
        draft = door.draft(plan, starts_on=APRIL, percent="9")
        yield Number("S10 backtest made on 19 May, April", "400.00", _backtest_of_april(door, draft))
    with clock_from(_at(5, 20)):
        log_in(door, finance)
        door.publish(draft)
        yield from _may_calculated(door)
    with clock_from(_at(6, 1)):
        log_in(door, finance)
        yield from _may(door)
    with clock_from(_at(7, 1)):
        log_in(door, finance)
        door.publish(door.draft(plan, starts_on=APRIL, percent="8"))
        yield from _june(door)


def _at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 9, tzinfo=UTC)


def _april(door: Door, finance: Visitor) -> Iterator[Number]:
    door.sell([sale("april", "2026-04-10", "40000.00", "A")])
    for number in (1, 2, 3, 4):
        door.settle(date(2026, number, 1))
    yield Number("S10 April", "3200.00", format_plain(sums(door, APRIL, "plan")["main",], "EUR"))
    run, item = pay(door, finance, APRIL, pays_on="2026-05-10")
    yield Number("S10 paid on", "2026-05-10", run["pays_on"])
    yield Number("S10 paid", "3200.00", item["amount"] if item["state"] == "sent" else item["state"])


def _backtest_of_april(door: Door, draft: str) -> str:
    """What the draft would add to April on its own dates."""
    april = APRIL.isoformat()
    page = door.author.submit(f"{draft}backtest/", first_on=april, last_on=april, throughout="own")
    work_off(door.tenant.id)
    backtest = page.path.rstrip("/").rpartition("/")[2]
    (total,) = door.read(f"backtests/{backtest}")["totals"]
    return str(total["difference"])


def _may_calculated(door: Door) -> Iterator[Number]:
    door.sell([sale("may", "2026-05-10", "25000.00", "A"), sale("late", "2026-03-28", "5000.00", "A")])
    yield Number("S10 entries of the May run", "3", str(door.calculate(MAY)))
    yield Number("S10 entries of the May run again", "0", str(door.calculate(MAY)))
    again, first = (run["result_hash"] for run in door.read("calculations", limit="2")["data"])
    yield Number("S10 hash of the May run again", first, again)


def _may(door: Door) -> Iterator[Number]:
    door.settle(MAY)
    got = sums(door, MAY, "sale", "belongs_to")
    for name, month, amount in (
        ("april", "2026-04", "400.00"),
        ("may", "2026-05", "2250.00"),
        ("late", "2026-03", "400.00"),
    ):
        yield Number(f"S10 May run, {name}", amount, format_plain(got[name, month], "EUR"))
    yield Number("S10 May run", "3050.00", format_plain(got.total(), "EUR"))


def _june(door: Door) -> Iterator[Number]:
    door.settle(JUNE)
    got = sums(door, JUNE, "sale", "belongs_to")
    for name, month, amount in (("april", "2026-04", "-400.00"), ("may", "2026-05", "-250.00")):
        yield Number(f"S10 June run, {name}", amount, format_plain(got[name, month], "EUR"))
    yield Number("S10 June run", "-650.00", format_plain(got.total(), "EUR"))
