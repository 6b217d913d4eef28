"""Claims on one customer: the queue, the dates of S7, decisions and what follows from them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from partners.deals import actions, deadlines, interests, refusals
from partners.deals.models import Deal, DealState, Extension, Protection
from partners.deals.protection import remind_of_ends
from partners.deals.queries import forecast_of, place_of, protections_on, rivals_of, similar_to, standing_of
from partners.deals.rules import claim_of
from partners.deals.steps import today_of
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.deals import TAX_ID, approve, line_of, make_line, moment, register
from tests.support.rows import nothing_written


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    return cast


def protection(cast: Cast, deal: Deal) -> tuple[date, date] | None:
    with tenant_context(cast.acme.id):
        held = Protection.objects.filter(deal=deal).first()
        return (held.starts_on, held.ends_on) if held else None


def state(cast: Cast, deal: Deal) -> str:
    with tenant_context(cast.acme.id):
        return Deal.objects.get(id=deal.id).state


def settle(cast: Cast, at: Any) -> None:
    with tenant_context(cast.acme.id):
        deadlines.settle_due(actor=cast.system, today=today_of(at), at=at)


def test_the_dates_and_places_of_the_protected_deal(acme: Cast) -> None:
    """P1 from 12 Jan for 90 days and 30 more; P2 behind it on condition; a third still waits on the last evening."""
    first = register(acme.paul, at=moment(1, 10))
    approve(acme.nina, first, at=moment(1, 12))
    assert protection(acme, first) == (date(2026, 1, 12), date(2026, 4, 12))
    with pytest.raises(refusals.CustomerClaimed) as claimed:
        register(acme.sven, "ACME Gmbh.", at=moment(2, 20))
    assert claimed.value.standing.place == 2
    second = register(acme.sven, "ACME Gmbh.", at=moment(2, 20), join_queue=True)
    assert approve(acme.vera, second, at=moment(2, 21)).state == DealState.QUEUED
    with tenant_context(acme.acme.id):
        extension = actions.ask_extension(
            actor=acme.paul.actor, deal=first, days=30, why="The tender moved", at=moment(4, 5)
        )
        actions.answer_extension(
            actor=acme.nina.actor, deal=first, extension=extension, grant=True, answer="", at=moment(4, 5)
        )
    assert protection(acme, first) == (date(2026, 1, 12), date(2026, 5, 12))
    with tenant_context(acme.acme.id):
        from tests.support.cast import make_partner, make_person
    third_partner = make_partner(acme.acme, "EW", "Eastwind")
    third = make_person(acme.acme, "e@eastwind.example", "partner_admin", partner_id=third_partner.id)
    last_evening = moment(5, 11, 23, 59, 59)
    waiting = register(third, at=last_evening, join_queue=True)
    with tenant_context(acme.acme.id):
        assert place_of(waiting, date(2026, 5, 11)) == 3
        assert [held.deal_id for held in protections_on(date(2026, 5, 11))] == [first.id]
    settle(acme, moment(5, 14))  # two days late: the days count from the end of the one before
    assert protection(acme, second) == (date(2026, 5, 12), date(2026, 8, 10))
    assert (state(acme, first), state(acme, second)) == ("expired", "protected")
    with tenant_context(acme.acme.id):
        assert [held.deal_id for held in protections_on(date(2026, 5, 12))] == [second.id]


def test_what_a_partner_is_told_is_a_word(acme: Cast) -> None:
    def words() -> list[str]:
        found = []
        for person in (acme.paul, acme.sven):
            assert person.actor.partner_id is not None
            scope = tenant_context(acme.acme.id, scope="partner", partner_ids=[person.actor.partner_id])
            with scope:
                claim = claim_of("Other spelling", TAX_ID, "")
                line = line_of()
                found.append(standing_of(claim, line.id, person.actor.partner_id, NOW.date(), NOW).word)
        return found

    assert words() == ["free", "free"]
    deal = register(acme.paul)
    assert words() == ["yours", "review"]
    approve(acme.nina, deal)
    assert words() == ["yours", "registered"]


def test_a_partners_work_sees_no_row_of_the_other_claim(acme: Cast) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal)
    with tenant_context(acme.acme.id, scope="partner", partner_ids=[acme.southwind.id]):
        for table in ("partners_deal", "partners_protection", "partners_extension"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (0,), table


def test_the_own_customer_is_claimed_once(acme: Cast) -> None:
    register(acme.paul)
    with tenant_context(acme.acme.id):
        before = Deal.objects.count()
    with pytest.raises(refusals.CustomerYours):
        register(acme.paul, "Acme again", join_queue=True)
    with tenant_context(acme.acme.id):
        assert Deal.objects.count() == before


def test_another_product_line_is_another_claim(acme: Cast) -> None:
    make_line(acme, "hardware")
    register(acme.paul)
    assert register(acme.sven, line="hardware").number == 2


def test_the_database_refuses_a_second_live_protection(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    approve(acme.nina, first)
    with tenant_context(acme.acme.id), pytest.raises(IntegrityError), transaction.atomic():
        Protection.objects.create(
            deal=second,
            partner_id=second.partner_id,
            claim_key=second.claim_key,
            line_id=second.line_id,
            starts_on=NOW.date(),
            ends_on=NOW.date() + timedelta(days=1),
        )


def test_an_earlier_claim_is_served_first(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    assert approve(acme.vera, second).state == DealState.QUEUED
    assert approve(acme.nina, first).state == DealState.PROTECTED
    assert protection(acme, second) is None


def test_when_the_first_is_rejected_the_next_becomes_live(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    approve(acme.vera, second)
    with tenant_context(acme.acme.id):
        actions.reject_deal(actor=acme.nina.actor, deal=first, reason="No budget there", at=NOW)
    assert protection(acme, second) == (NOW.date(), NOW.date() + timedelta(days=90))


def test_lost_frees_the_customer_and_won_keeps_it(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    approve(acme.nina, first)
    approve(acme.vera, second)
    later = NOW + timedelta(days=10)
    with tenant_context(acme.acme.id):
        actions.close_deal(actor=acme.paul.actor, deal=first, outcome="lost", at=later)
    assert protection(acme, first) == (NOW.date(), later.date())
    assert protection(acme, second) == (later.date(), later.date() + timedelta(days=90))
    with tenant_context(acme.acme.id):
        actions.close_deal(actor=acme.sven.actor, deal=second, outcome="won", at=later)
    assert protection(acme, second) == (later.date(), later.date() + timedelta(days=90))


def test_returned_opens_the_named_fields_and_keeps_the_place(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    with tenant_context(acme.acme.id):
        actions.return_deal(actor=acme.nina.actor, deal=first, fields=["note"], reason="Who decides?", at=NOW)
        with nothing_written(), pytest.raises(refusals.FieldNotAsked):
            actions.correct_deal(actor=acme.paul.actor, deal=first, changes={"customer": "Other"}, at=NOW)
        actions.correct_deal(actor=acme.paul.actor, deal=first, changes={"note": "The owner"}, at=NOW)
        assert (place_of(first, NOW.date()), place_of(second, NOW.date())) == (1, 2)
    assert state(acme, first) == "submitted"


def test_a_corrected_tax_id_moves_the_claim(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    approve(acme.vera, second)
    with tenant_context(acme.acme.id):
        actions.return_deal(actor=acme.nina.actor, deal=first, fields=["tax_id"], reason="Wrong one", at=NOW)
        actions.correct_deal(actor=acme.paul.actor, deal=first, changes={"tax_id": "7736050003"}, at=NOW)
    assert state(acme, second) == "protected"


@pytest.mark.parametrize("step", ["approve", "reject", "return"])
def test_a_decision_is_made_once(acme: Cast, step: str) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal)
    steps: dict[str, Any] = {
        "approve": lambda: actions.approve_deal(actor=acme.vera.actor, deal=deal, at=NOW),
        "reject": lambda: actions.reject_deal(actor=acme.vera.actor, deal=deal, reason="x", at=NOW),
        "return": lambda: actions.return_deal(
            actor=acme.vera.actor, deal=deal, fields=["note"], reason="x", at=NOW
        ),
    }
    with tenant_context(acme.acme.id), nothing_written(), pytest.raises(refusals.DealStepRefused):
        steps[step]()


def test_a_declared_interest_refuses_the_approver(acme: Cast) -> None:
    deal = register(acme.paul)
    with tenant_context(acme.acme.id):
        interest = interests.declare_interest(
            actor=acme.nina.actor, partner=acme.northwind, kind="related", note="Brother", at=NOW
        )
        with nothing_written(), pytest.raises(refusals.ApproverConflicted):
            actions.approve_deal(actor=acme.nina.actor, deal=deal, at=NOW)
        assert actions.approve_deal(actor=acme.vera.actor, deal=deal, at=NOW).state == "protected"
        interests.withdraw_interest(actor=acme.nina.actor, interest=interest, at=NOW)


def test_an_extension_is_asked_once_and_only_while_it_lasts(acme: Cast) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal)

    def ask(at: Any) -> Extension:
        return actions.ask_extension(actor=acme.paul.actor, deal=deal, days=30, why="Tender", at=at)

    with tenant_context(acme.acme.id):
        ask(NOW)
        with nothing_written(), pytest.raises(refusals.ExtensionAsked):
            ask(NOW)
        with nothing_written(), pytest.raises(refusals.ProtectionOver):
            ask(NOW + timedelta(days=90))


def test_a_refused_extension_needs_a_reason_and_leaves_the_end(acme: Cast) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal)
    before = protection(acme, deal)
    with tenant_context(acme.acme.id):
        asked = actions.ask_extension(actor=acme.paul.actor, deal=deal, days=30, why="Tender", at=NOW)
        told: Any = {"actor": acme.nina.actor, "deal": deal, "extension": asked, "grant": False, "at": NOW}
        with nothing_written(), pytest.raises(refusals.ReasonMissing):
            actions.answer_extension(**told, answer=" ")
        actions.answer_extension(**told, answer="Nothing happened in 90 days")
    assert protection(acme, deal) == before


def test_a_late_decision_is_escalated_once(acme: Cast) -> None:
    register(acme.paul)
    with tenant_context(acme.acme.id):
        counts = [
            deadlines.escalate_late(actor=acme.system, at=NOW + timedelta(hours=hours))
            for hours in (47, 49, 50)
        ]
        assert counts == [0, 1, 0]
        told = [row.payload["kind"] for row in Event.objects.filter(name="prm.notifications.deliver")]
    assert told == ["deal.submitted", "deal.escalated", "deal.escalated_partner"]


def test_both_sides_are_reminded_once_for_each_of_14_7_and_1_days(acme: Cast) -> None:
    deal = register(acme.paul)
    approve(acme.nina, deal)
    ends_on = NOW.date() + timedelta(days=90)
    with tenant_context(acme.acme.id):
        counts = [
            remind_of_ends(today=ends_on - timedelta(days=left)) for left in (20, 14, 13, 7, 2, 1, 1, 0)
        ]
    assert counts == [0, 1, 0, 1, 0, 1, 0, 0]


def test_staff_see_rivals_in_order_and_names_that_look_alike(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    alike = register(acme.sven, "Acme Handels GmbH", tax_id="7736050003")
    with tenant_context(acme.acme.id):
        assert rivals_of(second) == [first]
        assert similar_to(first) == [alike]


def test_the_forecast_weighs_open_deals_by_month(acme: Cast) -> None:
    register(acme.paul, stage="proposal")
    won = register(acme.paul, "Other", tax_id="7736050003")
    with tenant_context(acme.acme.id):
        actions.close_deal(actor=acme.paul.actor, deal=won, outcome="withdrawn", at=NOW)
        (month,) = forecast_of(Deal.objects.all())
    assert (month.month, month.count, month.amount_minor, month.weighted_minor) == (
        date(2026, 6, 1),
        1,
        6_000_000,
        3_000_000,
    )


def test_days_count_from_the_day_on_which_the_claim_before_was_given_up(acme: Cast) -> None:
    first, second = register(acme.paul), register(acme.sven, join_queue=True)
    approve(acme.vera, second)
    later = NOW + timedelta(days=6)
    with tenant_context(acme.acme.id):
        actions.reject_deal(actor=acme.nina.actor, deal=first, reason="No budget there", at=later)
    assert protection(acme, second) == (later.date(), later.date() + timedelta(days=90))
