"""Who may open and post to what: every route of the resolver x every kind of person, from the routes' declarations.

A route without a declaration, or with a parameter that the world does not know, fails here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from prm.accounts.permissions import permissions_of
from prm.tenancy.context import tenant_context
from tests.support.access import World, make_world
from tests.support.api import Machine, make_key
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.routes import Route, all_routes, names_an_object, random_values, values_for
from tests.support.rows import digest_of_rows

ROUTES = all_routes()
PAGES = [route for route in ROUTES if route.face in ("console", "portal")]
PUBLIC = [route for route in ROUTES if route.face == "public"]
API = [route for route in ROUTES if route.face == "api"]
OPEN_API = {"api-openapi", "api-docs", "api-problem"}
PORTFOLIO = {"partner_id", "line_id", "entry_id", "deal_id", "conflict_id"}
SHARED = {"document_id", "course_id", "lesson_id"}  # what every partner of a vendor may read
REFUSED_QUIETLY = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.FOUND}


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


def test_every_route_declares_who_may_use_it() -> None:
    bare = [route.name for route in [*PAGES, *PUBLIC] if route.access is None]
    bare += [route.name for route in API if not route.scopes and route.name not in OPEN_API]
    assert bare == []


def test_every_parameter_is_known_to_the_world(world: World) -> None:
    for route in ROUTES:
        if route.name not in OPEN_API:
            values_for(route, world.own)


def path_of(route: Route, world: World) -> str:
    return "/acme" + route.path(values_for(route, world.own))


@contextmanager
def taken_back() -> Iterator[None]:
    """What a permitted request writes is rolled back, so that the next one meets the same world."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)


def status_of(client: Client, method: str, path: str) -> int:
    with taken_back():
        return client.generic(method, path).status_code


def checksum(world: World) -> str:
    """One digest over every row of every tenant table, of both tenants."""
    digests = []
    for tenant in (world.cast.acme, world.cast.zenith):
        with tenant_context(tenant.id):
            digests.append(digest_of_rows())
    return "".join(digests)


def refusals(world: World, client: Client, wanted: dict[str, int], *, routes: list[Route]) -> dict[str, Any]:
    """Routes that answer otherwise than `wanted` by method, and whether any row changed."""
    before = checksum(world)
    wrong: dict[str, Any] = {}
    for route in routes:
        for method, status in wanted.items():
            got = client.generic(method, path_of(route, world)).status_code
            if got not in (status, HTTPStatus.METHOD_NOT_ALLOWED):
                wrong[f"{method} {route.name}"] = got
    if checksum(world) != before:
        wrong["rows"] = "changed"
    return wrong


def test_a_stranger_is_sent_to_the_login(world: World) -> None:
    assert refusals(world, Client(), {"GET": 302, "POST": 302}, routes=PAGES) == {}


def test_strangers_open_exactly_the_public_pages(world: World) -> None:
    opened = {}
    for route in PUBLIC:
        assert route.access is not None
        assert route.access.face == "public"
        opened[route.name] = Client().get(path_of(route, world)).status_code
    joining = {"join", "join-resume", "join-apply", "join-status", "join-withdraw"}
    assert set(opened) == {*joining, "certificate-check", "find-partner"}
    assert {
        name: code for name, code in opened.items() if code not in (HTTPStatus.OK, HTTPStatus.FOUND)
    } == {}


def test_another_tenants_certificate_is_unknown_here(world: World) -> None:
    asked = [("acme", world.own), ("acme", world.foreign), ("zenith", world.foreign), ("zenith", world.own)]
    codes = [
        Client().get(f"/{slug}/check/{held['code:certificate-check']}/").status_code for slug, held in asked
    ]
    assert codes == [HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.OK, HTTPStatus.NOT_FOUND]


def test_another_tenants_link_and_an_unknown_link_open_nothing(world: World) -> None:
    before = checksum(world)
    wrong: dict[str, Any] = {}
    for route in PUBLIC:
        if "token" not in route.parameters:
            continue
        for what, token in (("foreign", world.foreign["token"]), ("unknown", "x" * 43)):
            path = "/acme" + route.path({**values_for(route, world.own), "token": token})
            for method in ("GET", "POST"):
                got = Client().generic(method, path).status_code
                if got not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                    wrong[f"{what} {method} {route.name}"] = got
    if checksum(world) != before:
        wrong["rows"] = "changed"
    assert wrong == {}


@pytest.mark.parametrize("who", ["zed", "paul"])
def test_the_console_does_not_exist_for_people_of_other_places(world: World, who: str) -> None:
    console = [route for route in PAGES if route.face == "console"]
    client = client_of(getattr(world.cast, who))
    assert refusals(world, client, {"GET": 404, "POST": 404}, routes=console) == {}


