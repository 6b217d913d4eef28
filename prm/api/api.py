"""Documents about the API itself: OpenAPI, the readable page, the kinds of problem.

Promise: open without a key, since nothing in them belongs to a tenant; called by prm.api.urls.
"""

from functools import cache
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.response import Response

from prm.api.problems import KINDS, missing
from prm.api.requests import ApiRequest
from prm.api.schema import COMPONENTS
from prm.api.views import ApiView


class OpenApi(ApiView):
    """The OpenAPI 3.1 document of everything under /api/v1/."""

    public = True
    schema = None
    scopes: ClassVar = {}

    def get(self, request: ApiRequest) -> Response:
        return Response(openapi_document(), headers={"Cache-Control": "public, max-age=300"})


@cache
def openapi_document() -> dict[str, Any]:
    """Made once a process, in English: codes and names are the contract, the words around them are not."""
    with translation.override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    for shape in document.get("components", {}).get("schemas", {}).values():
        if "properties" in shape:
            shape["additionalProperties"] = False  # an unknown field is refused
    for kind, entries in COMPONENTS.items():
        document.setdefault("components", {}).setdefault(kind, {}).update(entries)
    return document


class ProblemKind(ApiView):
    """What the `type` of a problem document points at."""

    public = True
    schema = None
    scopes: ClassVar = {}

    def get(self, request: ApiRequest, kind: str) -> Response:
        found = {name: (status, title) for status, (name, title) in KINDS.items()}
        if kind not in found:
            raise missing()
        status, title = found[kind]
        return Response({"kind": kind, "status": status, "title": str(title)})


class Missing(ApiView):
    """Any other address under /api/: the same answer as for an object that is not there."""

    public = True
    schema = None
    scopes: ClassVar = {}

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise missing()


@transaction.non_atomic_requests
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")


docs.public = True  # type: ignore[attr-defined]  # read by the access matrix
