"""Applying as a stranger: what each page keeps, refuses and never tells."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from partners.directory.models import Contact
from partners.onboarding.drafts import forget_drafts
from partners.onboarding.letters import send_letters
from partners.onboarding.models import Application, ApplicationLetter
from partners.onboarding.refusals import CompanyAlreadyHere
from partners.onboarding.setup import add_question
from prm.tenancy.context import tenant_context
from prm.web.puzzles import LIFETIME_SECONDS
from tests.support.applications import COMPANY, CONTACT, begin, fill, lodge, solve
from tests.support.cast import NOW, Cast, make_partner


@pytest.fixture
def client(cast: Cast) -> Client:
    return Client()


def only(cast: Cast) -> Application:
    with tenant_context(cast.acme.id):
        return Application.objects.get()


def counted(cast: Cast) -> int:
    with tenant_context(cast.acme.id):
        return Application.objects.count()


def test_the_programme_page_is_open_to_a_stranger_and_names_the_vendor(client: Client) -> None:
    page = client.get("/acme/join/")
    assert page.status_code == 200
    assert "Become a partner of Acme" in page.content.decode()


def test_apply_begins_a_draft_whose_link_is_stored_as_a_hash(cast: Cast, client: Client) -> None:
    secret = begin(client, source="fair")
    application = only(cast)
    assert (application.state, application.source) == ("draft", "fair")
    assert secret not in str(vars(application))


def test_a_puzzle_that_is_not_solved_begins_nothing(cast: Cast, client: Client) -> None:
    challenge = client.get("/acme/join/").context["challenge"]
    answer = client.post("/acme/join/", {"challenge": challenge, "answer": ""})
    assert answer.status_code == 422
    assert "did not finish its check" in answer.content.decode()
    assert counted(cast) == 0


def test_a_puzzle_counts_once(cast: Cast, client: Client) -> None:
    challenge = client.get("/acme/join/").context["challenge"]
    told = {"challenge": challenge, "answer": solve(challenge)}
    assert client.post("/acme/join/", told).status_code == 302
    again = client.post("/acme/join/", told)
    assert (again.status_code, counted(cast)) == (422, 1)
    assert "used already" in again.content.decode()


def test_a_puzzle_of_another_tenant_or_of_another_hour_counts_nowhere(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = client.get("/zenith/join/").context["challenge"]
    assert client.post("/acme/join/", {"challenge": foreign, "answer": solve(foreign)}).status_code == 422
    own = client.get("/acme/join/").context["challenge"]
    import time

    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + LIFETIME_SECONDS + 5)
    late = client.post("/acme/join/", {"challenge": own, "answer": solve(own)})
    assert (late.status_code, counted(cast)) == (422, 0)
    assert "open for too long" in late.content.decode()


def test_one_network_begins_so_many_and_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partners.onboarding.public.STARTS_AN_HOUR", 1)
    begin(client)
    challenge = client.get("/acme/join/").context["challenge"]
    answer = client.post("/acme/join/", {"challenge": challenge, "answer": solve(challenge)})
    assert answer.status_code == 422
    assert "Too many applications" in answer.content.decode()


def test_a_wrong_tax_id_is_named_linked_and_loses_nothing(cast: Cast, client: Client) -> None:
    secret = begin(client)
    answer = client.post(f"/acme/join/apply/{secret}/company/", {**COMPANY, "tax_id": "DE136695977"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_tax_id"' in text
    assert "not a VAT number of that country" in text
    assert 'value="Lakeside Systems"' in text
    assert only(cast).tax_id == ""


def test_the_link_comes_by_mail_and_opens_the_draft_on_another_device(cast: Cast, client: Client) -> None:
    secret = begin(client)
    client.post(f"/acme/join/apply/{secret}/company/", COMPANY)
    client.post(f"/acme/join/apply/{secret}/contact/", CONTACT)
    with tenant_context(cast.acme.id):
        assert send_letters(at=NOW.replace(year=2036)) == 0  # three days are over
        ApplicationLetter.objects.update(created_at=NOW)
        assert send_letters(at=NOW) == 1
        assert send_letters(at=NOW) == 0
    [letter] = mail.outbox
    assert letter.to == ["lena@lakeside.example"]
    assert f"/acme/join/apply/{secret}/" in letter.body
    other = Client()
    assert other.get(f"/acme/join/apply/{secret}/")["Location"].endswith("/profile/")
    assert 'value="Lakeside Systems"' in other.get(f"/acme/join/apply/{secret}/company/").content.decode()


def test_a_complete_application_is_sent_and_its_status_is_shown(cast: Cast, client: Client) -> None:
    secret = begin(client)
    fill(client, secret)
    sent = client.post(f"/acme/join/apply/{secret}/check/")
    assert sent["Location"].endswith(f"/join/status/{secret}/")
    application = only(cast)
    assert (application.state, application.domain, application.tax_key) == (
        "submitted", "lakeside.example", "136695976",
    )  # fmt: skip
    assert "You will have an answer by" in client.get(f"/acme/join/status/{secret}/").content.decode()


def test_an_incomplete_application_is_not_sent_and_says_which_pages(cast: Cast, client: Client) -> None:
    secret = begin(client)
    client.post(f"/acme/join/apply/{secret}/company/", COMPANY)
    answer = client.post(f"/acme/join/apply/{secret}/check/")
    assert answer.status_code == 422
    assert f"/join/apply/{secret}/contact/" in answer.content.decode()
    assert only(cast).state == "draft"


def test_a_known_company_hears_the_same_words_whoever_it_is(cast: Cast, client: Client) -> None:
    make_partner(cast.acme, "LS", "Secret Lake", tax_id="DE 136695976", country="DE")
    lodge(cast.acme, 7, country="DE", tax_id="DE811907980")
    secret = begin(client)
    bodies = set()
    for tax_id in ("DE136695976", "DE811907980"):
        answer = client.post(f"/acme/join/apply/{secret}/company/", {**COMPANY, "tax_id": tax_id})
        assert answer.status_code == 422
        bodies.add(plain(answer.content.decode()).replace(tax_id, ""))
    [body] = bodies
    assert "Your company is already here. Ask its administrator to invite you." in body
    assert "Secret Lake" not in body
    assert "Company 7" not in body


def plain(text: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_a_known_domain_is_a_known_company(cast: Cast, client: Client) -> None:
    with tenant_context(cast.acme.id):
        Contact.objects.create(partner=cast.northwind, name="Jo", email="jo@lakeside.example")
    secret = begin(client)
    answer = client.post(f"/acme/join/apply/{secret}/company/", COMPANY)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["website"])


def test_a_company_that_came_meanwhile_is_refused_when_sending(cast: Cast, client: Client) -> None:
    secret = begin(client)
    fill(client, secret)
    lodge(cast.acme, 3, country="DE", tax_id="DE136695976")
    answer = client.post(f"/acme/join/apply/{secret}/check/")
    assert answer.status_code == 422
    assert "Your company is already here" in answer.content.decode()


def test_a_free_mail_service_is_nobodys_domain(cast: Cast) -> None:
    first = lodge(cast.acme, 1, website="", email="a@gmail.com")
    second = lodge(cast.acme, 2, website="", email="b@gmail.com")
    assert (first.domain, second.state) == ("", "submitted")


@pytest.mark.parametrize("page", ["apply/{}/", "apply/{}/company/", "status/{}/", "status/{}/withdraw/"])
def test_a_link_opens_nothing_at_another_tenant_and_an_unknown_link_nothing_at_all(
    client: Client, page: str
) -> None:
    secret = begin(client)
    assert client.get("/zenith/join/" + page.format(secret)).status_code == 404
    assert client.get("/acme/join/" + page.format("x" * 43)).status_code == 404


def test_a_closed_programme_begins_nothing(cast: Cast, client: Client) -> None:
    from partners.onboarding.models import Programme

    with tenant_context(cast.acme.id):
        Programme.objects.create(is_open=False, changed_at=NOW)
    challenge = client.get("/acme/join/").context["challenge"]
    assert client.post("/acme/join/", {"challenge": challenge, "answer": solve(challenge)}).status_code == 422
    assert counted(cast) == 0


def test_withdrawing_ends_it(cast: Cast, client: Client) -> None:
    secret = begin(client)
    fill(client, secret)
    client.post(f"/acme/join/apply/{secret}/check/")
    client.post(f"/acme/join/status/{secret}/withdraw/")
    assert only(cast).state == "withdrawn"
    assert "You withdrew this application" in client.get(f"/acme/join/status/{secret}/").content.decode()


def test_two_that_are_sent_at_once_meet_the_constraint(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    lodge(cast.acme, 1)
    monkeypatch.setattr("partners.onboarding.drafts.company_is_known", lambda *_, **__: False)
    with pytest.raises(CompanyAlreadyHere) as refusal:
        lodge(cast.acme, 2, tax_id="US000001")
    assert refusal.value.field == "tax_id"
    with pytest.raises(CompanyAlreadyHere) as refusal:
        lodge(cast.acme, 3, website="https://company1.example")
    assert refusal.value.field == "website"


def test_drafts_that_nobody_goes_on_with_are_forgotten(cast: Cast) -> None:
    lodge(cast.acme, 1, at=NOW - timedelta(days=91), sent=False)
    lodge(cast.acme, 2, at=NOW - timedelta(days=89), sent=False)
    lodge(cast.acme, 3, at=NOW - timedelta(days=91))
    with tenant_context(cast.acme.id):
        assert forget_drafts(actor=cast.system, at=NOW) == 1
        assert set(Application.objects.values_list("company_name", flat=True)) == {"Company 2", "Company 3"}


def test_questions_of_the_tenant_are_a_page_of_their_own(cast: Cast, client: Client) -> None:
    with tenant_context(cast.acme.id):
        facts = {"words": {"en": "How many?"}, "kind": "line", "required": True}
        question = add_question(actor=cast.vera.actor, facts=facts, at=NOW)
    secret = begin(client)
    client.post(f"/acme/join/apply/{secret}/company/", COMPANY)
    path = f"/acme/join/apply/{secret}/questions/"
    assert "How many?" in client.get(path).content.decode()
    assert client.post(path, {}).status_code == 422
    assert client.post(path, {f"question:{question.id}": "Five"}).status_code == 302
    assert only(cast).answers == {str(question.id): "Five"}


def test_one_draft_mails_three_addresses_and_no_more(cast: Cast, client: Client) -> None:
    secret = begin(client)
    client.post(f"/acme/join/apply/{secret}/company/", COMPANY)
    path = f"/acme/join/apply/{secret}/contact/"
    got = [client.post(path, {**CONTACT, "email": f"a{n}@lakeside.example"}).status_code for n in range(4)]
    assert got == [302, 302, 302, 422]
    assert only(cast).email == "a2@lakeside.example"
    with tenant_context(cast.acme.id):
        assert ApplicationLetter.objects.count() == 3
