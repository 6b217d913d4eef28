"""Who is let in, and what a stranger learns."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from django.utils import timezone

from prm.accounts.actions import revoke_token, rotate_token
from prm.accounts.models import ApiToken
from prm.accounts.tokens import checksum, mint_token
from prm.api.views import ApiView
from prm.kit.ids import uuid7
from prm.tenancy.context import tenant_context
from prm.tenancy.models import DocumentCounter, Tenant
from tests.support.api import Machine, make_key, problem_of
from tests.support.cast import NOW, Cast

pytestmark = pytest.mark.urls("tests.prm.api.resources")


def make_counter(tenant: Tenant, kind: str = "c1", number: int = 7) -> UUID:
    with tenant_context(tenant.id):
        return DocumentCounter.objects.create(kind=kind, last_number=number).id


def change_token(tenant: Tenant, **values: Any) -> None:
    with tenant_context(tenant.id):
        ApiToken.objects.update(**values)


def test_a_key_opens_its_own_tenant(cast: Cast) -> None:
    counter_id = make_counter(cast.acme)
    answer = Machine(make_key(cast.acme, "counters:read")).get(f"counters/{counter_id}")
    assert (answer.status_code, answer.json()) == (
        200,
        {"id": str(counter_id), "external_id": "c1", "amount": "0.07", "version": 7},
    )


def test_every_bad_key_is_answered_alike(cast: Cast) -> None:
    good = make_key(cast.acme, "counters:read")
    body = good.rpartition("_")[0]
    body = body[:-1] + ("y" if body.endswith("x") else "x")
    documents = []
    for key in (None, "", "rubbish", good[:-1] + "!", mint_token().text, f"{body}_{checksum(body)}", "ключ"):
        answer = Machine(key).get("counters")
        assert answer["WWW-Authenticate"] == "Bearer"
        documents.append(problem_of(answer))
    change_token(cast.acme, expires_at=timezone.now() - timedelta(seconds=1))
    documents.append(problem_of(Machine(good).get("counters")))
    for document in documents:
        assert document == {
            "type": "http://127.0.0.1:8000/api/v1/problems/unauthenticated",
            "title": "No valid key",
            "status": 401,
            "code": "unauthenticated",
            "detail": "Send a valid key in the header Authorization: Bearer prm_live_…",
            "instance": "/api/v1/counters",
            "request_id": ANY,
        }


def test_a_revoked_key_is_dead_at_once(cast: Cast) -> None:
    key = make_key(cast.acme, "counters:read")
    assert Machine(key).get("counters").status_code == 200
    with tenant_context(cast.acme.id):
        revoke_token(actor=cast.vera.actor, token=ApiToken.objects.get(), at=NOW)
    assert Machine(key).get("counters").status_code == 401


def test_a_rotated_key_works_and_the_old_one_does_not(cast: Cast) -> None:
    old = make_key(cast.acme, "counters:read")
    with tenant_context(cast.acme.id):
        new = rotate_token(actor=cast.vera.actor, token=ApiToken.objects.get(), at=NOW)
    assert [Machine(key).get("counters").status_code for key in (old, new)] == [401, 200]


def test_a_suspended_tenants_key_is_refused(cast: Cast) -> None:
    key = make_key(cast.acme, "counters:read")
    with tenant_context(cast.acme.id):
        Tenant.objects.update(suspended_at=NOW)
    assert Machine(key).get("counters").status_code == 401


def test_a_scope_is_needed_per_method(cast: Cast) -> None:
    machine = Machine(make_key(cast.acme, "counters:read"))
    body = {"external_id": "c1", "amount": "1.00", "currency": "EUR"}
    refused = problem_of(machine.post("counters", body))
    assert (refused["status"], refused["code"]) == (403, "scope_required")
    assert machine.get("counters").json()["data"] == []


def test_a_view_without_a_scope_is_refused_at_start() -> None:
    class Open(ApiView):
        def get(self, request: Any) -> None: ...

    with pytest.raises(TypeError, match="declares no scope for get"):
        Open.as_view()


def test_foreign_and_missing_answer_alike(cast: Cast) -> None:
    foreign = make_counter(cast.zenith)
    machine = Machine(make_key(cast.acme, "counters:read", "counters:write"))
    for method in ("GET", "PATCH"):
        found = []
        for counter_id in (foreign, uuid7()):
            answer = machine.send(method, f"counters/{counter_id}", {})
            request_id = problem_of(answer)["request_id"]
            text = answer.content.decode().replace(request_id, "").replace(str(counter_id), "")
            found.append((answer.status_code, text, {**answer.headers, "X-Request-Id": ""}))
        for _status, _text, headers in found:
            headers.pop("RateLimit")
        assert found[0] == found[1]
        assert found[0][0] == 404


def test_an_unknown_address_is_a_problem_too(cast: Cast) -> None:
    assert problem_of(Machine(None).get("nowhere/at/all"))["code"] == "missing"


def test_a_method_that_is_not_offered(cast: Cast) -> None:
    answer = Machine(make_key(cast.acme, "counters:read")).send("DELETE", "counters")
    assert problem_of(answer)["code"] == "method_not_allowed"
    assert answer["Allow"] == "GET, POST, HEAD"


def test_the_last_use_is_written_down(cast: Cast) -> None:
    Machine(make_key(cast.acme, "counters:read")).get("counters")
    with tenant_context(cast.acme.id):
        assert ApiToken.objects.get().last_used_at is not None


def test_too_many_requests_are_told_when_to_return(cast: Cast, settings: Any) -> None:
    settings.API_LIMITS = {"default": (2, 100), "bulk": (1, 100)}
    machine = Machine(make_key(cast.acme, "counters:read"))
    first, _second, third = (machine.get("counters") for _ in range(3))
    assert first["RateLimit-Policy"] == '"default";q=2;w=60'
    assert first["RateLimit"].startswith('"default";r=1;t=')
    assert problem_of(third)["code"] == "throttled"
    assert 1 <= int(third["Retry-After"]) <= 60


def test_a_tenants_limit_covers_all_its_keys(cast: Cast, settings: Any) -> None:
    settings.API_LIMITS = {"default": (100, 2), "bulk": (1, 100)}
    keys = [make_key(cast.acme, "counters:read", name=f"ERP {n}") for n in range(3)]
    other = make_key(cast.zenith, "counters:read")
    assert [Machine(key).get("counters").status_code for key in [*keys, other]] == [200, 200, 429, 200]


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "text/html", "application/octet-stream", "rubbish"]
)
def test_the_answer_is_json_whatever_is_accepted(cast: Cast, accept: str) -> None:
    machine = Machine(make_key(cast.acme, "counters:read"))
    machine.headers["accept"] = accept
    answer = machine.get("counters")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
