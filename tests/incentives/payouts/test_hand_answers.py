"""What one person says the bank said counts once a second one has confirmed it; a bank statement counts at once."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.ledger.models import Transfer
from incentives.ledger.proof import prove_books
from incentives.payouts import outcomes, settling
from incentives.payouts.hand_models import HandAnswer
from incentives.payouts.models import ItemOutcome, PayoutItem, PayoutRun
from incentives.payouts.reconciling import keep_statement, record_statement
from prm.accounts.actor import system_actor
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.incentives.payouts.answers.statements import Booking, camt053
from tests.support.cast import Cast, Person
from tests.support.clients import client_of, fresh_client_of
from tests.support.payouts import exported_payout, owe_both, settle_by_hand, tick
from tests.support.rows import nothing_written

JANUARY = date(2026, 1, 1)


@pytest.fixture
def run(cast: Cast) -> PayoutRun:
    """Northwind's 100.00 and Southwind's 50.00, sent to the bank."""
    owe_both(cast)
    return exported_payout(cast, JANUARY)


def item_of(cast: Cast) -> PayoutItem:
    """Northwind's."""
    with tenant_context(cast.acme.id):
        return PayoutItem.objects.get(partner_id=cast.northwind.id)


def propose(cast: Cast, outcome: str = "paid", ref: str = "B-1", person: Person | None = None) -> HandAnswer:
    with tenant_context(cast.acme.id):
        answer = outcomes.record_outcome(
            actor=(person or cast.felix).actor, item=item_of(cast), outcome=outcome, event_ref=ref, note="",
            at=tick(),
        )  # fmt: skip
        assert answer is not None
        return answer


def propose_rest(cast: Cast, run: PayoutRun) -> int:
    with tenant_context(cast.acme.id):
        return outcomes.record_rest_as_paid(actor=cast.felix.actor, run=run, event_ref="FILE", at=tick())


def confirm(cast: Cast, answer: HandAnswer, person: Person | None = None) -> int:
    with tenant_context(cast.acme.id):
        actor = (person or cast.olga).actor
        return outcomes.confirm_answer(actor=actor, run=answer.run, answer_id=answer.id, at=tick())


def decline(cast: Cast, answer: HandAnswer, person: Person | None = None) -> HandAnswer:
    with tenant_context(cast.acme.id):
        actor = (person or cast.olga).actor
        return outcomes.decline_answer(
            actor=actor, run=answer.run, answer_id=answer.id, reason="Not in the statement", at=tick()
        )


def read_statement(cast: Cast, item: PayoutItem) -> int:
    """The bank's own word that it was paid."""
    content = camt053([Booking(payment_id=item.id.hex, amount_minor=item.amount_minor)])
    with tenant_context(cast.acme.id):
        kept = keep_statement(actor=cast.felix.actor, name="s.xml", content=content, at=tick())
        return record_statement(actor=cast.felix.actor, kept=kept, at=tick())


def states(cast: Cast) -> tuple[str, str, str, list[str]]:
    """Of Northwind's payment, Southwind's, the run and the answers recorded by hand; the books hold."""
    with tenant_context(cast.acme.id):
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
        items = PayoutItem.objects.order_by("partner__code").values_list("state", flat=True)
        answers = HandAnswer.objects.order_by("id").values_list("state", flat=True)
        return *items, PayoutRun.objects.get().state, list(answers)  # type: ignore[return-value]


def refuse(cast: Cast, error: type[Exception], step: Callable[[], object]) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(error):
        step()


def test_one_person_moves_nothing(cast: Cast, run: PayoutRun) -> None:
    with tenant_context(cast.acme.id):
        before = Transfer.objects.count()
    propose(cast, "returned")
    propose_rest(cast, run)
    assert states(cast) == ("sent", "sent", "exported", ["waiting", "waiting"])
    with tenant_context(cast.acme.id):
        assert (Transfer.objects.count(), ItemOutcome.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("outcome", "posted"), [("paid", ["settlement"]), ("returned", ["return"]), ("unknown", [])]
)
def test_a_second_person_makes_it_count(cast: Cast, run: PayoutRun, outcome: str, posted: list[str]) -> None:
    assert confirm(cast, propose(cast, outcome)) == 1
    assert states(cast) == (outcome, "sent", "exported", ["confirmed"])
    with tenant_context(cast.acme.id):
        kinds = Transfer.objects.filter(source_type="payout_item").values_list("kind", flat=True)
        assert list(kinds) == posted
        told = ItemOutcome.objects.get()
        assert (told.recorded_by_label, told.confirmed_by_label) == ("Felix", "Olga")
        assert (told.recorded_by_user_id, told.confirmed_by_user_id) == (
            cast.felix.user.id,
            cast.olga.user.id,
        )
        trail = AuditRecord.objects.filter(subject_id=item_of(cast).id).order_by("id")
        assert list(trail.values_list("action", "actor_label")) == [
            ("payout.answer_proposed", "Felix"),
            ("payout.answer_confirmed", "Olga"),
            (f"payout.item_{outcome}", "Olga"),
        ]


