"""An answer of the bank that was recorded by mistake: what it posted is reversed, another person decides anew."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.ledger.actions import Journal, PeriodIsClosed, Source, reverse
from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import partners_with_balance
from incentives.ledger.rules import Kind
from incentives.payouts import actions, outcomes, settling
from incentives.payouts.hand_models import HandAnswer
from incentives.payouts.models import ItemOutcome, PayoutItem, PayoutRun
from incentives.payouts.statements import parties_of, statement_content
from prm.audit.models import AuditRecord
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of, fresh_client_of
from tests.support.payouts import (
    LATER,
    calculated_payout,
    close_month,
    exported_payout,
    owe_northwind,
    settle_by_hand,
    tick,
)
from tests.support.rows import nothing_written, nothing_written_in

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 1)


@pytest.fixture
def item(cast: Cast) -> PayoutItem:
    """Northwind's 100.00, sent to the bank."""
    owe_northwind(cast)
    exported_payout(cast, JANUARY)
    with tenant_context(cast.acme.id):
        return PayoutItem.objects.get()


def tell(cast: Cast, item: PayoutItem, outcome: str, ref: str, person: Person | None = None) -> PayoutItem:
    return settle_by_hand(cast, item, outcome, ref, recorder=person)


def take_back(cast: Cast, item: PayoutItem, person: Person | None = None) -> PayoutItem:
    with tenant_context(cast.acme.id):
        actor = (person or cast.felix).actor
        return settling.take_back_answer(actor=actor, item=item, reason="The wrong line", at=tick())


