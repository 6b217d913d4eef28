"""The vendor's terms, its clock, and the partner's: what restarts, what lapses, who moves up."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection

from partners.deals import actions, deadlines
from partners.deals.models import Deal, DealTerms
from partners.deals.queries import place_of
from partners.deals.rules import Terms
from partners.deals.steps import today_of
from partners.deals.terms import current_terms, set_terms
from prm.audit.models import AuditRecord
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.deals import approve, line_of, make_line, register, spans, states
from tests.support.rows import nothing_written_in

TODAY = NOW.date()
OTHER_ID = "7736050003"


@pytest.fixture
def acme(cast: Cast) -> Cast:
    make_line(cast)
    make_line(cast, "hardware")
    return cast


def say(cast: Cast, **changes: int) -> None:
    with tenant_context(cast.acme.id):
        set_terms(actor=cast.vera.actor, terms=Terms(**changes), at=NOW)


def ask_back(cast: Cast, deal: Deal, *fields: str, at: datetime = NOW) -> Deal:
    with tenant_context(cast.acme.id):
        return actions.return_deal(
            actor=cast.nina.actor, deal=deal, fields=list(fields or ["note"]), reason="Who decides?", at=at
        )


def correct(cast: Cast, deal: Deal, at: datetime, **changes: Any) -> Deal:
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[cast.northwind.id]):
        return actions.correct_deal(actor=cast.paul.actor, deal=deal, changes=changes, at=at)


def sweep(cast: Cast, day: int) -> tuple[int, int]:
    """How many were reminded and how many lapsed on the day so many days from now."""
    at = NOW + timedelta(days=day)
    with tenant_context(cast.acme.id):
        lapsed = deadlines.lapse_unanswered(actor=cast.system, today=today_of(at), at=at)
        return deadlines.remind_unanswered(today=today_of(at), at=at), lapsed


def test_the_defaults_are_those_of_the_programme(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        assert current_terms() == Terms(90, 30, 48, 14)


def test_terms_hold_for_what_is_promised_from_now_on(acme: Cast) -> None:
    before, queued = register(acme.paul), register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    approve(acme.nina, before)
    approve(acme.vera, queued)
    say(acme, protection_days=30, decision_hours=24)
    later = register(acme.paul, "Other AG", tax_id=OTHER_ID, at=NOW)
    approve(acme.nina, later)
    assert later.decide_by == NOW + timedelta(hours=24)
    assert spans(acme, later)[0][2] == TODAY + timedelta(days=30)
    with tenant_context(acme.acme.id):
        actions.close_deal(actor=acme.paul.actor, deal=before, outcome="lost", at=NOW)
    assert spans(acme, queued)[0][2] == TODAY + timedelta(days=90)


def test_a_change_of_terms_is_audited_and_said_once(acme: Cast) -> None:
    say(acme, extension_days=45)
    say(acme, extension_days=45)
    with tenant_context(acme.acme.id):
        (record,) = AuditRecord.objects.filter(action="deal.terms_changed")
        assert (record.before, record.after) == ({"extension_days": 30}, {"extension_days": 45})
        assert DealTerms.objects.count() == 1


def test_the_page_of_terms(acme: Cast) -> None:
    vera = client_of(acme.vera)
    typed = {"decision_hours": "24", "answer_days": "7", "protection_days": "60", "extension_days": "20"}
    with nothing_written_in(acme.acme):
        refused = vera.post("/acme/m/deals/terms/", typed | {"protection_days": "0"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    vera.post("/acme/m/deals/terms/", typed)
    paul = client_of(acme.paul)
    page = paul.get("/acme/p/deals/new/").content.decode()
    assert "within 24 working hours" in page
    assert "protected for 60 days" in page
    assert client_of(acme.nina).get("/acme/m/deals/terms/").status_code == HTTPStatus.FORBIDDEN


def test_the_offered_extension_is_that_of_the_terms(acme: Cast) -> None:
    say(acme, extension_days=45)
    deal = approve(acme.nina, register(acme.paul))
    page = client_of(acme.paul).get(f"/acme/p/deals/{deal.id}/extend/").content.decode()
    assert 'value="45"' in page


def test_the_clock_starts_anew_when_a_returned_deal_comes_back(acme: Cast) -> None:
    deal = register(acme.paul)
    with tenant_context(acme.acme.id):
        deadlines.escalate_late(actor=acme.system, at=NOW + timedelta(days=5))
    ask_back(acme, deal, at=NOW + timedelta(days=5))
    back = datetime(2026, 4, 8, 9, tzinfo=NOW.tzinfo)  # a Wednesday
    corrected = correct(acme, deal, back, note="The owner")
    assert (corrected.decide_by, corrected.escalated_at) == (back + timedelta(hours=48), None)
    assert corrected.answer_by is None
    with tenant_context(acme.acme.id):
        assert deadlines.escalate_late(actor=acme.system, at=back + timedelta(hours=47)) == 0
        assert deadlines.escalate_late(actor=acme.system, at=back + timedelta(hours=48)) == 1


def test_a_question_is_answered_in_the_days_of_the_terms(acme: Cast) -> None:
    say(acme, answer_days=10)
    deal = ask_back(acme, register(acme.paul))
    assert deal.answer_by == TODAY + timedelta(days=10)
    page = client_of(acme.paul).get(f"/acme/p/deals/{deal.id}/").content.decode()
    assert "Correct by 11 Apr 2026" in page


def test_the_partner_is_reminded_once_and_then_the_claim_lapses(acme: Cast) -> None:
    first = register(acme.paul)
    second = approve(acme.vera, register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1)))
    ask_back(acme, first)
    assert [sweep(acme, day) for day in (10, 11, 12, 14, 15, 16)] == [
        (0, 0),
        (1, 0),
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 0),
    ]
    assert states(acme) == {"D-1": "lapsed", "D-2": "protected"}
    lapsed_on = TODAY + timedelta(days=15)
    assert spans(acme, second) == [(second.claim_key, lapsed_on, lapsed_on + timedelta(days=90))]
    with tenant_context(acme.acme.id):
        told = [row.payload["kind"] for row in Event.objects.filter(name="prm.notifications.deliver")]
    assert told.count("deal.answer_due") == 1
    assert {"deal.lapsed", "deal.lapsed_staff"} <= set(told)


def test_an_answer_in_time_keeps_the_claim(acme: Cast) -> None:
    deal = ask_back(acme, register(acme.paul))
    correct(acme, deal, NOW + timedelta(days=14), note="The owner")
    assert sweep(acme, 20) == (0, 0)
    assert states(acme) == {"D-1": "submitted"}


def test_a_correction_of_the_same_customer_keeps_its_place(acme: Cast) -> None:
    first = register(acme.paul)
    register(acme.sven, join_queue=True, at=NOW + timedelta(minutes=1))
    ask_back(acme, first, "customer", "note")
    corrected = correct(acme, first, NOW + timedelta(days=2), customer="ACME AG", note="The owner")
    assert corrected.submitted_at == NOW


@pytest.mark.parametrize("field", ["tax_id", "line"])
def test_a_correction_that_moves_the_claim_takes_the_last_place_there(acme: Cast, field: str) -> None:
    """Registered first, said to be another customer or line later: behind whoever waited there meanwhile."""
    moment = NOW + timedelta(days=2)
    there: dict[str, Any] = {"tax_id": OTHER_ID} if field == "tax_id" else {"line": "hardware"}
    first = register(acme.paul)
    waiting = register(acme.sven, "There", at=moment - timedelta(hours=1), **there)
    ask_back(acme, first, field)
    with tenant_context(acme.acme.id):
        changes = {"line": line_of("hardware")} if field == "line" else there
    corrected = correct(acme, first, moment, **changes)
    assert corrected.submitted_at == moment
    with tenant_context(acme.acme.id):
        assert (place_of(waiting, moment.date()), place_of(corrected, moment.date())) == (1, 2)


def test_the_days_of_a_protection_are_those_of_its_approval(acme: Cast) -> None:
    deal = approve(acme.nina, register(acme.paul))
    say(acme, protection_days=10)
    assert spans(acme, deal) == [(deal.claim_key, TODAY, date(2026, 6, 30))]


def test_the_database_keeps_one_row_of_terms(acme: Cast) -> None:
    say(acme, answer_days=7)
    say(acme, answer_days=8)
    with tenant_context(acme.acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM partners_dealterms")
        assert cursor.fetchone() == (1,)
