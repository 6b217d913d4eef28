"""Passkeys: the page that adds one opens, and a credential that answers no challenge of ours is refused."""

import base64
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from prm.tenancy.context import identity_context
from tests.support.cast import PASSWORD, Cast

ADD, LOG_IN = "/account/2fa/webauthn/add/", "/account/2fa/webauthn/login/"


def text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def forged(kind: str) -> dict[str, Any]:
    """Well-formed, with a challenge of the sender's own making."""
    told = {"type": kind, "challenge": text(b"c" * 32), "origin": "http://testserver"}
    client_data = text(json.dumps(told).encode())
    answer = {"clientDataJSON": client_data}
    if kind == "webauthn.create":
        answer["attestationObject"] = text(
            b"\xa3cfmtdnonegattStmt\xa0hauthDataX%" + b"r" * 32 + b"\x01" + b"\0" * 4
        )
    else:
        answer |= {"authenticatorData": text(b"r" * 32 + b"\x05" + b"\0" * 4), "signature": text(b"s" * 64)}
    return {
        "type": "public-key",
        "id": text(b"k" * 16),
        "rawId": text(b"k" * 16),
        "response": answer,
        "clientExtensionResults": {},
    }


def confirmed(cast: Cast) -> Client:
    client = Client()
    client.post("/account/login/", {"login": cast.vera.user.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def factors() -> list[str]:
    with identity_context():
        return list(Authenticator.objects.values_list("type", flat=True))


def test_the_page_that_adds_a_key_hands_out_a_challenge(cast: Cast) -> None:
    options = confirmed(cast).get(ADD).context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"]["id"] == "testserver"
    assert len(options["challenge"]) >= 32
    assert options["user"]["name"] == "vera@acme.example"


@pytest.mark.parametrize("credential", [forged("webauthn.create"), {}, [], "junk"])
def test_a_forged_key_is_not_added(cast: Cast, credential: Any) -> None:
    client = confirmed(cast)
    client.get(ADD)
    answer = client.post(ADD, {"name": "Key", "credential": json.dumps(credential)})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert factors() == []


@pytest.mark.parametrize("credential", [forged("webauthn.get"), {}, [], "junk"])
def test_a_forged_key_opens_nothing(cast: Cast, credential: Any) -> None:
    client = Client()
    client.get(LOG_IN, headers={"x-requested-with": "XMLHttpRequest"})
    answer = client.post(LOG_IN, {"credential": json.dumps(credential)})
    assert answer["Location"] == "/account/login/"
    assert "_auth_user_id" not in client.session
