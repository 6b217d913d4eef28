"""A machine that talks to the API with a key of its own.

Called by: API tests. Send outside of `tenant_context`: the API opens its own, and a refusal rolls it back.
"""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from prm.accounts.actions import create_token
from prm.accounts.actor import system_actor
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.cast import NOW


def make_key(tenant: Tenant, *scopes: str, name: str = "ERP") -> str:
    """A key of this tenant that holds the scopes and never expires."""
    with tenant_context(tenant.id):
        actor = system_actor(tenant.id)
        _token, key = create_token(actor=actor, name=name, scopes=scopes, expires_at=None, at=NOW)
    return key


class Machine:
    """Sends JSON under one key; a POST gets a fresh Idempotency-Key unless one is named."""

    def __init__(self, key: str | None, *, language: str = "en") -> None:
        self.client = Client()
        self.headers = {"accept-language": language}
        if key is not None:
            self.headers["authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> Any:
        """`headers` in Python's spelling: `if_match='"3"'`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if method == "POST":
            named["idempotency-key"] = key if key is not None else uuid4().hex
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            body if isinstance(body, bytes) else _json(body),
            content_type="application/json",
            headers={**self.headers, **named},
        )

    def post(self, path: str, body: Any = None, **options: str) -> Any:
        return self.send("POST", path, body, **options)


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def problem_of(response: Any) -> dict[str, Any]:
    """The problem document of a refusal, checked to be one."""
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(response.content)
    assert document["status"] == response.status_code
    assert document["request_id"] == response["X-Request-Id"]
    return document
