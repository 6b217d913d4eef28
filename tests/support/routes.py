"""Every address of the product, read from the resolver, with what its view declares.

Called by: the access matrix and the screens.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver

from prm.web.pages import Access

GROUP = re.compile(r"\(\?P(<\w+>)[^)]*\)")
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
FACES = {
    "m/": "console",
    "p/": "portal",
    "join/": "public",
    "check/": "public",
    "find/": "public",
    "brand/": "public",
    "api/v1/": "api",
}


@dataclass(frozen=True)
class Route:
    """One address: its face, name, pattern, and the declaration of its view."""

    face: str
    name: str
    pattern: str
    access: Access | None
    scopes: Mapping[str, str] | None

    @property
    def parameters(self) -> list[str]:
        return [match["name"] for match in PARAMETER.finditer(self.pattern)]

    def path(self, values: Mapping[str, Any]) -> str:
        """The address below the tenant, with each parameter's value."""
        return "/" + PARAMETER.sub(lambda match: str(values[match["name"]]), self.pattern)


def all_routes() -> list[Route]:
    """Routes of console, portal, public face and API, in the order of the resolver."""
    return [route for route in _every_route() if route.face != "platform"]


def platform_routes() -> list[Route]:
    """Every other route: those outside of tenants, which declare nothing beside their views."""
    return [route for route in _every_route() if route.face == "platform"]


def _every_route() -> Iterator[Route]:
    for pattern, entry in _walk(get_resolver(), ""):
        face = next((face for start, face in FACES.items() if pattern.startswith(start)), "platform")
        view = entry.callback
        scopes = getattr(getattr(view, "view_class", None) or getattr(view, "cls", None), "scopes", None)
        yield Route(face, str(entry.name), _plain(pattern), getattr(view, "access", None), scopes)


def _plain(pattern: str) -> str:
    """A regular expression of other people's routes, written as we write ours."""
    return GROUP.sub(r"\1", pattern).replace("^", "").replace("$", "")


def _walk(resolver: URLResolver, start: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, start + str(entry.pattern))
        else:
            yield start + str(entry.pattern), entry


NATURAL_KEYS = {"code", "external_id"}
FIXED: dict[str, Any] = {
    "kind": "rate",
    "file_kind": "csv",
    "kind:import-template": "sales",
    "place": 0,
    "period": "2026-01-01",
    "source": "erp",
    "partner_type": "reseller",
    "step": "company",
}


def values_for(route: Route, objects: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each parameter; one that the world does not know raises KeyError naming it."""
    values = {}
    for name in route.parameters:
        room = "payout" if route.name.startswith("payout") else "calculation"
        key = f"{name}:{room}" if name == "run_id" else name
        key = f"{name}:portal" if f"{name}:{route.face}" in objects else key
        own = f"{name}:{route.name}"
        key = own if own in objects else key
        values[name] = objects[key] if key in objects else FIXED.get(own, FIXED.get(name))
        if values[name] is None:
            raise KeyError(name)
    return values


def random_values(route: Route, objects: Mapping[str, Any]) -> dict[str, Any]:
    """The same address with ids that exist nowhere."""
    return {
        name: uuid4() if isinstance(value, UUID) else "nowhere" if name in NATURAL_KEYS else value
        for name, value in values_for(route, objects).items()
    }


def names_an_object(route: Route, objects: Mapping[str, Any]) -> bool:
    return any(
        isinstance(value, UUID) or name in NATURAL_KEYS for name, value in values_for(route, objects).items()
    )
