"""Keys for machines, made and closed by page."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from prm.accounts.models import ApiToken
from prm.audit.models import AuditRecord
from prm.tenancy.context import tenant_context
from tests.support.api import Machine
from tests.support.cast import PASSWORD, Cast, Person
from tests.support.clients import client_of

FORM = {"name": "ERP", "scopes": ["rates:read", "rates:write"], "expires_on": ""}


def logged_in_now(person: Person) -> Client:
    """Through the login form, so that the login is a fresh one."""
    client = Client()
    client.post("/account/login/", {"login": person.user.email, "password": PASSWORD})
    return client


def keys_of(cast: Cast) -> list[ApiToken]:
    with tenant_context(cast.acme.id):
        return list(ApiToken.objects.order_by("id"))


def recorded(cast: Cast) -> list[str]:
    with tenant_context(cast.acme.id):
        return list(AuditRecord.objects.order_by("id").values_list("action", flat=True))


def key_in(answer: Any) -> str:
    found = re.search(r"prm_live_[0-9a-z]{8}_[0-9A-Za-z]{40}_[0-9A-Za-z]{6}", answer.content.decode())
    assert found is not None
    return found[0]


def made(cast: Cast, client: Client) -> str:
    return key_in(client.post("/acme/m/tokens/new/", FORM))


def test_a_key_is_shown_once_and_opens_the_api(cast: Cast) -> None:
    client = logged_in_now(cast.vera)
    key = made(cast, client)
    assert Machine(key).get("rates").status_code == 200
    listed = client.get("/acme/m/tokens/").content.decode()
    assert key not in listed
    assert f"prm_live_{keys_of(cast)[0].prefix}" in listed
    assert [(row.name, row.scopes) for row in keys_of(cast)] == [("ERP", ["rates:read", "rates:write"])]
    assert recorded(cast) == ["token.created"]


def test_an_old_login_is_confirmed_first(cast: Cast) -> None:
    answer = client_of(cast.vera).post("/acme/m/tokens/new/", FORM)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/acme/account/reauthenticate/")
    assert keys_of(cast) == []


def test_a_key_ends_with_its_last_day_in_the_tenants_zone(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        type(cast.acme).objects.update(time_zone="Asia/Almaty")
    logged_in_now(cast.vera).post("/acme/m/tokens/new/", FORM | {"expires_on": "2099-03-31"})
    assert [row.expires_at for row in keys_of(cast)] == [
        datetime(2099, 3, 31, 18, 59, 59, 999_999, tzinfo=UTC)
    ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything:write"]}, "scopes"),
        ({"expires_on": (timezone.now() - timedelta(days=2)).date().isoformat()}, "expires_on"),
    ],
)
def test_a_wrong_form_makes_no_key(cast: Cast, changes: dict[str, Any], field: str) -> None:
    answer = logged_in_now(cast.vera).post("/acme/m/tokens/new/", FORM | changes)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (keys_of(cast), recorded(cast)) == ([], [])


@pytest.mark.parametrize("who", ["nina", "felix", "otto"])
def test_only_a_programme_admin_makes_keys(cast: Cast, who: str) -> None:
    assert logged_in_now(getattr(cast, who)).post("/acme/m/tokens/new/", FORM).status_code == 403
    assert keys_of(cast) == []


def test_a_replaced_key_is_dead_and_the_new_one_works(cast: Cast) -> None:
    client = logged_in_now(cast.vera)
    old = made(cast, client)
    path = f"/acme/m/tokens/{keys_of(cast)[0].id}/replace/"
    assert client.get(path).status_code == 200
    new = key_in(client.post(path))
    assert [Machine(key).get("rates").status_code for key in (old, new)] == [401, 200]
    assert recorded(cast) == ["token.created", "token.rotated"]


def test_a_revoked_key_opens_nothing_and_cannot_come_back(cast: Cast) -> None:
    client = logged_in_now(cast.vera)
    key = made(cast, client)
    path = f"/acme/m/tokens/{keys_of(cast)[0].id}/"
    assert client.get(path + "revoke/").status_code == 200
    assert client.post(path + "revoke/").status_code == 302
    assert Machine(key).get("rates").status_code == 401
    for again in ("revoke/", "replace/"):
        assert client.post(path + again).status_code == 302
    assert recorded(cast) == ["token.created", "token.revoked"]
    assert "revoked" in client.get("/acme/m/tokens/").content.decode()


def test_another_tenants_key_is_missing(cast: Cast) -> None:
    made(cast, logged_in_now(cast.vera))
    stranger = logged_in_now(cast.zed)
    path = f"/zenith/m/tokens/{keys_of(cast)[0].id}/revoke/"
    assert [stranger.get(path).status_code, stranger.post(path).status_code] == [404, 404]
    assert keys_of(cast)[0].revoked_at is None
