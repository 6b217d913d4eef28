"""The OpenAPI description: what drf-spectacular cannot read off an ApiView is added here.

Promise: every operation names its key, its scope and its refusals; called by DRF through settings and by prm.api.api.
"""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework.serializers import BaseSerializer, ChoiceField

from prm.api.permissions import scope_for
from prm.api.problems import KINDS

Handler = TypeVar("Handler", bound=Callable[..., Any])
Shape = type[BaseSerializer[Any]]
PROBLEM = {"$ref": "#/components/schemas/Problem"}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable; branch on this"},
        "detail": {"type": "string", "description": "for people, in the language of Accept-Language"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body"},
                    "parameter": {"type": "string", "description": "name of a query parameter"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
BATCH_SCHEMA = {
    "type": "object",
    "required": ["summary", "results"],
    "properties": {
        "summary": {
            "type": "object",
            "properties": {
                name: {"type": "integer"}
                for name in ("received", "created", "updated", "unchanged", "failed")
            },
        },
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "status"],
                "properties": {
                    "index": {"type": "integer"},
                    "external_id": {"type": ["string", "null"]},
                    "status": {"type": "integer"},
                    "effect": {"type": "string", "enum": ["created", "updated", "unchanged"]},
                    "id": {"type": "string", "format": "uuid"},
                    "version": {"type": "integer"},
                    "problem": PROBLEM,
                },
            },
        },
    },
}
COMPONENTS = {"schemas": {"Problem": PROBLEM_SCHEMA, "BatchAnswer": BATCH_SCHEMA}}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="the ETag you read"
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="your own id of this request; a retry with it gets the first answer",
)
PAGING = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    OpenApiParameter("cursor", str, description="next_cursor of the answer before; good for 24 hours"),
]


PAGING_NAMES = frozenset({"limit", "cursor"})


def operation(
    summary: str,
    *,
    body: Shape | None = None,
    answer: Shape | type[bytes] | dict[str, Any] | None = None,
    status: int = 200,
    query: Shape | None = None,
    listed: bool = False,
    batch: str | bool = False,
    versioned: bool = False,
) -> Callable[[Handler], Handler]:
    """Describe one handler: its body, its answer (one, a cursor list, `bytes`), its query, If-Match.

    `batch` names the list of rows of a `…:batch` resource whose rows have the shape `body`.
    """
    parameters: list[Any] = [*([query] if query else []), *(PAGING if listed else [])]
    if versioned:
        parameters.append(IF_MATCH)
    answers: dict[Any, Any] = {status: answer}
    if answer is bytes:
        answers = {(status, "application/octet-stream"): OpenApiTypes.BINARY}
    if batch:
        answers = {code: {"$ref": "#/components/schemas/BatchAnswer"} for code in (200, 207, 422)}
        body = _batch_shape(batch, body) if isinstance(batch, str) and body is not None else body
    decorated = extend_schema(summary=summary, request=body, responses=answers, parameters=parameters)

    query_names = frozenset(getattr(query, "_declared_fields", ())) | (
        PAGING_NAMES if listed else frozenset()
    )

    def decorate(handler: Handler) -> Handler:
        handler.is_listed = listed  # type: ignore[attr-defined]
        handler.query_names = query_names  # type: ignore[attr-defined]  # ApiView refuses any other
        handler.is_versioned = versioned  # type: ignore[attr-defined]
        described: Handler = decorated(handler)
        return described

    return decorate


def _batch_shape(name: str, row: Shape) -> Any:
    fields: dict[str, Any] = {
        "mode": ChoiceField(choices=["partial", "atomic"], required=False),
        name: row(many=True),
    }
    return inline_serializer(f"{row.__name__}Batch", fields)


class Schema(AutoSchema):
    """Adds to each operation what `ApiView` does for it: key, idempotency, problems, the envelope of lists."""

    def get_override_parameters(self) -> list[Any]:
        asks_key = getattr(self.view, "idempotent", False) and self.method == "POST"
        return [IDEMPOTENCY_KEY] if asks_key else []

    def get_tags(self) -> list[str]:
        path = self.path.removeprefix("/api/v1/")
        return [path.split("/")[0].split(":")[0]]

    def get_auth(self) -> list[dict[str, Any]]:
        return [] if getattr(self.view, "public", False) else list(super().get_auth())

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's signature
        """The handler's or the view's own words; the base class speaks to engineers."""
        handler = getattr(self.view, self.method.lower(), None)
        return cleandoc(getattr(handler, "__doc__", None) or type(self.view).__doc__ or "")

    def get_operation_id(self) -> str:
        words = self.path.removeprefix("/api/v1/").replace("{", "by_").replace("}", "")
        return "_".join([self.method.lower(), *words.replace(":", "/").replace("-", "_").split("/")])

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        described = super().get_operation(*args, **kwargs)
        if not described:
            return described
        handler = getattr(self.view, self.method.lower(), None)
        if getattr(handler, "is_listed", False):
            _wrap_in_list(described)
        if not getattr(self.view, "public", False):
            scope = scope_for(self.view, self.method)
            described["description"] = f"{described.get('description', '')}\n\nScope: `{scope}`".strip()
            described["x-scope"] = scope
            for status in self._refusals(handler):
                content = described["responses"].setdefault(
                    str(status), {"description": str(KINDS[status][1])}
                )
                content.setdefault("content", {})["application/problem+json"] = {"schema": PROBLEM}
        return described

    def _refusals(self, handler: Any) -> list[int]:
        found = [401, 403, 429, 500, 503]
        found += [404] if "{" in self.path else []
        found += [400, 422]
        if self.method in ("POST", "PUT", "PATCH"):
            found += [409, 413, 415]
        if self.method == "DELETE":
            found += [409]
        if getattr(handler, "is_versioned", False):
            found += [412, 428]
        return sorted(found)


def _wrap_in_list(described: dict[str, Any]) -> None:
    content = described["responses"]["200"]["content"]["application/json"]
    row = content["schema"].get("items", content["schema"])
    content["schema"] = {
        "type": "object",
        "required": ["data", "next_cursor", "has_more"],
        "properties": {
            "data": {"type": "array", "items": row},
            "next_cursor": {"type": ["string", "null"]},
            "has_more": {"type": "boolean"},
        },
    }


class MoneyAmountSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Text; how many decimals it may have depends on the currency beside it."""

    target_class = "prm.api.fields.MoneyAmountField"

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        sign = "-?" if self.target.negative or direction == "response" else ""
        return {
            "type": "string",
            "pattern": f"^{sign}[0-9]{{1,18}}(\\.[0-9]{{1,3}})?$",
            "examples": ["1234.50"],
        }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the key is sent."""

    target_class = "prm.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "prm_live_<prefix>_<secret>_<check>"}
