"""From sales to payments, month by month: the clawback case S4, and what each month leaves behind."""

from datetime import date

import pytest

from incentives.ledger.proof import prove_books
from incentives.ledger.queries import partners_with_balance
from incentives.payouts.models import PayoutItem, Statement
from incentives.payouts.statements import find_changed_statement
from partners.sales.models import SaleLine
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.payouts import (
    calculated_payout,
    close_month,
    exported_payout,
    give_account,
    settle_by_hand,
    tick,
)

TEN_PERCENT = [{"id": "base", "type": "rate", "rate": "0.1"}]


@pytest.fixture
def march(cast: Cast) -> SaleLine:
    """12,000.00 sold in March at 10 %, minimum payout 50.00, bank details in place."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, TEN_PERCENT, minimum_payout="50.00")
        assign(plan)
        line = sell(cast.northwind, make_product(), "M1", date(2026, 3, 10), 1_200_000)
    give_account(cast, cast.northwind, cast.paul)
    for month in (1, 2, 3):
        close_month(cast, date(2026, month, 1))
    return line


def paid(cast: Cast, period_on: date) -> list[tuple[str, str, int, int]]:
    """State, reason, gross and amount of each item of a run over this month."""
    run = (
        exported_payout(cast, period_on) if period_on.month in (3, 6) else calculated_payout(cast, period_on)
    )
    with tenant_context(cast.acme.id):
        rows = PayoutItem.objects.filter(run_id=run.id)
        return list(rows.values_list("state", "reason", "gross_minor", "amount_minor"))


def sell_more(cast: Cast, code: str, day: date, amount_minor: int, refunds: SaleLine | None = None) -> None:
    with tenant_context(cast.acme.id):
        product = make_product(code=f"P-{code}")
        sell(cast.northwind, product, code, day, amount_minor, refunds=refunds, at=tick())


def test_s4_clawback_with_carry_forward(cast: Cast, march: SaleLine) -> None:
    assert paid(cast, date(2026, 3, 1)) == [("sent", "", 120_000, 120_000)]
    sell_more(cast, "A1", date(2026, 4, 5), 320_000)
    sell_more(cast, "A2", date(2026, 4, 9), 500_000, refunds=march)
    close_month(cast, date(2026, 4, 1))
    assert paid(cast, date(2026, 4, 1)) == [("held", "negative_balance", -18_000, 0)]
    sell_more(cast, "Y1", date(2026, 5, 5), 900_000)
    sell_more(cast, "Y2", date(2026, 5, 9), 700_000, refunds=march)
    close_month(cast, date(2026, 5, 1))
    assert paid(cast, date(2026, 5, 1)) == [("held", "below_minimum", 2_000, 0)]
    sell_more(cast, "J1", date(2026, 6, 5), 40_000)
    close_month(cast, date(2026, 6, 1))
    assert paid(cast, date(2026, 6, 1)) == [("sent", "", 6_000, 6_000)]
    with tenant_context(cast.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []


def test_what_was_paid_and_refunded_is_due_back(cast: Cast, march: SaleLine) -> None:
    paid(cast, date(2026, 3, 1))
    sell_more(cast, "A2", date(2026, 4, 9), 500_000, refunds=march)
    close_month(cast, date(2026, 4, 1))
    with tenant_context(cast.acme.id):
        (balance,) = partners_with_balance()
    assert (balance.pending_minor + balance.available_minor, balance.due_minor) == (0, 50_000)


def test_a_statement_regenerates_byte_for_byte_after_later_corrections(cast: Cast, march: SaleLine) -> None:
    paid(cast, date(2026, 3, 1))
    sell_more(cast, "L1", date(2026, 3, 28), 100_000)
    close_month(cast, date(2026, 4, 1))
    with tenant_context(cast.acme.id):
        first = Statement.objects.get(period_on=date(2026, 3, 1))
        sums = (first.opening_minor, first.earned_minor, first.paid_minor, first.closing_minor)
        assert sums == (0, 120_000, 0, 120_000)
        assert bytes(first.file.path, "ascii")
        assert find_changed_statement() is None


def test_a_returned_payment_is_owed_again(cast: Cast, march: SaleLine) -> None:
    exported_payout(cast, date(2026, 3, 1))
    with tenant_context(cast.acme.id):
        item = PayoutItem.objects.get(state="sent")
    settle_by_hand(cast, item, "returned")
    settle_by_hand(cast, item, "returned")
    with tenant_context(cast.acme.id):
        (balance,) = partners_with_balance()
        assert (balance.available_minor, balance.in_transit_minor, balance.paid_minor) == (120_000, 0, 0)
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
