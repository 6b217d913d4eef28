"""Two at the same moment: deciders of one application, and two applications of one company."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connections

from partners.directory.models import Partner
from partners.onboarding.decisions import ApplicationMoved, Terms, approve_application
from partners.onboarding.drafts import submit_application
from partners.onboarding.models import Application
from partners.onboarding.refusals import CompanyAlreadyHere
from prm.tenancy.context import tenant_context
from tests.support.applications import lodge, visitor_of
from tests.support.cast import NOW, Cast, Person, stage

pytestmark = pytest.mark.race


@pytest.fixture
def cast(own_database: str) -> Cast:
    return stage()


def at_once(*works: Callable[[Barrier], str]) -> list[str]:
    """What each of the works came to, all begun together in transactions of their own."""
    start, outcomes = Barrier(len(works)), []

    def run(work: Callable[[Barrier], str]) -> None:
        try:
            outcomes.append(work(start))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_two_approve_and_one_partner_is_made(cast: Cast) -> None:
    application = lodge(cast.acme)
    before = len(mail.outbox) if hasattr(mail, "outbox") else 0

    def approve(person: Person) -> Callable[[Barrier], str]:
        def work(start: Barrier) -> str:
            try:
                with tenant_context(cast.acme.id):
                    start.wait(10)
                    approve_application(
                        actor=person.actor,
                        application=application,
                        terms=Terms(code=person.user.name),
                        at=NOW,
                    )
            except ApplicationMoved as refusal:
                return refusal.message.split(" ")[1]
            return "made"

        return work

    assert at_once(approve(cast.vera), approve(cast.vasily)) == ["approved", "made"]
    with tenant_context(cast.acme.id):
        assert Partner.objects.filter(name="Company 1").count() == 1
    assert len(mail.outbox) - before == 1


def test_two_of_one_company_are_sent_and_one_arrives(cast: Cast) -> None:
    drafts = [
        lodge(cast.acme, number, sent=False, tax_id="US777777", website="", email=f"{number}@gmail.com")
        for number in (1, 2)
    ]

    def send(draft: Application) -> Callable[[Barrier], str]:
        def work(start: Barrier) -> str:
            try:
                with tenant_context(cast.acme.id, scope="partner", partner_ids=[draft.id]):
                    start.wait(10)
                    submit_application(actor=visitor_of(cast.acme), application=draft, at=NOW)
            except CompanyAlreadyHere as refusal:
                return refusal.field
            return "sent"

        return work

    assert at_once(*map(send, drafts)) == ["sent", "tax_id"]
