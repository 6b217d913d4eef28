"""The page behind an invitation's link: who may come in through it, and who not any more."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from prm.accounts.models import Invitation, User
from prm.accounts.queries import list_places
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import Cast
from tests.support.clients import client_of, fresh_client_of

NEW = {"name": "Nora New", "password": "seven small stones"}


def invited(cast: Cast, email: str, **place: Any) -> str:
    """Vera invites by page; the path of the link in the letter."""
    form = {
        "email": email,
        "role": "partner_user",
        "partner_id": cast.northwind.id,
        "language": "en",
        **place,
    }
    answer = fresh_client_of(cast.vera).post("/acme/m/members/invite/", form)
    assert answer.status_code == 302
    return link_in(str(mail.outbox[-1].body))


def link_in(body: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/invite/\S+/)", body)
    assert found is not None
    return found[1]


def places_of(email: str) -> list[tuple[str, str]]:
    with identity_context():
        user = User.objects.filter(email=email).first()
    return [(place.tenant_slug, place.role) for place in list_places(user.id)] if user else []


def test_a_new_person_chooses_a_password_and_is_in(cast: Cast) -> None:
    path, client = invited(cast, "Nora@northwind.example"), Client()
    assert "Northwind" in client.get(path).content.decode()
    answer = client.post(path, NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/acme/p/")
    assert client.get("/acme/p/company/").status_code == 200
    assert places_of("nora@northwind.example") == [("acme", "partner_user")]


def test_a_known_person_logs_in_and_accepts_with_one_button(cast: Cast) -> None:
    path = invited(cast, cast.zed.user.email, role="auditor", partner_id="")
    stranger = Client().get(path)
    assert (stranger.status_code, stranger["Location"]) == (302, f"/account/login/?next={path}")
    client = client_of(cast.zed)
    assert "Accept the invitation" in client.get(path).content.decode()
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/acme/m/")
    assert sorted(places_of(cast.zed.user.email)) == [("acme", "auditor"), ("zenith", "programme_admin")]


@pytest.mark.parametrize("password", ["", "short", "nora@northwind.example"])
def test_a_weak_password_joins_nobody(cast: Cast, password: str) -> None:
    path = invited(cast, "nora@northwind.example")
    answer = Client().post(path, NEW | {"password": password})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert places_of("nora@northwind.example") == []


def test_another_address_is_told_so_and_changes_nothing(cast: Cast) -> None:
    path = invited(cast, "nora@northwind.example")
    client = client_of(cast.sven)
    assert "You are logged in as sven@southwind.example" in client.get(path).content.decode()
    assert client.post(path).status_code == 403
    assert places_of(cast.sven.user.email) == [("acme", "partner_admin")]
    assert Client().get(path).status_code == 200


def test_a_link_works_once(cast: Cast) -> None:
    path = invited(cast, "nora@northwind.example")
    client = Client()
    client.post(path, NEW)
    for again in (client, Client()):
        answer = again.post(path, NEW)
        assert answer.status_code == 410
        assert "used already" in answer.content.decode()
    assert places_of("nora@northwind.example") == [("acme", "partner_user")]


def set_invitation(cast: Cast, **values: Any) -> None:
    with tenant_context(cast.acme.id):
        Invitation.objects.update(**values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, "too old"),
        ({"withdrawn_at": timezone.now()}, "withdrawn"),
    ],
)
def test_a_dead_link_says_why_and_makes_nobody(cast: Cast, values: dict[str, Any], words: str) -> None:
    path = invited(cast, "nora@northwind.example")
    set_invitation(cast, **values)
    for answer in (Client().get(path), Client().post(path, NEW)):
        assert answer.status_code == 410
        assert words in answer.content.decode()
    assert places_of("nora@northwind.example") == []


def test_a_suspended_tenant_takes_nobody_in(cast: Cast) -> None:
    path = invited(cast, "nora@northwind.example")
    with tenant_context(cast.acme.id):
        Tenant.objects.update(suspended_at=timezone.now())
    assert Client().post(path, NEW).status_code == 410
    assert places_of("nora@northwind.example") == []


def test_an_unknown_link_is_a_missing_page(cast: Cast) -> None:
    assert Client().get("/invite/nothing-like-it/").status_code == 404


def test_the_letter_of_a_second_invitation_kills_the_first(cast: Cast) -> None:
    first, second = (invited(cast, "nora@northwind.example") for _ in range(2))
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_the_letter_speaks_the_chosen_language(cast: Cast) -> None:
    invited(cast, "nora@northwind.example", language="ru")
    letter = mail.outbox[-1]
    assert letter.to == ["nora@northwind.example"]
    assert "Northwind" in letter.body


def test_the_password_opens_the_ordinary_login(cast: Cast) -> None:
    Client().post(invited(cast, "nora@northwind.example"), NEW)
    client = Client()
    answer = client.post("/account/login/", {"login": "nora@northwind.example", "password": NEW["password"]})
    assert (answer.status_code, answer["Location"]) == (302, "/switch/")
    assert client.get("/switch/").headers["Location"] == "/acme/p/"