def purse(cast: Cast) -> tuple[int, int, int]:
    """Owed, in transit, paid; and the books hold."""
    with tenant_context(cast.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
        (balance,) = partners_with_balance(cast.northwind.id)
        return balance.owed_minor, balance.in_transit_minor, balance.paid_minor


def run_state(cast: Cast) -> str:
    with tenant_context(cast.acme.id):
        return PayoutRun.objects.get().state


@pytest.mark.parametrize(
    ("answer", "before", "settled"),
    [("paid", (0, 0, 10_000), "settled"), ("returned", (10_000, 0, 0), "partly_settled")],
)
def test_an_answer_is_taken_back_as_a_whole(
    cast: Cast, item: PayoutItem, answer: str, before: tuple[int, int, int], settled: str
) -> None:
    tell(cast, item, answer, "B-1")
    assert (purse(cast), run_state(cast)) == (before, settled)
    assert take_back(cast, item).state == "unknown"
    assert (purse(cast), run_state(cast)) == ((0, 10_000, 0), "exported")
    with tenant_context(cast.acme.id):
        actions_of_item = AuditRecord.objects.filter(subject_id=item.id).values_list("action", flat=True)
        assert "payout.answer_taken_back" in actions_of_item
        assert AuditRecord.objects.filter(action="ledger.reversed", reason="The wrong line").count() == 1


@pytest.mark.parametrize(("first", "then"), [("paid", "returned"), ("returned", "paid"), ("paid", "paid")])
def test_another_person_decides_anew(cast: Cast, item: PayoutItem, first: str, then: str) -> None:
    tell(cast, item, first, "B-1")
    take_back(cast, item)
    with pytest.raises(settling.UnclearNeedsAnother), tenant_context(cast.acme.id), nothing_written():
        outcomes.record_outcome(
            actor=cast.felix.actor, item=item, outcome=then, event_ref="B-2", note="", at=tick()
        )
    tell(cast, item, then, "B-2", cast.olga)
    assert purse(cast) == ((0, 0, 10_000) if then == "paid" else (10_000, 0, 0))
    assert run_state(cast) == ("settled" if then == "paid" else "partly_settled")


def test_two_people_are_enough_however_often_it_happens(cast: Cast, item: PayoutItem) -> None:
    tell(cast, item, "paid", "B-1")
    take_back(cast, item, cast.felix)
    tell(cast, item, "returned", "B-2", cast.olga)
    take_back(cast, item, cast.olga)
    assert tell(cast, item, "paid", "B-3", cast.felix).state == "paid"
    assert purse(cast) == (0, 0, 10_000)


def test_only_finance_takes_back_and_only_what_was_answered(cast: Cast, item: PayoutItem) -> None:
    with pytest.raises(outcomes.OutcomeRefused), tenant_context(cast.acme.id), nothing_written():
        settling.take_back_answer(actor=cast.felix.actor, item=item, reason="x", at=tick())
    tell(cast, item, "paid", "B-1")
    with pytest.raises(PermissionDenied), tenant_context(cast.acme.id), nothing_written():
        settling.take_back_answer(actor=cast.vera.actor, item=item, reason="x", at=tick())
    take_back(cast, item)
    with pytest.raises(outcomes.OutcomeRefused), tenant_context(cast.acme.id), nothing_written():
        settling.take_back_answer(actor=cast.olga.actor, item=item, reason="x", at=tick())


def test_earnings_that_another_run_took_are_not_taken_back(cast: Cast, item: PayoutItem) -> None:
    tell(cast, item, "returned", "B-1")
    calculated_payout(cast, JANUARY)
    with pytest.raises(settling.AnotherRunOpen), tenant_context(cast.acme.id), nothing_written():
        settling.take_back_answer(actor=cast.felix.actor, item=item, reason="x", at=tick())
    close_month(cast, date(2026, 2, 1))
    with tenant_context(cast.acme.id):
        again = PayoutRun.objects.get(state="calculated")
        actions.cancel_run(actor=cast.vera.actor, run=again, reason="x", at=tick())
    calculated_payout(cast, date(2026, 2, 1))
    with pytest.raises(settling.TakenUpAgain), tenant_context(cast.acme.id), nothing_written():
        settling.take_back_answer(actor=cast.felix.actor, item=item, reason="x", at=tick())


def test_a_statement_shows_a_return_that_was_taken_back_as_a_payment(cast: Cast, item: PayoutItem) -> None:
    tell(cast, item, "returned", "B-1")
    take_back(cast, item)
    tell(cast, item, "paid", "B-2", cast.olga)
    with tenant_context(cast.acme.id):
        parties = parties_of(cast.acme, cast.northwind.id)
        statement = statement_content(parties, cast.northwind.id, "EUR", DECEMBER, LATER)
    sums = [statement[name] for name in ("opening_minor", "paid_minor", "closing_minor")]
    assert sums == [10_000, 10_000, 0]
    payments = [(payment["run"], payment["amount_minor"]) for payment in statement["payments"]]
    assert payments == [("PR-1", 10_000), ("PR-1", -10_000), ("PR-1", 10_000)]


class TestReversing:
    """What the ledger itself holds of it."""

    def reverse(self, cast: Cast, source: Source, kind: Kind, period_on: date = DECEMBER) -> list[Transfer]:
        journal = Journal(source, period_on, period_on)
        with tenant_context(cast.acme.id):
            return reverse({kind}, journal=journal, actor=cast.felix.actor, at=tick(), reason="x")

    def test_a_transfer_is_reversed_once(self, cast: Cast, item: PayoutItem) -> None:
        tell(cast, item, "paid", "B-1")
        source = Source("payout_item", item.id)
        (settled,) = self.reverse(cast, source, Kind.SETTLEMENT)
        with nothing_written_in(cast.acme):
            assert self.reverse(cast, source, Kind.SETTLEMENT) == []
        with tenant_context(cast.acme.id):
            mirror = Transfer.objects.get(reverses_id=settled.id)
            mirror.id, mirror.source_id = uuid7(), uuid7()
            with pytest.raises(IntegrityError), transaction.atomic():
                mirror.save(force_insert=True)

    def test_a_closed_month_takes_no_reversal(self, cast: Cast, item: PayoutItem) -> None:
        tell(cast, item, "paid", "B-1")
        with nothing_written_in(cast.acme), pytest.raises(PeriodIsClosed):
            self.reverse(cast, Source("payout_item", item.id), Kind.SETTLEMENT, JANUARY)

    def test_one_that_nothing_accounts_for_shows_in_the_proof(self, cast: Cast, item: PayoutItem) -> None:
        with tenant_context(cast.acme.id):
            accrual = Transfer.objects.get(kind="accrual")
        self.reverse(cast, Source(accrual.source_type, accrual.source_id), Kind.ACCRUAL)
        with tenant_context(cast.acme.id):
            broken = {verdict.promise for verdict in prove_books() if not verdict.holds}
        assert broken == {
            "I4 the expense equals the entries, per partner",
            "I4 what is owed equals what was not sent, per partner",
        }

    def test_a_sent_payment_that_was_reversed_is_missing_from_its_file(
        self, cast: Cast, item: PayoutItem
    ) -> None:
        self.reverse(cast, Source("payout_run", item.run_id), Kind.RESERVE)
        with tenant_context(cast.acme.id):
            broken = {verdict.promise for verdict in prove_books() if not verdict.holds}
        assert "I8 a file's total is what left for the bank" in broken

    def test_a_reversal_that_is_no_mirror_shows_in_the_proof(self, cast: Cast, item: PayoutItem) -> None:
        tell(cast, item, "paid", "B-1")
        with tenant_context(cast.acme.id):
            settled = Transfer.objects.get(kind="settlement")
            Transfer.objects.create(
                journal_id=uuid7(), debit_id=settled.debit_id, credit_id=settled.credit_id, currency="EUR",
                amount_minor=1, kind="reversal", source_type="transfer", source_id=settled.id, reverses=settled,
                actor_label="x", period_on=DECEMBER, effective_on=DECEMBER, recorded_at=tick(),
            )  # fmt: skip
            broken = {verdict.promise for verdict in prove_books() if not verdict.holds}
        assert "a reversal is the mirror of one transfer" in broken


def test_the_page_offers_it_and_names_who_decides(cast: Cast, item: PayoutItem) -> None:
    tell(cast, item, "paid", "B-1")
    path = f"/acme/m/payouts/items/{item.id}/outcome/"
    client = fresh_client_of(cast.felix)
    assert "Take the answer back" in client.get(path).content.decode()
    assert "Take the answer back" not in client_of(cast.otto).get(path).content.decode()
    client.post(f"/acme/m/payouts/items/{item.id}/take-back/", {"reason": "The wrong line"})
    assert "another person has to decide it: Olga." in client.get(path).content.decode()
    other = fresh_client_of(cast.olga)
    for ref, status in (("B-1", 422), ("B-2", 302)):
        assert other.post(path, {"outcome": "paid", "event_ref": ref}).status_code == status
    assert purse(cast) == (0, 10_000, 0)
    with tenant_context(cast.acme.id):
        waiting = HandAnswer.objects.get(state="waiting")
    client.post(f"/acme/m/payouts/{item.run_id}/answers/confirm/", {"answer": waiting.id})
    assert purse(cast) == (0, 0, 10_000)
    with tenant_context(cast.acme.id):
        assert ItemOutcome.objects.filter(outcome="unknown", note="The wrong line").count() == 1
