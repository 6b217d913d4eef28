"""A second person's yes beside another one, or beside a bank statement, in real transactions: it counts once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts import outcomes
from incentives.payouts.hand_models import HandAnswer
from incentives.payouts.models import ItemOutcome, PayoutItem
from incentives.payouts.reconciling import keep_statement, record_statement
from prm.tenancy.context import tenant_context
from tests.concurrency.test_sales_ingest import at_once
from tests.incentives.payouts.answers.statements import Booking, camt053
from tests.support.cast import Cast, stage
from tests.support.payouts import exported_payout, owe_northwind, tick

pytestmark = pytest.mark.race
JANUARY = date(2026, 1, 1)


@pytest.fixture
def cast(own_database: str) -> Cast:
    """Northwind's 100.00 was sent; Felix recorded that it came back."""
    cast = stage()
    owe_northwind(cast)
    exported_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        outcomes.record_outcome(
            actor=cast.felix.actor, item=PayoutItem.objects.get(), outcome="returned", event_ref="B-1", note="",
            at=tick(),
        )  # fmt: skip
    return cast


def inside(cast: Cast, step: Callable[[], Any]) -> Callable[[], Any]:
    def work() -> Any:
        with tenant_context(cast.acme.id):
            return step()

    return work


def confirm(cast: Cast) -> int:
    answer = HandAnswer.objects.get()
    return outcomes.confirm_answer(actor=cast.olga.actor, run=answer.run, answer_id=answer.id, at=tick())


def read_statement(cast: Cast) -> int:
    """The bank says that it was paid."""
    item = PayoutItem.objects.get()
    content = camt053([Booking(payment_id=item.id.hex, amount_minor=item.amount_minor)])
    kept = keep_statement(actor=cast.felix.actor, name="s.xml", content=content, at=tick())
    return record_statement(actor=cast.felix.actor, kept=kept, at=tick())


def posted(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
        assert ItemOutcome.objects.count() == 1
        return list(Transfer.objects.filter(source_type="payout_item").values_list("kind", flat=True))


def test_two_confirmations_at_once_count_once(cast: Cast) -> None:
    results = at_once(inside(cast, lambda: confirm(cast)), inside(cast, lambda: confirm(cast)))
    assert sorted(type(result).__name__ for result in results) == ["AnswerDecided", "int"]
    assert posted(cast) == ["return"]


def test_a_confirmation_beside_a_statement_leaves_one_answer(cast: Cast) -> None:
    results = at_once(inside(cast, lambda: confirm(cast)), inside(cast, lambda: read_statement(cast)))
    with tenant_context(cast.acme.id):
        item, answer = PayoutItem.objects.get(), HandAnswer.objects.get()
    expected = {"paid": ("overtaken", ["settlement"]), "returned": ("confirmed", ["return"])}
    assert (answer.state, posted(cast)) == expected[item.state]
    assert isinstance(results[0], int) == (item.state == "returned")
