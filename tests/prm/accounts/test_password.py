"""A forgotten password: by letter, once, without telling who has an account."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests.support.cast import PASSWORD, Cast, Person
from tests.support.clients import client_of, without_varying

NEW = "a sentence nobody guesses"
KNOWN, UNKNOWN = "vera@acme.example", "nobody@acme.example"


def ask(email: str) -> Client:
    client = Client()
    answer = client.post("/account/password/reset/", {"email": email})
    assert (answer.status_code, answer["Location"]) == (302, "/account/password/reset/done/")
    return client


def link_in_letter() -> str:
    found = re.search(r"http://testserver(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def set_password(link: str, password: str) -> int:
    """The status of the last page: 302 when the password was taken."""
    client = Client()
    form = client.get(link, follow=True)
    path = form.request["PATH_INFO"]
    return client.post(path, {"password1": password, "password2": password}).status_code


def may_log_in(person: Person, password: str) -> bool:
    client = Client()
    client.post("/account/login/", {"login": person.user.email, "password": password})
    return client.get("/switch/").status_code == 302 and "_auth_user_id" in client.session


def test_a_known_and_an_unknown_address_get_the_same_answer(cast: Cast) -> None:
    pages = [ask(email).get("/account/password/reset/done/").content for email in (KNOWN, UNKNOWN)]
    assert without_varying(pages[0]) == without_varying(pages[1])


def test_an_address_without_an_account_is_told_so_by_letter_and_offered_no_sign_up(cast: Cast) -> None:
    ask(UNKNOWN)
    (letter,) = mail.outbox
    assert letter.to == [UNKNOWN]
    assert "http" not in str(letter.body)
    assert "invitation" in str(letter.body)


def test_the_letters_link_sets_a_password_once(cast: Cast) -> None:
    ask(KNOWN)
    link = link_in_letter()
    assert set_password(link, NEW) == 302
    assert may_log_in(cast.vera, NEW)
    assert not may_log_in(cast.vera, PASSWORD)
    assert set_password(link, "another sentence altogether") != 302
    assert may_log_in(cast.vera, NEW)


@pytest.mark.parametrize("password", ["short", "password1234", KNOWN])
def test_a_weak_password_is_not_taken(cast: Cast, password: str) -> None:
    ask(KNOWN)
    assert set_password(link_in_letter(), password) == 200
    assert may_log_in(cast.vera, PASSWORD)


def test_a_made_up_link_sets_nothing(cast: Cast) -> None:
    ask(KNOWN)
    head, _dash, key = link_in_letter().rstrip("/").rpartition("-")
    dead = f"{head}-{key[::-1]}/"
    assert set_password(dead, NEW) != 302
    assert "This link no longer works" in Client().get(dead).content.decode()
    assert may_log_in(cast.vera, PASSWORD)


def test_a_new_password_ends_the_sessions_opened_with_the_old_one(cast: Cast) -> None:
    elsewhere = client_of(cast.vera)
    assert elsewhere.get("/acme/m/").status_code == 200
    ask(KNOWN)
    set_password(link_in_letter(), NEW)
    assert elsewhere.get("/acme/m/")["Location"].startswith("/acme/account/login/")


def test_nobody_signs_up_without_an_invitation(cast: Cast) -> None:
    form = {"email": "new@acme.example", "password1": NEW, "password2": NEW}
    answer = Client().post("/account/signup/", form)
    assert "Accounts are by invitation" in answer.content.decode()
    ask("new@acme.example")
    assert "/password/reset/key/" not in str(mail.outbox[-1].body)
