"""The money's way of an adjustment: ledger, payout, statement, what is due back; the books hold all along."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from incentives.adjustments import actions, refusals
from incentives.earnings.models import Entry
from incentives.ledger.models import Reimbursement
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import control_totals, list_balances, partners_with_balance
from incentives.payouts.actions import EditorCannotApprove, approve_run
from incentives.payouts.models import PayoutItem, Statement
from incentives.payouts.queries import approver_names
from incentives.payouts.statements import find_changed_statement
from partners.products.models import Product
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.adjustments import adjusted, propose
from tests.support.cast import Cast
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.funds import refuse
from tests.support.payouts import (
    LATER,
    calculated_payout,
    close_month,
    exported_payout,
    give_account,
    submitted_payout,
    tick,
)

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 1)
IN_JANUARY = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)


def books_hold() -> bool:
    return all(verdict.holds for verdict in prove_books()) and all(row.holds for row in control_totals())


def sold(cast: Cast, amount_minor: int = 1_000_000) -> Product:
    """A sale of January that earns a tenth."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "L1", date(2026, 1, 10), amount_minor)
    give_account(cast, cast.northwind, cast.paul)
    return product


def balance(cast: Cast) -> tuple[int, int]:
    """Owed, and due back."""
    (row,) = partners_with_balance(cast.northwind.id)
    return row.owed_minor, row.due_minor


def test_it_stands_on_an_expense_of_its_own_and_the_database_keeps_its_sign(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        adjusted(cast, 30_000)
        adjusted(cast, -5_000)
        standing = {row.code: row.balance_minor for row in list_balances(cast.northwind.id)}
        assert standing == {"adjustment_expense": -25_000, "payable_pending": 25_000}
        assert books_hold()
        with pytest.raises(DatabaseError, match="has_its_sign"), transaction.atomic():
            Reimbursement.objects.create(
                source_type="funds_claim", source_id=uuid7(), label="x", partner_id=cast.northwind.id,
                currency="EUR", period_on=DECEMBER, occurred_on=DECEMBER, free_on=DECEMBER, amount_minor=-1,
                recorded_at=LATER,
            )  # fmt: skip


def test_a_month_that_is_closed_takes_none_and_the_open_one_says_where_it_belongs(cast: Cast) -> None:
    sold(cast)
    close_month(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        row = adjusted(cast, 5_000, at=LATER, belongs_on=date(2026, 1, 1))
        assert (row.posted_on, row.belongs_on) == (DECEMBER, date(2026, 1, 1))
        assert books_hold()


def test_more_than_is_owed_becomes_due_back_and_carries_forward(cast: Cast) -> None:
    product = sold(cast)
    close_month(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        adjusted(cast, -130_000, at=tick())
        assert balance(cast) == (-30_000, 30_000)
        sell(cast.northwind, product, "L2", date(2026, 2, 10), 500_000, at=tick())
    close_month(cast, date(2026, 2, 1))
    with tenant_context(cast.acme.id):
        assert balance(cast) == (20_000, 0)
        assert books_hold()


def test_what_it_takes_from_a_paid_amount_is_due_back_at_once(cast: Cast) -> None:
    product = sold(cast)
    close_month(cast, date(2026, 1, 1))
    exported_payout(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        entry = Entry.objects.get()
        sell(cast.northwind, product, "L2", date(2026, 2, 10), 1_000_000, at=tick())
    close_month(cast, date(2026, 2, 1))
    with tenant_context(cast.acme.id):
        row = adjusted(cast, -40_000, at=tick(), entry=entry, belongs_on=entry.belongs_on)
        assert balance(cast) == (60_000, 40_000)
        actions.take_back_adjustment(actor=cast.vera.actor, adjustment=row, reason="A mistake", at=tick())
        assert balance(cast) == (100_000, 0)
        assert books_hold()
        refuse(
            refusals.EntryDiffers, lambda: propose(cast.vera, cast.southwind, 1_000, entry=entry, at=LATER)
        )


def test_the_payout_of_its_month_takes_it_and_the_statement_names_it(cast: Cast) -> None:
    sold(cast)
    with tenant_context(cast.acme.id):
        adjusted(cast, 5_000, at=IN_JANUARY, reason="Agreed on the phone", belongs_on=JANUARY)
    close_month(cast, JANUARY)
    run = exported_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        item = PayoutItem.objects.get(run_id=run.id)
        facts = item.facts
        assert (item.amount_minor, facts["earned_minor"], facts["adjusted_minor"]) == (
            105_000,
            100_000,
            5_000,
        )
        assert facts["corrections_minor"] == 0
        statement = Statement.objects.get(period_on=JANUARY)
        assert '"cause":"adjustment"' in statement.content
        assert "Agreed on the phone" in statement.content
        assert find_changed_statement() is None
        assert books_hold()


def test_who_proposed_it_does_not_approve_the_run_that_pays_it(cast: Cast) -> None:
    sold(cast)
    with tenant_context(cast.acme.id):
        propose(cast.felix, cast.northwind, 5_000, at=IN_JANUARY, belongs_on=JANUARY)
    close_month(cast, JANUARY)
    run = submitted_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        assert approver_names(run) == ["Olga"]
        told: dict[str, Any] = {"run": run, "typed_total_minor": run.total_minor, "at": tick()}
        refused = refuse(EditorCannotApprove, lambda: approve_run(actor=cast.felix.actor, **told))
        assert refused.what == "adjustments"  # type: ignore[attr-defined]
        assert approve_run(actor=cast.olga.actor, **told).state == "approved"


def test_a_proposal_is_in_no_run(cast: Cast) -> None:
    sold(cast)
    close_month(cast, date(2026, 1, 1))
    with tenant_context(cast.acme.id):
        propose(cast.felix, cast.northwind, 5_000_000, at=LATER)
    assert calculated_payout(cast, date(2026, 1, 1)).total_minor == 100_000
