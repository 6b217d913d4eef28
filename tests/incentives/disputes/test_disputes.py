"""Disputes from the opening to the ruling: what waits, who says what, which money follows; refusals write nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from incentives.adjustments.actions import approve_adjustment, refuse_adjustment
from incentives.adjustments.models import Adjustment
from incentives.disputes import actions, refusals
from incentives.disputes.models import Dispute
from incentives.disputes.queries import count_open, count_overdue, messages_of, visible_disputes
from incentives.disputes.rules import answer_by, is_overdue
from incentives.disputes.terms import set_answer_days
from incentives.earnings.models import Entry
from incentives.holds.models import Hold
from incentives.ledger.proof import prove_books
from incentives.ledger.queries import partners_with_balance
from incentives.payouts.calculation import preview
from partners.deals.models import DeclaredInterest
from partners.deals.refusals import ApproverConflicted
from prm.files.actions import FileKindRefused
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.funds import refuse
from tests.support.payouts import LATER, close_month, give_account, tick

JANUARY = date(2026, 1, 1)


@pytest.fixture
def earned(cast: Cast) -> Cast:
    """Northwind earned 1,000.00 in January, which is closed."""
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "L1", date(2026, 1, 10), 1_000_000)
    give_account(cast, cast.northwind, cast.paul)
    close_month(cast, JANUARY)
    return cast


@contextmanager
def as_northwind(cast: Cast) -> Iterator[None]:
    """The partner's own scope, as its pages have it."""
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        yield


def opened(cast: Cast, *, at: datetime = LATER, **facts: Any) -> Dispute:
    with as_northwind(cast):
        question = actions.Question(
            **{"partner": cast.northwind, "body": "It should be 12 %", "entry": Entry.objects.get(), **facts}
        )
        return actions.open_dispute(actor=cast.paul.actor, question=question, at=at)


def seen(cast: Cast) -> dict[str, tuple[int, int]]:
    told = preview(
        actor=cast.felix.actor, period_on=JANUARY, currency="EUR", pays_on=date(2026, 12, 5), at=tick()
    )
    return told.sums


def accept(cast: Cast, row: Dispute, amount_minor: int) -> Dispute:
    return actions.accept_dispute(
        actor=cast.felix.actor, dispute=row, amount_minor=amount_minor, ruling="You are right", at=tick()
    )


def rings(kind: str) -> int:
    return Event.objects.filter(payload__kind=kind).count()


@pytest.mark.parametrize(
    ("state", "day", "late"), [("open", 10, False), ("open", 11, True), ("answered", 30, False)]
)
def test_the_last_day_is_still_in_time(state: str, day: int, late: bool) -> None:
    said = answer_by(date(2026, 6, 1), 9)
    assert is_overdue(state, said, date(2026, 6, day)) is late


def test_what_is_disputed_waits_until_it_is_withdrawn(earned: Cast) -> None:
    row = opened(earned)
    with tenant_context(earned.acme.id):
        assert seen(earned) == {"disputed": (1, 100_000)}
        assert (row.state, row.answer_by) == ("open", LATER.date() + timedelta(days=10))
        assert [one.body for one in messages_of(earned.nina.actor, row)] == ["It should be 12 %"]
        assert rings("comment.shared") == 1
        refuse(
            PermissionDenied,
            lambda: actions.withdraw_dispute(actor=earned.felix.actor, dispute=row, at=LATER),
        )
    with as_northwind(earned):
        actions.withdraw_dispute(actor=earned.paul.actor, dispute=row, at=tick())
    with tenant_context(earned.acme.id):
        assert seen(earned) == {"": (1, 100_000)}
        assert rings("dispute.withdrawn") == 1
        assert all(verdict.holds for verdict in prove_books())


def test_an_amount_is_disputed_once_and_again_after_the_ruling(earned: Cast) -> None:
    row = opened(earned)
    with pytest.raises(refusals.DisputedAlready):
        opened(earned)
    with tenant_context(earned.acme.id):
        assert Hold.objects.count() == 1
        actions.reject_dispute(actor=earned.felix.actor, dispute=row, ruling="10 % is agreed", at=tick())
        assert rings("dispute.rejected") == 1
    assert opened(earned).number == row.number + 1


@pytest.mark.parametrize("facts", [{"body": "  "}, {"files": [("a.exe", b"MZ")]}])
def test_a_question_needs_words_and_files_that_are_read(earned: Cast, facts: dict[str, Any]) -> None:
    with pytest.raises((refusals.WordsMissing, FileKindRefused)):
        opened(earned, **facts)
    with tenant_context(earned.acme.id):
        assert not Dispute.objects.exists()
        assert seen(earned) == {"": (1, 100_000)}


