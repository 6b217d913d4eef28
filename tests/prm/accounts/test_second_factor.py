"""A second factor: enrolled with a code, asked for at the next login; recovery codes each work once."""

import base64
import hmac
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from prm.tenancy.context import identity_context
from tests.support.cast import PASSWORD, Cast, Person

NOW, STEP = 1_800_000_000, 30


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time by which codes are counted; moving it makes the next code."""
    clock = SimpleNamespace(now=NOW)
    stopped = SimpleNamespace(time=lambda: clock.now)
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", stopped)
    return clock


def code_of(secret: str, now: int) -> str:
    """RFC 6238, written without allauth: six digits for the half minute."""
    mac = hmac.digest(base64.b32decode(secret), (now // STEP).to_bytes(8, "big"), "sha1")
    place = mac[-1] & 15
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def log_in(person: Person) -> tuple[Client, str]:
    """A browser after the password, and where it was sent."""
    client = Client()
    answer = client.post("/account/login/", {"login": person.user.email, "password": PASSWORD})
    return client, answer["Location"]


def is_in(client: Client) -> bool:
    return client.get("/acme/m/").status_code == 200


def enrol(person: Person, clock: Any) -> tuple[Client, str]:
    """A browser that has added an authenticator, and the secret it shares."""
    client, _ = log_in(person)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    answer = client.post("/account/2fa/totp/activate/", {"code": code_of(secret, clock.now)})
    assert answer["Location"] == "/account/2fa/recovery-codes/"
    clock.now += STEP
    return client, secret


def factors(person: Person) -> list[str]:
    with identity_context():
        return sorted(Authenticator.objects.filter(user=person.user).values_list("type", flat=True))


def test_enrolment_asks_for_the_password_and_a_right_code(cast: Cast, clock: Any) -> None:
    client, _ = log_in(cast.vera)
    assert "/account/reauthenticate/" in client.get("/account/2fa/totp/activate/")["Location"]
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    form = client.get("/account/2fa/totp/activate/")
    assert f'<code id="authenticator_secret">{form.context["form"].secret}</code>' in form.content.decode()
    assert client.post("/account/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert factors(cast.vera) == []
    enrol(cast.vera, clock)
    assert factors(cast.vera) == ["recovery_codes", "totp"]


def test_the_password_alone_opens_nothing_any_more(cast: Cast, clock: Any) -> None:
    _, secret = enrol(cast.vera, clock)
    client, sent_to = log_in(cast.vera)
    assert sent_to == "/account/2fa/authenticate/"
    assert not is_in(client)
    client.post(sent_to, {"code": "000000"})
    assert not is_in(client)
    client.post(sent_to, {"code": code_of(secret, clock.now)})
    assert is_in(client)


def test_a_code_that_was_used_or_is_old_opens_nothing(cast: Cast, clock: Any) -> None:
    _, secret = enrol(cast.vera, clock)
    code = code_of(secret, clock.now)
    first, path = log_in(cast.vera)
    first.post(path, {"code": code})
    assert is_in(first)
    second, path = log_in(cast.vera)
    second.post(path, {"code": code})
    assert not is_in(second)
    clock.now += 2 * STEP
    second.post(path, {"code": code_of(secret, clock.now - STEP)})
    assert not is_in(second)


def test_a_recovery_code_works_once(cast: Cast, clock: Any) -> None:
    client, _ = enrol(cast.vera, clock)
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    assert len(set(codes)) == 10
    for times, opened in ((1, True), (2, False)):
        entering, path = log_in(cast.vera)
        entering.post(path, {"code": codes[0]})
        assert is_in(entering) is opened, times
    entering.post(path, {"code": codes[1]})
    assert is_in(entering)


def test_recovery_codes_are_shown_to_who_has_just_said_the_password(cast: Cast, clock: Any) -> None:
    _, secret = enrol(cast.vera, clock)
    client, path = log_in(cast.vera)
    client.post(path, {"code": code_of(secret, clock.now)})
    assert "/account/reauthenticate/" in client.get("/account/2fa/recovery-codes/")["Location"]


def test_guessing_codes_is_stopped(cast: Cast, clock: Any) -> None:
    _, secret = enrol(cast.vera, clock)
    client, path = log_in(cast.vera)
    for guess in range(6):
        client.post(path, {"code": f"{guess:06}"})
    client.post(path, {"code": code_of(secret, clock.now)})
    assert not is_in(client)


def test_a_factor_is_taken_away_after_the_password_alone(cast: Cast, clock: Any) -> None:
    client, _ = enrol(cast.vera, clock)
    client.post("/account/2fa/totp/deactivate/")
    assert factors(cast.vera) == []
    _, sent_to = log_in(cast.vera)
    assert sent_to == "/switch/"
