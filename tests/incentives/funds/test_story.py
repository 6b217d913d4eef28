"""Case S8 from allocation to deadline, and the money's way through ledger, payout and statement."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from incentives.funds import claims
from incentives.funds.actions import approve_request
from incentives.funds.deadlines import expire_requests
from incentives.funds.models import FundsAllocation, FundsClaim, FundsRequest
from incentives.funds.queries import costs_of, standings_of
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import (
    control_totals,
    list_balances,
    list_reimbursements,
    partners_with_balance,
)
from incentives.payouts.calculation import preview
from incentives.payouts.models import PayoutItem, Statement
from incentives.payouts.statements import find_changed_statement, write_statements
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.funds import allocate, approved, ask, claimed, cost_of, filled, make_budget, settled
from tests.support.payouts import close_month, exported_payout, give_account, tick

MARCH = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
AUGUST = datetime(2026, 8, 1, 0, 40, tzinfo=UTC)


def books_hold() -> bool:
    return all(verdict.holds for verdict in prove_books()) and all(row.holds for row in control_totals())


def test_s8(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        allocation = allocate(cast, make_budget(cast))
        first = approved(cast, allocation)
        assert (first.asked_minor, first.committed_minor) == (600_000, 600_000)

        claim = filled(cast.paul, first, cost_of(740_000, 888_000))
        claim = claims.submit_claim(actor=cast.paul.actor, claim=claim, at=MARCH)
        claim = claims.approve_claim(actor=cast.nina.actor, claim=claim, at=MARCH)
        assert (claim.gross_minor, claim.paid_minor, claim.refused_minor) == (888_000, 370_000, 0)

        claim = settled(cast, first, 600_000)
        assert (claim.computed_minor, claim.paid_minor, claim.refused_minor) == (300_000, 230_000, 70_000)
        assert FundsRequest.objects.get(id=first.id).state == "finished"

        second = ask(cast.paul, allocation, 700_000)
        assert second.asked_minor == 350_000
        second = approve_request(actor=cast.nina.actor, request=second, amount_minor=None, at=MARCH)
        assert second.committed_minor == 200_000
        assert settled(cast, second, 300_000).paid_minor == 150_000

        expire_requests(actor=cast.system, at=AUGUST)
        second.refresh_from_db()
        assert (second.state, second.released_minor) == ("expired", 50_000)
        standing = standings_of([FundsAllocation.objects.get()])[allocation.id]
        assert (standing.settled_minor, standing.released_minor, standing.left_minor) == (
            750_000,
            50_000,
            50_000,
        )
        assert books_hold()


def test_a_settled_claim_is_owed_at_once_on_an_expense_of_its_own(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        request = approved(cast, allocate(cast, make_budget(cast)))
        settled(cast, request, 740_000)
        standing = {row.code: row.balance_minor for row in list_balances(cast.northwind.id)}
        assert standing == {"funds_expense": -370_000, "payable_pending": 370_000}
        assert books_hold()


def test_a_claim_that_was_settled_is_not_settled_again(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        claim = settled(cast, approved(cast, allocate(cast, make_budget(cast))), 740_000)
        assert claim.state == "settled"
        assert [one.paid_minor for one in costs_of(claim)] == [370_000]
        (balance,) = partners_with_balance()
        assert balance.owed_minor == 370_000


def test_the_next_payout_takes_it_together_with_commission(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}], minimum_payout="50.00")
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 3, 10), 10_000)
        budget = make_budget(cast, starts_on=date(2026, 3, 1), at=MARCH)
        request = approved(cast, allocate(cast, budget, at=MARCH), at=MARCH)
        claim = filled(cast.paul, request, cost_of(740_000, invoiced_on=date(2026, 3, 15)), at=MARCH)
        claim = claims.submit_claim(actor=cast.paul.actor, claim=claim, at=MARCH)
        claims.approve_claim(actor=cast.nina.actor, claim=claim, at=MARCH)
    give_account(cast, cast.northwind, cast.paul)
    for month in (1, 2, 3):
        close_month(cast, date(2026, month, 1))
    run = exported_payout(cast, date(2026, 3, 1))
    with tenant_context(cast.acme.id):
        item = PayoutItem.objects.get(run_id=run.id)
        assert (item.gross_minor, item.amount_minor) == (371_000, 371_000)
        assert (item.facts["earned_minor"], item.facts["funds_minor"], item.facts["corrections_minor"]) == (
            1_000, 370_000, 0,
        )  # fmt: skip
        assert books_hold()
    close_month(cast, date(2026, 4, 1))
    with tenant_context(cast.acme.id):
        told = preview(
            actor=cast.vera.actor, period_on=date(2026, 4, 1), currency="EUR", pays_on=date(2026, 12, 20), at=tick()
        )  # fmt: skip
        assert told.sums == {}


def test_a_partner_with_funds_alone_has_a_statement_that_regenerates(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        budget = make_budget(cast, starts_on=date(2026, 3, 1), at=MARCH)
        request = approved(cast, allocate(cast, budget, at=MARCH), at=MARCH)
        claim = filled(cast.paul, request, cost_of(740_000, invoiced_on=date(2026, 3, 15)), at=MARCH)
        claim = claims.submit_claim(actor=cast.paul.actor, claim=claim, at=MARCH)
        claims.approve_claim(actor=cast.nina.actor, claim=claim, at=MARCH)
    for month in (1, 2, 3):
        close_month(cast, date(2026, month, 1))
    with tenant_context(cast.acme.id):
        write_statements(period_on=date(2026, 3, 1))
        (statement,) = Statement.objects.all()
        assert (statement.earned_minor, statement.closing_minor) == (370_000, 370_000)
        assert "MC-1 · Seminar for dentists" in statement.content
        assert find_changed_statement() is None


def test_what_comes_after_the_closing_is_owed_in_the_open_month(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        request = approved(cast, allocate(cast, make_budget(cast)))
    for month in (1, 2, 3, 4):
        close_month(cast, date(2026, month, 1))
    with tenant_context(cast.acme.id):
        claim = claimed(cast.paul, request, 740_000, at=datetime(2026, 4, 30, 9, tzinfo=UTC))
        at = tick()
        claims.approve_claim(actor=cast.nina.actor, claim=claim, at=at)
        (balance,) = partners_with_balance()
        assert (balance.pending_minor, balance.available_minor) == (370_000, 0)
        assert FundsClaim.objects.get().settled_on == at.date()
        assert books_hold()


def test_the_database_refuses_a_reimbursement_in_a_closed_month_and_one_that_is_changed(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        settled(cast, approved(cast, allocate(cast, make_budget(cast))), 740_000)
    close_month(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        (kept,) = list_reimbursements()
        with pytest.raises(DatabaseError, match="open months only"), transaction.atomic():
            type(kept).objects.create(
                source_type="test", source_id=uuid7(), label="x", partner_id=cast.northwind.id, currency="EUR",
                period_on=date(2026, 1, 1), occurred_on=date(2026, 1, 1), free_on=date(2026, 1, 1),
                amount_minor=1, recorded_at=tick(),
            )  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            list_reimbursements().update(amount_minor=1)


def test_an_approved_claim_is_netted_with_what_the_partner_owes_back(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sale = sell(cast.northwind, product, "L1", date(2026, 1, 10), 1_000_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, date(2026, 1, 1))
    exported_payout(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        sell(cast.northwind, product, "R1", date(2026, 2, 10), 1_000_000, refunds=sale, at=tick())
    close_month(cast, date(2026, 2, 1))
    with tenant_context(cast.acme.id):
        (balance,) = partners_with_balance()
        assert (balance.owed_minor, balance.due_minor) == (-100_000, 100_000)
        settled(cast, approved(cast, allocate(cast, make_budget(cast))), 740_000)
        (balance,) = partners_with_balance()
        assert (balance.owed_minor, balance.due_minor) == (270_000, 100_000)
        assert books_hold()
