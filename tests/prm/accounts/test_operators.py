"""Who runs the installation: made by command, let in with a second factor alone; a vendor's staff never are."""

from io import StringIO
from typing import Any

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import Client

from prm.accounts.actor import system_actor
from prm.accounts.models import User
from prm.accounts.tenants import suspend_tenant
from prm.tenancy.context import identity_context, tenant_context
from tests.support.cast import NOW, Cast, Person
from tests.support.clients import client_of, fresh_client_of

PEOPLE = "/operator/prm/user/"


def command(*arguments: str) -> str:
    said = StringIO()
    call_command("make_operator", *arguments, stdout=said)
    return said.getvalue()


def flags(person: Person) -> tuple[bool, bool]:
    with identity_context():
        user = User.objects.get(id=person.user.id)
    return user.is_operator, user.is_active


def with_a_factor(person: Person, *, used: bool = True) -> Client:
    """The person's browser; they have a second factor, and said it at this login."""
    with identity_context():
        TOTP.activate(person.user, generate_totp_secret())
    client = fresh_client_of(person)
    if used:
        request = HttpRequest()
        request.session = client.session
        record_authentication(request, person.user, method="mfa", type="totp")
        request.session.save()
    return client


@pytest.fixture
def operator(cast: Cast) -> Client:
    """Zed of Zenith, who also runs the installation."""
    command("zed@zenith.example")
    return with_a_factor(cast.zed)


def test_the_command_makes_and_dismisses(cast: Cast) -> None:
    assert "is an operator" in command("Vera@acme.example")
    assert flags(cast.vera) == (True, True)
    assert "no operator any more" in command("vera@acme.example", "--dismiss")
    assert flags(cast.vera) == (False, True)


@pytest.mark.parametrize("arguments", [("nobody",), ("vera@acme.example", "--dismiss")])
def test_what_the_command_refuses(cast: Cast, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        command(*arguments)
    assert flags(cast.vera) == (False, True)


def test_somebody_new_sets_a_password_with_the_link(cast: Cast) -> None:
    said = command("root@example.com")
    path = "/account/password/reset/key/" + said.split("/account/password/reset/key/")[1].strip()
    client, words = Client(), "a sentence nobody guesses"
    form = client.get(path, follow=True).request["PATH_INFO"]
    assert client.post(form, {"password1": words, "password2": words}).status_code == 302
    client.post("/account/login/", {"login": "root@example.com", "password": words})
    assert client.get("/operator/")["Location"] == "/account/2fa/"
    assert client.get("/acme/m/").status_code == 404


def test_a_stranger_is_sent_to_the_login(cast: Cast) -> None:
    for path in ("/operator/", PEOPLE, "/operator/login/", "/operator/whatever/"):
        assert Client().get(path)["Location"].startswith("/account/login/?next=/operator/")


@pytest.mark.parametrize("who", ["vera", "nina", "felix", "otto", "paul", "zed"])
def test_for_a_vendors_people_it_does_not_exist(cast: Cast, who: str) -> None:
    person = getattr(cast, who)
    client = with_a_factor(person)
    for path in ("/operator/", "/operator/login/", PEOPLE, f"{PEOPLE}{person.user.id}/change/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"is_operator": "on"}).status_code == 404
        assert client.get(f"/acme{path}").status_code == 404
    assert flags(person) == (False, True)


def test_it_opens_with_a_second_factor_alone(cast: Cast) -> None:
    command("zed@zenith.example")
    assert fresh_client_of(cast.zed).get("/operator/")["Location"] == "/account/2fa/"
    client = with_a_factor(cast.zed, used=False)
    assert client.get(PEOPLE)["Location"] == f"/account/2fa/reauthenticate/?next={PEOPLE}"
    with identity_context():
        code = RecoveryCodes.activate(cast.zed.user).get_unused_codes()[0]
    answer = client.post(f"/account/2fa/reauthenticate/?next={PEOPLE}", {"code": code, "next": PEOPLE})
    assert answer["Location"] == PEOPLE
    assert client.get(PEOPLE).status_code == 200


def test_an_operator_reads_every_vendor_suspended_ones_too(cast: Cast, operator: Client) -> None:
    with tenant_context(cast.acme.id):
        suspend_tenant(actor=system_actor(cast.acme.id), at=NOW, reason="unpaid")
    page = operator.get("/operator/prm/tenant/").content.decode()
    assert "/acme/" in page
    assert "April 1, 2026" in page
    assert "/zenith/" in page
    assert operator.get(f"/operator/prm/tenant/{cast.acme.id}/change/").status_code == 404


def test_an_operator_finds_people_and_reads_where_they_work(cast: Cast, operator: Client) -> None:
    found = operator.get(PEOPLE, {"q": "paul@"}).content.decode()
    assert "paul@northwind.example" in found
    assert "vera@acme.example" not in found
    page = operator.get(f"{PEOPLE}{cast.paul.user.id}/change/").content.decode()
    assert "Northwind (Partner admin)" in page


def test_a_person_who_may_not_log_in_any_more_is_out_at_once(cast: Cast, operator: Client) -> None:
    paul = client_of(cast.paul)
    assert paul.get("/acme/p/").status_code == 200
    sent: Any = {"email": "other@example.com", "is_operator": "on"}
    assert operator.post(f"{PEOPLE}{cast.paul.user.id}/change/", sent)["Location"] == PEOPLE
    assert flags(cast.paul) == (False, False)
    with identity_context():
        assert User.objects.filter(email="paul@northwind.example").exists()
    assert paul.get("/acme/p/")["Location"].startswith("/acme/account/login/")
    operator.post(f"{PEOPLE}{cast.paul.user.id}/change/", {"is_active": "on"})
    assert flags(cast.paul) == (False, True)


def test_an_operator_neither_adds_nor_removes_people(cast: Cast, operator: Client) -> None:
    assert operator.get(f"{PEOPLE}add/").status_code == 403
    assert operator.post(f"{PEOPLE}{cast.paul.user.id}/delete/", {"post": "yes"}).status_code == 403
    assert flags(cast.paul) == (False, True)


def test_an_operator_has_no_place_at_a_vendor_for_it(cast: Cast, operator: Client) -> None:
    assert operator.get("/acme/m/").status_code == 404
    assert operator.get("/acme/p/").status_code == 404
