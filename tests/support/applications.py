"""Applications as tests need them: begun by a stranger in the browser's way, or sent at once.

Called by: onboarding tests, the access world, the browser walks.
"""

from datetime import datetime
from typing import Any

from django.test import Client

from partners.directory.models import Partner
from partners.onboarding.agreements import accept_document, publish_document
from partners.onboarding.drafts import accept_documents, save_step, start_application, submit_application
from partners.onboarding.journeys import save_plan, start_journey
from partners.onboarding.links import secret_of
from partners.onboarding.models import Application, WaitingCompany
from partners.onboarding.setup import add_question, save_programme
from partners.onboarding.waiting import join_waiting_list
from prm.accounts.actor import APPLICANT_LABEL, Actor
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.web.puzzles import solves
from tests.support.cast import NOW, Person

COMPANY = {
    "tax_id": "DE136695976",
    "country": "DE",
    "kpp": "",
    "ogrn": "",
    "company_name": "Lakeside Systems",
    "legal_name": "",
    "website": "https://lakeside.example",
}
CONTACT = {"contact_name": "Lena Ott", "position": "Owner", "email": "lena@lakeside.example", "phone": ""}
PROFILE = {"partner_type": "reseller", "regions": ["North"], "specialisations": []}


WAITS = {
    "company_name": "Elm Works",
    "contact_name": "Eva Elm",
    "email": "eva@elm.example",
    "language": "en",
    "consent": "on",
}


def solve(challenge: str) -> str:
    number = 0
    while not solves(challenge, str(number)):
        number += 1
    return str(number)


def begin(client: Client, slug: str = "acme", **typed: str) -> str:
    """Press Apply as a browser would; the secret of the new link."""
    page = client.get(f"/{slug}/join/")
    challenge = page.context["challenge"]
    answer = client.post(f"/{slug}/join/", {"challenge": challenge, "answer": solve(challenge), **typed})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"].split("/")[-3])


def fill(client: Client, secret: str, slug: str = "acme", **typed: Any) -> None:
    """Every page of the wizard but the last."""
    for step, facts in (
        ("company", COMPANY),
        ("contact", CONTACT),
        ("profile", {**PROFILE, "regions": "North"}),
    ):
        told = {**facts, **{name: value for name, value in typed.items() if name in facts}}
        answer = client.post(f"/{slug}/join/apply/{secret}/{step}/", told)
        assert answer.status_code == 302, answer.content
    agreed = client.post(f"/{slug}/join/apply/{secret}/agreement/", {"agreement": "on", "consent": "on"})
    assert agreed.status_code == 302


def visitor_of(tenant: Tenant) -> Actor:
    """A stranger whose context may hold one new application."""
    return Actor(kind="visitor", id=uuid7(), label=APPLICANT_LABEL, tenant_id=tenant.id)


def lodge(
    tenant: Tenant, number: int = 1, *, at: datetime = NOW, sent: bool = True, **facts: Any
) -> Application:
    """An application of its own company, written in the visitor's scope as the pages do."""
    actor = visitor_of(tenant)
    place = f"company{number}.example"
    told = {
        **COMPANY,
        **CONTACT,
        **PROFILE,
        "country": "US",
        "tax_id": f"US{number:06}",
        "company_name": f"Company {number}",
        "website": f"https://{place}",
        "email": f"lena@{place}",
        **facts,
    }
    with tenant_context(tenant.id, scope="partner", partner_ids=[actor.id]):  # type: ignore[list-item]
        application, _secret = start_application(
            actor=actor,
            nonce=f"nonce{tenant.slug}{number}",
            language="en",
            source=told.pop("source", ""),
            at=at,
        )
        for step in ("company", "contact", "profile"):
            application = save_step(actor=actor, application=application, step=step, facts=told, at=at)
        application = accept_documents(actor=actor, application=application, language="en", at=at)
        if sent:
            application = submit_application(actor=actor, application=application, at=at)
    return application


def wait_for(tenant: Tenant, **facts: str) -> WaitingCompany:
    """A company on the waiting list of a programme that is closed, put down in the visitor's scope."""
    actor = visitor_of(tenant)
    with tenant_context(tenant.id, scope="partner", partner_ids=[actor.id]):  # type: ignore[list-item]
        join_waiting_list(actor=actor, facts={**WAITS, **facts}, consent_language="en", at=NOW)
    with tenant_context(tenant.id):
        return WaitingCompany.objects.latest("id")


def _waiting(tenant: Tenant, admin: Person) -> WaitingCompany:
    """From the days when the programme was closed."""
    with tenant_context(tenant.id):
        save_programme(actor=admin.actor, facts={"is_open": False}, version=None, at=NOW)
    row = wait_for(tenant)
    with tenant_context(tenant.id):
        save_programme(actor=admin.actor, facts={"is_open": True}, version=None, at=NOW)
    return row


def furnish_joining(tenant: Tenant, partner: Partner, admin: Person) -> dict[str, Any]:
    """One application that waits, and all that applying and beginning stand on; ids by the names in addresses."""
    with tenant_context(tenant.id):
        save_programme(actor=admin.actor, facts={"reply_days": 3}, version=None, at=NOW)
        question = add_question(actor=admin.actor, facts={"words": {"en": "Why?"}, "kind": "line"}, at=NOW)
        version = publish_document(
            actor=admin.actor, kind="agreement", texts={"en": "Be fair."}, notice_days=0, at=NOW
        )
        accept_document(actor=admin.actor, partner=partner, version=version, language="en", at=NOW)
        save_plan(
            actor=admin.actor,
            partner_type="reseller",
            steps=[{"kind": "profile", "days": 7, "needs": []}],
            version=0,
            at=NOW,
        )
        start_journey(actor=admin.actor, partner=partner, at=NOW)
    application = lodge(tenant)
    draft = lodge(tenant, 2, sent=False)
    return {
        "application_id": application.id,
        "question_id": question.id,
        "document_id": version.id,
        "waiting_id": _waiting(tenant, admin).id,
        "token": secret_of(draft.id, 0),
        "token:sent": secret_of(application.id, 0),
    }
