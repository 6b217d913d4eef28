"""Deciding applications: once, with a reason, into a whole partner or into nothing."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail

from partners.directory.models import Contact, Partner
from partners.onboarding.decisions import (
    ApplicationMoved,
    LetterNotSent,
    PartnerCodeTaken,
    ReasonMissing,
    Terms,
    approve_application,
    approve_many,
    ask_applicant,
    reject_application,
    start_review,
)
from partners.onboarding.drafts import answer_request
from partners.onboarding.models import Acceptance, Application, ApplicationLetter, Journey
from partners.onboarding.refusals import (
    AppliedTooSoon,
    CompanyAlreadyHere,
    NothingAnswered,
    NotOpenForChange,
    RequisitesWrong,
)
from prm.accounts.models import Invitation
from prm.tenancy.context import tenant_context
from tests.support.applications import lodge
from tests.support.cast import NOW, Cast
from tests.support.rows import nothing_written, nothing_written_in

LATER = NOW + timedelta(hours=5)


@pytest.fixture
def sent(cast: Cast) -> Application:
    return lodge(cast.acme)


def test_approval_makes_partner_contact_steps_and_invitation(cast: Cast, sent: Application) -> None:
    with tenant_context(cast.acme.id):
        partner = approve_application(
            actor=cast.vera.actor, application=sent, terms=Terms(code="C-1", tier="Gold"), at=LATER
        )
        sent.refresh_from_db()
        assert (sent.state, sent.partner_id, sent.decided_by_label) == ("approved", partner.id, "Vera")
        assert (partner.code, partner.name, partner.region, partner.tier) == (
            "C-1",
            "Company 1",
            "North",
            "Gold",
        )
        assert Contact.objects.get(partner=partner).email == "lena@company1.example"
        assert Journey.objects.get(partner=partner).starts_on == LATER.date()
        invitation = Invitation.objects.get(partner_id=partner.id)
        assert (invitation.email, invitation.role) == ("lena@company1.example", "partner_admin")
        assert Acceptance.objects.get(partner=partner).accepted_at == NOW  # the consent, as it was given
    [letter] = mail.outbox
    assert letter.to == ["lena@company1.example"]


def test_a_managers_approval_joins_the_own_portfolio(cast: Cast, sent: Application) -> None:
    with tenant_context(cast.acme.id):
        partner = approve_application(actor=cast.nina.actor, application=sent, terms=Terms(), at=LATER)
    assert (partner.manager_id, partner.code) == (cast.nina.membership.id, sent.reference)


def test_a_letter_that_does_not_leave_takes_everything_back(cast: Cast, sent: Application) -> None:
    with (
        tenant_context(cast.acme.id),
        patch("prm.workspace.letters.send_mail", side_effect=OSError("away")),
        nothing_written(),
        pytest.raises(LetterNotSent),
    ):
        approve_application(actor=cast.vera.actor, application=sent, terms=Terms(), at=LATER)


def test_a_taken_code_takes_everything_back(cast: Cast, sent: Application) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(PartnerCodeTaken):
        approve_application(actor=cast.vera.actor, application=sent, terms=Terms(code="NW"), at=LATER)


def test_the_second_decider_hears_who_was_first(cast: Cast, sent: Application) -> None:
    with tenant_context(cast.acme.id):
        reject_application(actor=cast.vera.actor, application=sent, reason="Too far away.", at=LATER)
        with nothing_written(), pytest.raises(ApplicationMoved) as refusal:
            approve_application(actor=cast.vasily.actor, application=sent, terms=Terms(), at=LATER)
    assert refusal.value.message.startswith("Vera rejected this application on 1 Apr 2026")


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_rejection_needs_its_reason(cast: Cast, sent: Application, reason: str) -> None:
    with tenant_context(cast.acme.id), nothing_written(), pytest.raises(ReasonMissing):
        reject_application(actor=cast.vera.actor, application=sent, reason=reason, at=LATER)


def test_a_rejection_is_told_by_letter_and_frees_the_company(cast: Cast, sent: Application) -> None:
    with tenant_context(cast.acme.id):
        reject_application(actor=cast.vera.actor, application=sent, reason="Too far away.", at=LATER)
        assert ApplicationLetter.objects.filter(application=sent, kind="rejected").count() == 1
    with nothing_written_in(cast.acme), pytest.raises(AppliedTooSoon):
        lodge(cast.acme, 2, tax_id=sent.tax_id, website=sent.website, at=LATER + timedelta(days=89))
    again = lodge(cast.acme, 2, tax_id=sent.tax_id, website=sent.website, at=LATER + timedelta(days=90))
    assert again.state == "submitted"


def test_only_asked_fields_open_and_the_clock_starts_anew(cast: Cast, sent: Application) -> None:
    with tenant_context(cast.acme.id):
        start_review(actor=cast.vera.actor, application=sent, at=LATER)
        asked = ask_applicant(
            actor=cast.vera.actor, application=sent, fields=["website"], text="Which site?", at=LATER
        )
        assert (asked.state, asked.due_at) == ("action_required", None)
    visitor = cast.vera.actor
    with tenant_context(cast.acme.id, scope="partner", partner_ids=[sent.id]):
        with pytest.raises(NotOpenForChange):
            answer_request(
                actor=visitor, application=asked, changes={"company_name": "X"}, reply="", at=LATER
            )
        for nothing in ({}, {"website": ""}, {"website": asked.website}):
            with nothing_written(), pytest.raises(NothingAnswered):
                answer_request(actor=visitor, application=asked, changes=nothing, reply=" ", at=LATER)
        answered = answer_request(
            actor=visitor,
            application=asked,
            changes={"website": "https://other.example"},
            reply="This.",
            at=LATER,
        )
        assert (answered.state, answered.domain, answered.reply) == ("in_review", "other.example", "This.")
        assert answered.due_at == LATER + timedelta(days=3)
        with pytest.raises(NotOpenForChange):
            answer_request(actor=visitor, application=asked, changes={}, reply="Again", at=LATER)


def test_an_answer_is_checked_like_the_first_time(cast: Cast) -> None:
    first = lodge(cast.acme, 1, country="DE", tax_id="DE136695976")
    second = lodge(cast.acme, 2, country="DE", tax_id="DE811907980")
    with tenant_context(cast.acme.id):
        ask_applicant(actor=cast.vera.actor, application=second, fields=["tax_id"], text="Sure?", at=LATER)
        for wrong, refusal in (("DE136695977", RequisitesWrong), (first.tax_id, CompanyAlreadyHere)):
            with nothing_written(), pytest.raises(refusal):
                answer_request(
                    actor=cast.vera.actor, application=second, changes={"tax_id": wrong}, reply="", at=LATER
                )


def test_many_are_decided_each_by_itself(cast: Cast) -> None:
    rows = [lodge(cast.acme, number) for number in (1, 2, 3)]
    with tenant_context(cast.acme.id):
        reject_application(actor=cast.vera.actor, application=rows[1], reason="No.", at=LATER)
        before = Partner.objects.count()
        outcomes = approve_many(actor=cast.vasily.actor, ids=[row.id for row in rows], at=LATER)
        assert [bool(outcome.message) for outcome in outcomes] == [False, True, False]
        assert Partner.objects.count() == before + 2
