"""The description of the API says what the API does."""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from prm.accounts.scopes import unknown_among
from prm.api.api import openapi_document
from prm.api.views import ApiView
from tests.support.api import Machine

pytestmark = pytest.mark.urls("tests.prm.api.resources")


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    openapi_document.cache_clear()
    answer = Machine(None).get("openapi.json")
    openapi_document.cache_clear()
    assert answer.status_code == 200
    return dict(answer.json())


def test_it_is_openapi_31_and_open_to_all(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "/api/v1/openapi.json" not in document["paths"]


def test_a_creating_post_asks_for_its_key(document: dict[str, Any]) -> None:
    post = document["paths"]["/api/v1/counters"]["post"]
    assert [(p["name"], p["in"], p["required"]) for p in post["parameters"]] == [
        ("Idempotency-Key", "header", True)
    ]
    assert post["security"] == [{"token": []}]
    assert post["x-scope"] == "counters:write"
    assert set(post["responses"]) == {
        *("201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503")
    }
    assert post["responses"]["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }


def test_a_list_shows_its_envelope_and_filters(document: dict[str, Any]) -> None:
    listed = document["paths"]["/api/v1/counters"]["get"]
    assert {p["name"] for p in listed["parameters"]} == {"most", "limit", "cursor"}
    shape = listed["responses"]["200"]["content"]["application/json"]["schema"]
    assert shape["required"] == ["data", "next_cursor", "has_more"]
    assert shape["properties"]["data"]["items"] == {"$ref": "#/components/schemas/CounterRead"}


def test_a_versioned_change_asks_for_its_version(document: dict[str, Any]) -> None:
    change = document["paths"]["/api/v1/counters/{counter_id}"]["patch"]
    assert {"If-Match", "counter_id"} == {p["name"] for p in change["parameters"]}
    assert {"404", "412", "428"} <= set(change["responses"])


def test_money_is_text(document: dict[str, Any]) -> None:
    amount = document["components"]["schemas"]["CounterWrite"]["properties"]["amount"]
    assert (amount["type"], amount["pattern"]) == ("string", "^[0-9]{1,18}(\\.[0-9]{1,3})?$")


def test_a_batch_takes_rows_and_answers_207(document: dict[str, Any]) -> None:
    batch = document["paths"]["/api/v1/counters:batch"]["post"]
    for status in ("200", "207", "422"):
        shape = batch["responses"][status]["content"]["application/json"]["schema"]
        assert shape == {"$ref": "#/components/schemas/BatchAnswer"}
    assert "application/problem+json" in batch["responses"]["422"]["content"]
    body = document["components"]["schemas"]["CounterWriteBatch"]
    assert body["properties"]["counters"]["items"] == {"$ref": "#/components/schemas/CounterWrite"}
    assert (body["required"], body["additionalProperties"]) == (["counters"], False)


def api_views(patterns: Any = None) -> list[type[ApiView]]:
    """Every API view that an address reaches."""
    found: list[type[ApiView]] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found += api_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and issubclass(
            getattr(pattern.callback, "cls", object), ApiView
        ):
            found.append(pattern.callback.cls)  # type: ignore[attr-defined]
    return found


def test_each_scope_that_a_view_asks_for_is_declared() -> None:
    asked = {scope for view in api_views() for scope in view.scopes.values()}
    assert unknown_among(asked) == set()


def test_each_view_is_described() -> None:
    bare = [
        f"{view.__module__}.{view.__name__}.{name}"
        for view in api_views()
        if not view.public and not view.__module__.startswith("tests.")
        for name in ("get", "post", "put", "patch", "delete")
        if hasattr(view, name) and not hasattr(getattr(view, name), "is_listed")
    ]
    assert bare == []


def test_the_readable_page_points_at_the_document(client: Any, db: None) -> None:
    page = client.get("/api/v1/docs/")
    assert b'data-document="/api/v1/openapi.json"' in page.content
    assert "unsafe" not in page["Content-Security-Policy"]