def test_the_rest_of_the_file_is_paid_by_two_people(cast: Cast, run: PayoutRun) -> None:
    settle_by_hand(cast, item_of(cast), "returned")
    assert propose_rest(cast, run) == 1
    with tenant_context(cast.acme.id):
        answer = HandAnswer.objects.get(state="waiting")
    refuse(cast, outcomes.ProposerCannotConfirm, lambda: confirm(cast, answer, cast.felix))
    assert confirm(cast, answer) == 1
    assert states(cast) == ("returned", "paid", "partly_settled", ["confirmed", "confirmed"])


def test_the_rest_leaves_out_what_was_told_of_otherwise_meanwhile(cast: Cast, run: PayoutRun) -> None:
    assert propose_rest(cast, run) == 2
    with tenant_context(cast.acme.id):
        rest = HandAnswer.objects.get()
    other = propose(cast, "returned")
    assert confirm(cast, rest) == 1
    assert states(cast) == ("sent", "paid", "exported", ["confirmed", "waiting"])
    confirm(cast, other)
    assert states(cast) == ("returned", "paid", "partly_settled", ["confirmed", "confirmed"])


@pytest.mark.parametrize("person", ["vera", "otto", "paul"])
def test_only_finance_confirms_and_declines(cast: Cast, run: PayoutRun, person: str) -> None:
    answer = propose(cast)
    refuse(cast, PermissionDenied, lambda: confirm(cast, answer, getattr(cast, person)))
    refuse(cast, PermissionDenied, lambda: decline(cast, answer, getattr(cast, person)))
    assert confirm(cast, answer) == 1


def test_nobody_confirms_an_own_answer(cast: Cast, run: PayoutRun) -> None:
    answer = propose(cast)
    refuse(cast, outcomes.ProposerCannotConfirm, lambda: confirm(cast, answer, cast.felix))
    with tenant_context(cast.acme.id), pytest.raises(IntegrityError), transaction.atomic():
        HandAnswer.objects.update(state="confirmed", decided_by_user_id=cast.felix.user.id)
    assert confirm(cast, answer) == 1


def test_a_program_records_no_answer_by_hand(cast: Cast, run: PayoutRun) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(PermissionDenied):
        outcomes.record_outcome(
            actor=system_actor(cast.acme.id),
            item=item_of(cast),
            outcome="paid",
            event_ref="B",
            note="",
            at=tick(),
        )


def test_a_declined_answer_leaves_room_for_another(cast: Cast, run: PayoutRun) -> None:
    first = propose(cast, "returned")
    refuse(cast, outcomes.AnswerWaits, lambda: propose(cast, "paid", "B-2"))
    assert decline(cast, first).decision_reason == "Not in the statement"
    assert states(cast) == ("sent", "sent", "exported", ["declined"])
    refuse(cast, outcomes.AnswerDecided, lambda: confirm(cast, first))
    confirm(cast, propose(cast, "paid", "B-2"))
    assert states(cast) == ("paid", "sent", "exported", ["declined", "confirmed"])


def test_who_recorded_it_may_withdraw_it(cast: Cast, run: PayoutRun) -> None:
    assert decline(cast, propose(cast), cast.felix).state == "declined"


def test_the_same_answer_twice_is_recorded_once(cast: Cast, run: PayoutRun) -> None:
    answer = propose(cast)
    with tenant_context(cast.acme.id), nothing_written():
        assert propose(cast).id == answer.id
    confirm(cast, answer)
    refuse(cast, outcomes.AnswerDecided, lambda: confirm(cast, answer))
    with tenant_context(cast.acme.id), nothing_written():
        assert (
            outcomes.record_outcome(
                actor=cast.felix.actor,
                item=item_of(cast),
                outcome="paid",
                event_ref="B-1",
                note="",
                at=tick(),
            )
            is None
        )


