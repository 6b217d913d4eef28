"""The waiting list of a closed programme: who gets on it, what nobody learns from it, the letter when it opens."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from partners.onboarding import waiting
from partners.onboarding.agreements import publish_document
from partners.onboarding.models import WaitingCompany
from partners.onboarding.rules import text_hash
from partners.onboarding.setup import save_programme
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.applications import WAITS, solve, wait_for
from tests.support.cast import NOW, Cast
from tests.support.clients import client_of
from tests.support.rows import nothing_written_in

LIST = "/acme/m/applications/waiting/"


def set_open(cast: Cast, *, is_open: bool) -> None:
    with tenant_context(cast.acme.id):
        save_programme(actor=cast.vera.actor, facts={"is_open": is_open}, version=None, at=NOW)


@pytest.fixture
def closed(cast: Cast) -> Cast:
    set_open(cast, is_open=False)
    return cast


def listed(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(WaitingCompany.objects.order_by("id").values_list("email", flat=True))


def recorded(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def put(client: Client, **typed: str) -> Any:
    challenge = client.get("/acme/join/").context["challenge"]
    return client.post(
        "/acme/join/wait/", {**WAITS, "challenge": challenge, "answer": solve(challenge), **typed}
    )


def test_a_closed_programme_has_the_form_and_an_open_one_has_not(cast: Cast) -> None:
    assert "Put me on the list" not in Client().get("/acme/join/").content.decode()
    set_open(cast, is_open=False)
    text = Client().get("/acme/join/").content.decode()
    assert "Put me on the list" in text
    assert "/acme/join/wait/" in text


def test_a_company_is_put_down_with_the_consent_it_read(closed: Cast) -> None:
    with tenant_context(closed.acme.id):
        version = publish_document(
            actor=closed.vera.actor, kind="consent", texts={"en": "We keep it."}, notice_days=0, at=NOW
        )
    assert "We keep it." in Client().get("/acme/join/").content.decode()
    answer = put(Client(), email="Eva@Elm.example")
    assert (answer.status_code, answer["Location"]) == (302, "/acme/join/")
    with tenant_context(closed.acme.id):
        row = WaitingCompany.objects.get()
        record = AuditRecord.objects.get(action="waiting.joined")
    assert (row.company_name, row.email, row.language) == ("Elm Works", "eva@elm.example", "en")
    assert (row.consent_id, row.consent_hash) == (version.id, text_hash("We keep it."))
    assert record.after == {"consent": 1, "text_hash": row.consent_hash}
    assert "eva@" not in str(vars(record))


def test_the_same_address_is_answered_the_same_and_stored_once(closed: Cast) -> None:
    answers = []
    for company in ("Elm Works", "Other"):
        client = Client()
        answer = put(client, company_name=company)
        page = client.get("/acme/join/").content.decode()
        answers.append((answer.status_code, answer["Location"], "Thank you. We write to you" in page))
    assert answers == [(302, "/acme/join/", True)] * 2
    with tenant_context(closed.acme.id):
        assert WaitingCompany.objects.get().company_name == "Elm Works"
    assert recorded(closed).count("waiting.joined") == 1


@pytest.mark.parametrize("email", ["eva@elm.example", "new@elm.example"])
def test_a_puzzle_counts_once_whether_the_address_is_known_or_not(closed: Cast, email: str) -> None:
    client = Client()
    challenge = client.get("/acme/join/").context["challenge"]
    told = {**WAITS, "challenge": challenge, "answer": solve(challenge)}
    client.post("/acme/join/wait/", told)
    again = client.post("/acme/join/wait/", {**told, "email": email})
    assert again.status_code == 422
    assert "used already" in again.content.decode()
    assert listed(closed) == ["eva@elm.example"]


@pytest.mark.parametrize("name", ["company_name", "contact_name", "email", "language", "consent"])
def test_what_is_missing_is_named_and_nothing_is_stored(closed: Cast, name: str) -> None:
    with nothing_written_in(closed.acme):
        answer = put(Client(), **{name: ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert f'href="#id_{name}"' in answer.content.decode()


def test_a_puzzle_that_is_not_solved_puts_nobody_down(closed: Cast) -> None:
    with nothing_written_in(closed.acme):
        answer = put(Client(), answer="")
    assert answer.status_code == 422
    assert "did not finish its check" in answer.content.decode()


def test_an_open_programme_puts_nobody_down(cast: Cast) -> None:
    with nothing_written_in(cast.acme):
        answer = put(Client())
    assert answer.status_code == 422
    assert "you need not wait" in answer.content.decode()


def test_one_network_puts_down_so_many_and_no_more(closed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.onboarding.public.STARTS_AN_HOUR", 1)
    put(Client())
    with nothing_written_in(closed.acme):
        answer = put(Client(), email="new@elm.example")
    assert answer.status_code == 422
    assert "Try again in an hour" in answer.content.decode()


def test_the_admin_sees_exports_and_strikes_off(closed: Cast) -> None:
    row = wait_for(closed.acme)
    client = client_of(closed.vera)
    page = client.get(LIST).content.decode()
    assert "Elm Works" in page
    assert "Invite the" not in page
    assert "eva@elm.example" in client.get(LIST + "export.csv").content.decode()
    assert client.get(f"{LIST}{row.id}/forget/").status_code == 200
    assert client.post(f"{LIST}{row.id}/forget/").status_code == 302
    assert listed(closed) == []
    assert recorded(closed)[-1] == "waiting.forgotten"


def test_the_list_is_no_business_of_other_staff(closed: Cast) -> None:
    row = wait_for(closed.acme)
    with nothing_written_in(closed.acme):
        for person in (closed.nina, closed.felix, closed.otto):
            client = client_of(person)
            assert client.get(LIST).status_code == 403
            assert client.post(f"{LIST}{row.id}/forget/").status_code == 403
            assert client.post(LIST + "invite/").status_code == 403


def test_who_waits_is_invited_once_when_the_programme_opens(closed: Cast) -> None:
    wait_for(closed.acme, language="ru")
    set_open(closed, is_open=True)
    client = client_of(closed.vera)
    assert "Invite the 1 that waits" in client.get(LIST).content.decode()
    assert "1 letter is on its way" in client.post(LIST + "invite/", follow=True).content.decode()
    with tenant_context(closed.acme.id):
        WaitingCompany.objects.update(invited_at=NOW)
        assert waiting.mail_waiting(at=NOW) == 1
        assert waiting.mail_waiting(at=NOW) == 0
    [letter] = mail.outbox
    assert letter.to == ["eva@elm.example"]
    assert "/acme/join/?source=waiting-list" in letter.body
    assert "Elm Works" not in f"{letter.subject} {letter.body}"
    with nothing_written_in(closed.acme):
        assert "Nobody waits for a letter" in client.post(LIST + "invite/", follow=True).content.decode()


def test_a_closed_programme_invites_nobody(closed: Cast) -> None:
    wait_for(closed.acme)
    with nothing_written_in(closed.acme):
        page = client_of(closed.vera).post(LIST + "invite/", follow=True)
    assert "takes no applications" in page.content.decode()


def test_a_mail_server_that_is_away_loses_no_letter(closed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for(closed.acme)
    set_open(closed, is_open=True)

    def away(*args: Any) -> None:
        raise OSError

    with tenant_context(closed.acme.id):
        waiting.invite_waiting(actor=closed.vera.actor, at=NOW)
        with monkeypatch.context() as patch:
            patch.setattr(EmailBackend, "send_messages", away)
            assert waiting.mail_waiting(at=NOW) == 0
        assert waiting.count_unwritten(NOW + timedelta(days=2)) == 0
        assert waiting.count_unwritten(NOW + timedelta(days=4)) == 1  # no longer tried: it may be sent anew
        assert waiting.mail_waiting(at=NOW + timedelta(hours=1)) == 1


def test_who_got_the_letter_is_forgotten_after_half_a_year(closed: Cast) -> None:
    wait_for(closed.acme)
    with tenant_context(closed.acme.id):
        WaitingCompany.objects.update(invited_at=NOW, mailed_at=NOW)
        assert waiting.forget_answered(actor=closed.system, at=NOW + timedelta(days=179)) == 0
        assert waiting.forget_answered(actor=closed.system, at=NOW + timedelta(days=181)) == 1
    assert listed(closed) == []