def test_the_clock_stops_with_an_answer_and_starts_with_the_next_word(earned: Cast) -> None:
    with tenant_context(earned.acme.id):
        set_answer_days(actor=earned.vera.actor, days=3, at=LATER)
    row = opened(earned, at=LATER - timedelta(days=3_000))
    with tenant_context(earned.acme.id):
        assert (count_open(earned.nina.actor), count_overdue(earned.nina.actor)) == (1, 1)
        told: dict[str, Any] = {"dispute": row, "body": "See the plan", "at": LATER}
        for person in (earned.otto, earned.paul):
            refuse(PermissionDenied, lambda p=person: actions.answer_dispute(actor=p.actor, **told))  # type: ignore[misc]
        assert actions.answer_dispute(actor=earned.nina.actor, **told).state == "answered"
        assert (count_open(earned.nina.actor), count_overdue(earned.nina.actor)) == (0, 0)
    with as_northwind(earned):
        again = actions.ask_again(actor=earned.paul.actor, dispute=row, body="Which page?", at=LATER)
        assert (again.state, again.answer_by) == ("open", LATER.date() + timedelta(days=3))


class TestRuling:
    def test_an_accepted_one_posts_its_adjustment_and_frees_the_amount(self, earned: Cast) -> None:
        row = opened(earned)
        with tenant_context(earned.acme.id):
            done = accept(earned, row, 20_000)
            made = Adjustment.objects.get()
            assert (done.state, made.state, made.entry_id) == ("accepted", "posted", row.entry_id)
            assert made.reason == "Q-1: You are right"
            assert [one.owed_minor for one in partners_with_balance()] == [120_000]
            assert seen(earned) == {"": (1, 100_000)}  # the adjustment is paid with its own month
            assert rings("dispute.accepted") == 1
            told: dict[str, Any] = {"actor": earned.felix.actor, "dispute": row, "at": LATER}
            refuse(refusals.StepRefused, lambda: actions.reject_dispute(ruling="No", **told))

    def test_above_the_limit_it_stands_when_a_second_person_agrees(self, earned: Cast) -> None:
        row = opened(earned)
        with tenant_context(earned.acme.id):
            waits = accept(earned, row, 200_000)
            assert (waits.state, seen(earned)) == ("open", {"disputed": (1, 100_000)})
            told: dict[str, Any] = {"actor": earned.olga.actor, "dispute": row, "at": LATER}
            refuse(refusals.AdjustmentWaits, lambda: actions.reject_dispute(ruling="No", **told))
            made = Adjustment.objects.get()
            approve_adjustment(actor=earned.olga.actor, adjustment=made, at=tick())
            row.refresh_from_db()
            assert (row.state, row.decided_by_label) == ("accepted", "Olga")
            assert seen(earned) == {"": (1, 100_000)}

    def test_when_the_second_person_refuses_it_is_decided_anew(self, earned: Cast) -> None:
        row = opened(earned)
        with tenant_context(earned.acme.id):
            accept(earned, row, 200_000)
            refuse_adjustment(
                actor=earned.olga.actor, adjustment=Adjustment.objects.get(), reason="Too much", at=tick()
            )
            row.refresh_from_db()
            assert (row.state, row.adjustment_id, row.ruling) == ("open", None, "")
            assert seen(earned) == {"disputed": (1, 100_000)}
            assert accept(earned, row, 20_000).state == "accepted"

    @pytest.mark.parametrize("name", ["nina", "otto", "paul"])
    def test_nobody_else_decides(self, earned: Cast, name: str) -> None:
        row = opened(earned)
        with tenant_context(earned.acme.id):
            told: dict[str, Any] = {"actor": getattr(earned, name).actor, "dispute": row, "at": LATER}
            refuse(PermissionDenied, lambda: actions.reject_dispute(ruling="No", **told))
            refuse(PermissionDenied, lambda: actions.accept_dispute(amount_minor=1, ruling="Yes", **told))

    def test_who_has_a_stake_in_the_partner_does_not_decide_and_nobody_without_words(
        self, earned: Cast
    ) -> None:
        row = opened(earned)
        with tenant_context(earned.acme.id):
            told: dict[str, Any] = {"actor": earned.felix.actor, "dispute": row, "at": LATER}
            refuse(refusals.RulingMissing, lambda: actions.reject_dispute(ruling=" ", **told))
            DeclaredInterest.objects.create(
                member=earned.felix.membership, partner=earned.northwind, kind="ownership", declared_at=LATER
            )
            refuse(ApproverConflicted, lambda: actions.reject_dispute(ruling="No", **told))


def test_a_sale_that_earned_nothing_is_disputed_without_a_hold(earned: Cast) -> None:
    with tenant_context(earned.acme.id):
        line_id = Entry.objects.get().line_id
    row = opened(earned, entry=None, line_id=line_id, currency="EUR")
    with tenant_context(earned.acme.id):
        assert (row.hold, seen(earned)) == (None, {"": (1, 100_000)})
        accept(earned, row, 5_000)
        assert Adjustment.objects.get().entry_id is None
        assert [one.id for one in visible_disputes(earned.paul.actor)] == [row.id]
        assert not visible_disputes(earned.sven.actor).exists()