def test_a_bank_statement_counts_at_once_and_overtakes_what_waits(cast: Cast, run: PayoutRun) -> None:
    answer = propose(cast, "returned")
    assert read_statement(cast, item_of(cast)) == 1
    assert states(cast) == ("paid", "sent", "exported", ["overtaken"])
    refuse(cast, outcomes.AnswerDecided, lambda: confirm(cast, answer))


def test_a_statement_that_leaves_no_payment_open_overtakes_the_rest(cast: Cast, run: PayoutRun) -> None:
    propose_rest(cast, run)
    for code in (cast.northwind.id, cast.southwind.id):
        with tenant_context(cast.acme.id):
            item = PayoutItem.objects.get(partner_id=code)
        read_statement(cast, item)
    assert states(cast) == ("paid", "paid", "settled", ["overtaken"])
    refuse(cast, outcomes.OutcomeRefused, lambda: propose_rest(cast, run))


def test_a_statement_after_the_second_person_changes_nothing(cast: Cast, run: PayoutRun) -> None:
    confirm(cast, propose(cast))
    assert read_statement(cast, item_of(cast)) == 0
    assert states(cast) == ("paid", "sent", "exported", ["confirmed"])


def test_who_doubts_a_payment_may_confirm_what_another_says_of_it(cast: Cast, run: PayoutRun) -> None:
    """Two people of finance are enough for an unclear payment, too."""
    confirm(cast, propose(cast, "unknown"))
    refuse(cast, settling.UnclearNeedsAnother, lambda: propose(cast, "paid", "B-2"))
    answer = propose(cast, "paid", "B-2", cast.olga)
    assert confirm(cast, answer, cast.felix) == 1
    assert states(cast) == ("paid", "sent", "exported", ["confirmed", "confirmed"])


def test_what_waits_stands_in_the_queue_of_those_who_may_confirm(cast: Cast, run: PayoutRun) -> None:
    propose(cast)
    with tenant_context(cast.acme.id):
        counts = [outcomes.count_answers_to_confirm(person.actor) for person in (cast.felix, cast.olga)]
    assert counts == [0, 1]
    assert "The bank&#x27;s answers to confirm" in client_of(cast.olga).get("/acme/m/").content.decode()
    shown = client_of(cast.olga).get("/acme/m/payouts/").content.decode()
    assert "an answer waits for a second person" in shown


class TestPages:
    def test_two_people_settle_a_run(self, cast: Cast, run: PayoutRun) -> None:
        path = f"/acme/m/payouts/{run.id}/"
        felix, olga = fresh_client_of(cast.felix), fresh_client_of(cast.olga)
        felix.post(f"{path}paid/", {"event_ref": "FILE"})
        with tenant_context(cast.acme.id):
            answer = HandAnswer.objects.get()
        own, others = felix.get(path).content.decode(), olga.get(path).content.decode()
        for shown in (own, others):
            assert "2 payments without another answer" in shown
            assert "waits for a second person: Olga." in shown
        assert (f"{path}answers/confirm/" in own, f"{path}answers/confirm/" in others) == (False, True)
        felix.post(f"{path}answers/confirm/", {"answer": answer.id})
        assert states(cast) == ("sent", "sent", "exported", ["waiting"])
        olga.post(f"{path}answers/confirm/", {"answer": answer.id})
        assert states(cast) == ("paid", "paid", "settled", ["confirmed"])

    def test_a_reason_is_asked_for_a_no(self, cast: Cast, run: PayoutRun) -> None:
        answer = propose(cast)
        path, olga = f"/acme/m/payouts/{run.id}/answers/decline/", fresh_client_of(cast.olga)
        olga.post(path, {"answer": answer.id, "reason": ""})
        assert states(cast) == ("sent", "sent", "exported", ["waiting"])
        olga.post(path, {"answer": answer.id, "reason": "Not in the statement"})
        assert states(cast) == ("sent", "sent", "exported", ["declined"])

    def test_the_page_of_a_payment_says_who_is_awaited_and_then_who_confirmed(
        self, cast: Cast, run: PayoutRun
    ) -> None:
        path = f"/acme/m/payouts/items/{item_of(cast).id}/outcome/"
        felix = fresh_client_of(cast.felix)
        felix.post(path, {"outcome": "paid", "event_ref": "B-1"})
        assert "waits for a second person: Olga." in felix.get(path).content.decode()
        with tenant_context(cast.acme.id):
            answer = HandAnswer.objects.get()
        confirm(cast, answer)
        assert "confirmed by Olga" in felix.get(path).content.decode()