@pytest.mark.parametrize("who", ["zed", "vera"])
def test_the_portal_does_not_exist_for_people_of_other_places(world: World, who: str) -> None:
    portal = [route for route in PAGES if route.face == "portal"]
    client = client_of(getattr(world.cast, who))
    assert refusals(world, client, {"GET": 404, "POST": 404}, routes=portal) == {}


def allowed(person: Person, permission: str | None) -> bool:
    held = permissions_of(person.membership.role, sees_money=person.membership.sees_money)
    return permission is not None and permission in held


@pytest.mark.parametrize("who", ["vera", "nina", "felix", "otto", "paul", "mia"])
def test_people_meet_403_exactly_where_they_lack_the_permission(world: World, who: str) -> None:
    person = getattr(world.cast, who)
    client = client_of(person)
    wrong = {}
    for route in PAGES:
        if (route.face == "portal") != (person.actor.partner_id is not None):
            continue
        assert route.access is not None
        for method, permission in (("GET", route.access.permission), ("POST", route.access.post)):
            got = status_of(client, method, path_of(route, world))
            if got == HTTPStatus.METHOD_NOT_ALLOWED:
                continue
            forbidden = got == HTTPStatus.FORBIDDEN
            if forbidden == allowed(person, permission) or got >= HTTPStatus.INTERNAL_SERVER_ERROR:
                wrong[f"{method} {route.name}"] = got
    assert wrong == {}


@pytest.mark.parametrize(("who", "face"), [("vera", "console"), ("paul", "portal")])
def test_a_foreign_object_and_no_object_answer_with_the_same_bytes(world: World, who: str, face: str) -> None:
    client = client_of(getattr(world.cast, who))
    wrong = {}
    for route in PAGES:
        if route.face != face or not names_an_object(route, world.own):
            continue
        foreign = client.get("/acme" + route.path(values_for(route, world.foreign)))
        missing = client.get("/acme" + route.path(random_values(route, world.own)))
        same = without_varying(foreign.content) == without_varying(missing.content)
        if (
            foreign.status_code
            == missing.status_code
            in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED)
        ):
            continue
        if (foreign.status_code, missing.status_code, same) != (404, 404, True):
            wrong[route.name] = (foreign.status_code, missing.status_code, same)
    assert wrong == {}


def without_varying(body: bytes) -> bytes:
    """The page without what differs in every answer: ids in its own address and the form's token."""
    body = re.sub(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", b"ID", body)
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"TOKEN", body)


def test_a_sibling_partner_sees_none_of_the_others_objects(world: World) -> None:
    client = client_of(world.cast.sven)
    wrong = {}
    for route in PAGES:
        if (
            route.face == "portal"
            and names_an_object(route, world.own)
            and not set(route.parameters) <= SHARED
        ):
            got = client.get(path_of(route, world)).status_code
            if got not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                wrong[route.name] = got
    assert wrong == {}


def test_another_managers_portfolio_is_missing(world: World) -> None:
    with tenant_context(world.cast.acme.id):
        world.cast.northwind.manager_id = None
        world.cast.northwind.save(update_fields=["manager_id"])
    client = client_of(world.cast.nina)
    wrong = {}
    for route in PAGES:
        behind = PORTFOLIO & set(route.parameters)
        if (
            route.face == "console"
            and behind
            and allowed(world.cast.nina, route.access.permission if route.access else None)
        ):
            got = client.get(path_of(route, world)).status_code
            if got not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
                wrong[route.name] = got
    assert wrong == {}


def test_a_key_opens_what_its_scopes_name_and_nothing_else(world: World) -> None:
    wrong = {}
    bare = Machine(make_key(world.cast.acme, "rates:read"))
    before = checksum(world)
    for route in API:
        for method, scope in (route.scopes or {}).items():
            if scope == "rates:read":
                continue
            path = route.path(values_for(route, world.own)).removeprefix("/api/v1/")
            with taken_back():
                got = bare.send(method, path, {}).status_code
            if got != HTTPStatus.FORBIDDEN:
                wrong[f"{method} {route.name}"] = got
    if checksum(world) != before:
        wrong["rows"] = "changed"
    assert wrong == {}


def test_the_api_refuses_strangers_and_foreign_objects(world: World) -> None:
    wrong = {}
    every = sorted({scope for route in API for scope in (route.scopes or {}).values()})
    stranger, zenith = Machine(None), Machine(make_key(world.cast.zenith, *every))
    for route in API:
        for method in route.scopes or {}:
            path = route.path(values_for(route, world.own)).removeprefix("/api/v1/")
            if (got := stranger.send(method, path, {}).status_code) != HTTPStatus.UNAUTHORIZED:
                wrong[f"stranger {method} {route.name}"] = got
            foreign = method == "GET" and names_an_object(route, world.own)
            if foreign and (got := zenith.send("GET", path).status_code) != HTTPStatus.NOT_FOUND:
                wrong[f"foreign GET {route.name}"] = got
    assert wrong == {}
