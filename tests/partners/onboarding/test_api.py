"""Applications for machines: sent, decided and refused, down to a partner that began without a browser."""

import pytest
from django.core import mail

from partners.onboarding.agreements import publish_document
from partners.onboarding.models import Application
from prm.tenancy.context import tenant_context
from tests.support.api import Machine, make_key, problem_of
from tests.support.applications import lodge
from tests.support.cast import NOW, Cast

BODY = {
    "country": "RU",
    "tax_id": "7707083893",
    "kpp": "773601001",
    "company_name": "ООО Ромашка",
    "contact_name": "Ольга",
    "email": "olga@romashka.example",
    "partner_type": "integrator",
    "regions": ["Сибирь"],
    "accepts_documents": True,
}


@pytest.fixture
def crm(cast: Cast) -> Machine:
    return Machine(make_key(cast.acme, "applications:read", "applications:write"))


def test_a_partner_with_onboarding_entirely_by_api(cast: Cast, crm: Machine) -> None:
    with tenant_context(cast.acme.id):
        first = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "One"}, notice_days=0, at=NOW
        )
    sent = crm.post("applications", BODY)
    assert (sent.status_code, sent.json()["state"], sent.json()["source"]) == (201, "submitted", "api")
    at = f"applications/{sent.json()['id']}"
    assert crm.post(f"{at}/review", {}).json()["state"] == "in_review"
    approved = crm.post(f"{at}/approve", {"code": "R-1", "tier": "Silver"}).json()
    assert (approved["state"], approved["decided_by"]) == ("approved", "ERP")
    partner = f"partners/{approved['partner_id']}"
    steps = {step["kind"]: step["state"] for step in crm.get(f"{partner}/journey").json()["steps"]}
    assert (steps["agreement"], steps["team"]) == ("done", "open")
    [agreement, consent] = crm.get(f"{partner}/acceptances").json()["data"]
    assert (agreement["document_id"], consent["document_id"]) == (str(first.id), None)
    assert [letter.to for letter in mail.outbox] == [["olga@romashka.example"]]


def test_a_new_version_is_accepted_on_behalf_once(cast: Cast, crm: Machine) -> None:
    with tenant_context(cast.acme.id):
        version = publish_document(
            actor=cast.vera.actor, kind="agreement", texts={"en": "One"}, notice_days=0, at=NOW
        )
    path = f"partners/{cast.northwind.id}/acceptances"
    accepted = crm.post(path, {"document_id": str(version.id), "language": "en"})
    assert (accepted.status_code, accepted.json()["on_behalf"], accepted.json()["accepted_by"]) == (
        201,
        True,
        "ERP",
    )
    again = crm.post(path, {"document_id": str(version.id)})
    assert (again.status_code, problem_of(again)["code"]) == (409, "already_accepted")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"tax_id": "7707083894"}, "/tax_id", "inn_digits"),
        ({"tax_id": "77070838"}, "/tax_id", "inn_length"),
        ({"kpp": "12"}, "/kpp", "kpp"),
        ({"accepts_documents": False}, "/accepts_documents", "documents_not_accepted"),
        ({"company": "X"}, "/company", "unknown_field"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    cast: Cast, crm: Machine, change: dict[str, object], pointer: str, code: str
) -> None:
    refused = crm.post("applications", {**BODY, **change})
    assert refused.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in problem_of(refused)["errors"]] == [(pointer, code)]
    with tenant_context(cast.acme.id):
        assert Application.objects.count() == 0


def test_a_known_company_is_refused(cast: Cast, crm: Machine) -> None:
    assert crm.post("applications", BODY).status_code == 201
    again = crm.post("applications", {**BODY, "email": "x@gmail.com"})
    assert (again.status_code, problem_of(again)["code"]) == (409, "company_already_here")


def test_reject_and_ask_need_words_and_known_fields(cast: Cast, crm: Machine) -> None:
    at = f"applications/{lodge(cast.acme).id}"
    assert problem_of(crm.post(f"{at}/ask", {"text": "?", "fields": ["colour"]}))["code"] == "field_unknown"
    asked = crm.post(f"{at}/ask", {"text": "Which site?", "fields": ["website"]}).json()
    assert (asked["state"], asked["asked_fields"]) == ("action_required", ["website"])
    assert crm.post(f"{at}/reject", {"reason": ""}).status_code == 422
    assert crm.post(f"{at}/reject", {"reason": "No."}).json()["state"] == "rejected"
    late = crm.post(f"{at}/approve", {})
    assert (late.status_code, problem_of(late)["code"]) == (409, "application_moved")


def test_drafts_are_nobodys_business(cast: Cast, crm: Machine) -> None:
    draft = lodge(cast.acme, sent=False)
    assert crm.get("applications").json()["data"] == []
    assert crm.get(f"applications/{draft.id}").status_code == 404
