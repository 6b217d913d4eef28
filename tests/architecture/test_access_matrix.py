"""Who may open and post to what: every route of the resolver x every kind of person, from the routes' declarations.

A route without a declaration, or with a parameter that the world does not know, fails here. The addresses outside of
tenants: test_platform_access.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client

from partners.directory.models import Partner
from prm.accounts.models import ApiToken
from prm.accounts.permissions import permissions_of
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.access import World, make_world
from tests.support.api import Machine, make_key
from tests.support.cast import Person, stage
from tests.support.clients import arrived, client_of, fresh_client_of, without_varying
from tests.support.databases import database_of_its_own
from tests.support.routes import (
    NATURAL_KEYS,
    Route,
    all_routes,
    names_an_object,
    random_values,
    values_for,
)
from tests.support.rows import nothing_changed, taken_back

ROUTES = all_routes()
PAGES = [route for route in ROUTES if route.face in ("console", "portal")]
PUBLIC = [route for route in ROUTES if route.face == "public"]
API = [route for route in ROUTES if route.face == "api"]
OPEN_API = {"api-openapi", "api-docs", "api-problem"}
SHARED = {"document_id", "course_id", "lesson_id"}  # what every partner of a vendor may read
# Kept by staff and about partners: their rows have no partner's wall, their pages have the portfolio's.
ABOUT_PARTNERS = {"conflict_id", "interest_id"}
NO_PARTNER_YET = {"application_id"}  # walled from other applicants; every manager reads it
MISSING = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
METHODS = ("GET", "POST")


@pytest.fixture(scope="module")
def furnished(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the whole file, committed to a database of its own."""
    with django_db_blocker.unblock(), database_of_its_own():
        yield make_world(stage())


@pytest.fixture
def world(furnished: World, db: None) -> World:
    """The same rows for each test, whose own writes are taken back; objects in memory stay untouched."""
    return furnished


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


def status_of(client: Client, method: str, path: str) -> int:
    with taken_back():
        return client.generic(method, path).status_code


def nothing_changed_in(world: World, wrong: dict[str, Any]) -> AbstractContextManager[None]:
    return nothing_changed(wrong, world.cast.acme, world.cast.zenith)


def refusals(world: World, client: Client, wanted: dict[str, int], *, routes: list[Route]) -> dict[str, Any]:
    """Routes that answer otherwise than `wanted` by method, and whether any row changed."""
    wrong: dict[str, Any] = {}
    with nothing_changed_in(world, wrong):
        for route in routes:
            for method, status in wanted.items():
                got = client.generic(method, path_of(route, world)).status_code
                if got not in (status, HTTPStatus.METHOD_NOT_ALLOWED):
                    wrong[f"{method} {route.name}"] = got
    return wrong


def test_a_stranger_is_sent_to_the_login(world: World) -> None:
    assert refusals(world, Client(), {"GET": 302, "POST": 302}, routes=PAGES) == {}


def test_strangers_open_exactly_the_public_pages(world: World) -> None:
    opened = {}
    for route in PUBLIC:
        assert route.access is not None
        assert route.access.face == "public"
        opened[route.name] = Client().get(path_of(route, world)).status_code
    joining = {"join", "join-wait", "join-resume", "join-apply", "join-status", "join-withdraw"}
    assert set(opened) == {*joining, "certificate-check", "find-partner", "brand-style", "brand-logo"}
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
    wrong: dict[str, Any] = {}
    linked = [route for route in PUBLIC if "token" in route.parameters]
    with nothing_changed_in(world, wrong):
        for route in linked:
            for what, token in (("foreign", world.foreign["token"]), ("unknown", "x" * 43)):
                path = "/acme" + route.path({**values_for(route, world.own), "token": token})
                for method in METHODS:
                    got = Client().generic(method, path).status_code
                    if got not in MISSING:
                        wrong[f"{what} {method} {route.name}"] = got
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


def needed(route: Route, method: str) -> str | None:
    """The permission that the page asks for; None where it takes no posts."""
    assert route.access is not None
    return route.access.permission if method == "GET" else route.access.post


@pytest.mark.parametrize("who", ["vera", "nina", "felix", "otto", "paul", "mia"])
def test_people_meet_403_exactly_where_they_lack_the_permission(world: World, who: str) -> None:
    """Staff always see money (test_console of the workspace), so that only a partner's Mia lacks the right."""
    person = getattr(world.cast, who)
    client = arrived(client_of(person), person)
    face = "portal" if person.actor.partner_id else "console"
    asked = [(route, method) for route in PAGES if route.face == face for method in METHODS]
    wrong: dict[str, Any] = {}
    with nothing_changed_in(world, wrong):
        for route, method in asked:
            if not allowed(person, needed(route, method)):
                got = client.generic(method, path_of(route, world)).status_code
                if got not in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED):
                    wrong[f"{method} {route.name}"] = got
    for route, method in asked:
        if allowed(person, needed(route, method)):
            got = status_of(client, method, path_of(route, world))
            if got == HTTPStatus.FORBIDDEN or got >= HTTPStatus.INTERNAL_SERVER_ERROR:
                wrong[f"{method} {route.name}"] = got
    assert wrong == {}


MONEY_AND_ROLES = {
    "payout-approve", "payout-export", "payout-file", "payout-paid", "item-outcome", "period-close",
    "payout-answer-confirm",
    "bank-detail", "bank-confirm", "portal-bank", "item-take-back", "token-create", "token-rotate",
    "payer-create", "payer-detail", "payer-confirm", "answers-create", "partner-tax",
    "withholding-create", "withholding-confirm",
    "answers-detail",
    "adjustment-create", "adjustment-decide", "adjustment-undo", "dispute-decide",
    "member-invite", "member-edit", "portal-team-invite", "portal-team-edit",
}  # fmt: skip


def test_an_old_login_is_confirmed_before_money_and_roles(world: World) -> None:
    guarded = [route for route in PAGES if route.access is not None and route.access.fresh]
    assert {route.name for route in guarded} == MONEY_AND_ROLES
    cast = world.cast
    wrong: dict[str, Any] = {}
    clients = {
        person.user.id: arrived(client_of(person), person) for person in (cast.vera, cast.felix, cast.paul)
    }
    with nothing_changed_in(world, wrong):
        for route in guarded:
            assert route.access is not None
            method = "POST" if route.access.post else "GET"
            client = clients[holder(world, route, method).user.id]
            answer = client.generic(method, path_of(route, world))
            if not answer.get("Location", "").startswith("/acme/account/reauthenticate/"):
                wrong[route.name] = answer.status_code
    assert wrong == {}


def holder(world: World, route: Route, method: str) -> Person:
    """Somebody of Acme (for the portal: of Northwind) with the permission; where nobody can have it, an admin."""
    cast = world.cast
    people = [cast.vera, cast.felix] if route.face == "console" else [cast.paul]
    return next((person for person in people if allowed(person, needed(route, method))), people[0])


@pytest.mark.parametrize("face", ["console", "portal"])
def test_a_foreign_object_and_no_object_answer_with_the_same_bytes(world: World, face: str) -> None:
    cast = world.cast
    wrong: dict[str, Any] = {}
    clients = {
        person.user.id: arrived(fresh_client_of(person), person)
        for person in (cast.vera, cast.felix, cast.paul)
    }
    with nothing_changed_in(world, wrong):
        for route in PAGES:
            if route.face != face or not names_an_object(route, world.own):
                continue
            for method in METHODS:
                client = clients[holder(world, route, method).user.id]
                foreign, missing = (
                    client.generic(method, "/acme" + route.path(values))
                    for values in (values_for(route, world.foreign), random_values(route, world.own))
                )
                codes = (foreign.status_code, missing.status_code)
                same = without_varying(foreign.content) == without_varying(missing.content)
                if codes not in refused_alike(route, method) or not same:
                    wrong[f"{method} {route.name}"] = (*codes, same)
    assert wrong == {}


def refused_alike(route: Route, method: str) -> list[tuple[int, int]]:
    """How the two may answer: both missing, or both an address that takes no such request."""
    statuses = [HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED]
    if needed(route, method) is None:
        statuses.append(HTTPStatus.FORBIDDEN)
    return [(status, status) for status in statuses]


def test_a_sibling_partner_meets_none_of_the_others_objects(world: World) -> None:
    client = arrived(fresh_client_of(world.cast.sven), world.cast.sven)
    named = [
        route
        for route in PAGES
        if route.face == "portal"
        and names_an_object(route, world.own)
        and not set(route.parameters) <= SHARED
    ]
    assert found_at(world, client, named) == {}


def found_at(world: World, client: Client, routes: list[Route]) -> dict[str, Any]:
    """Where the client was answered otherwise than with a missing page, and whether any row changed."""
    wrong: dict[str, Any] = {}
    with nothing_changed_in(world, wrong):
        for route in routes:
            for method in METHODS:
                got = client.generic(method, path_of(route, world)).status_code
                if (got, got) not in refused_alike(route, method):
                    wrong[f"{method} {route.name}"] = got
    return wrong


def behind_a_partner(world: World) -> set[str]:
    """Parameters that name a row of one partner: the row's own wall says so."""
    named = {name: value for name, value in world.own.items() if isinstance(value, UUID)}
    found = set()
    with tenant_context(world.cast.acme.id):
        for model in apps.get_models():
            if getattr(model, "wall", "staff") not in ("staff", "staff-reads", "shared"):
                rows: Any = model._default_manager.filter(id__in=named.values())
                found |= set(rows.values_list("id", flat=True))
    walled = {name.partition(":")[0] for name, value in named.items() if value in found}
    return ABOUT_PARTNERS | walled - NO_PARTNER_YET


def test_another_managers_portfolio_is_missing(world: World) -> None:
    """Nina keeps nobody any more: what belongs to a partner is not there for her, whatever she may do elsewhere."""
    with tenant_context(world.cast.acme.id):
        Partner.objects.filter(manager_id=world.cast.nina.membership.id).update(manager_id=None)
    behind = behind_a_partner(world)
    assert behind >= {
        "partner_id",
        "line_id",
        "deal_id",
        "comment_id",
        "certificate_id",
        "file_id",
        "paper_id",
    }
    client = fresh_client_of(world.cast.nina)
    wrong: dict[str, Any] = {}
    with nothing_changed_in(world, wrong):
        for route in PAGES:
            if route.face != "console" or not behind & set(route.parameters):
                continue
            for method in METHODS:
                if allowed(world.cast.nina, needed(route, method)):
                    got = client.generic(method, path_of(route, world)).status_code
                    if got not in MISSING:
                        wrong[f"{method} {route.name}"] = got
    assert wrong == {}


def test_a_key_opens_what_its_scopes_name_and_nothing_else(world: World) -> None:
    wrong: dict[str, Any] = {}
    bare = machine_of(world.cast.acme, "rates:read")
    with nothing_changed_in(world, wrong):
        for route in API:
            for method, scope in (route.scopes or {}).items():
                if scope != "rates:read":
                    got = bare.send(method, api_path(route, values_for(route, world.own)), {}).status_code
                    if got != HTTPStatus.FORBIDDEN:
                        wrong[f"{method} {route.name}"] = got
    assert wrong == {}


def machine_of(tenant: Tenant, *scopes: str) -> Machine:
    """A machine whose key is noted as used already, so that using it writes nothing."""
    key = make_key(tenant, *scopes)
    with tenant_context(tenant.id):
        ApiToken.objects.update(last_used_at=datetime(2999, 1, 1, tzinfo=UTC))
    return Machine(key)


def api_path(route: Route, values: dict[str, Any]) -> str:
    return route.path(values).removeprefix("/api/v1/")


def test_the_api_refuses_strangers(world: World) -> None:
    wrong: dict[str, Any] = {}
    stranger = Machine(None)
    with nothing_changed_in(world, wrong):
        for route in API:
            for method in route.scopes or {}:
                got = stranger.send(method, api_path(route, values_for(route, world.own)), {}).status_code
                if got != HTTPStatus.UNAUTHORIZED:
                    wrong[f"{method} {route.name}"] = got
    assert wrong == {}


# These read the body before they look for the object.
BODIES = {name: {"codes": ["ZE"]} for name in ("api-segment-add", "api-segment-take-out")}


def test_the_api_answers_for_a_foreign_object_as_for_none_by_every_method(world: World) -> None:
    """Ids, and keys that only the other tenant has: a PUT by key makes a row of the own tenant, so it may only object
    to its empty body."""
    every = sorted({scope for route in API for scope in (route.scopes or {}).values()})
    zenith = machine_of(world.cast.zenith, *every)
    wrong: dict[str, Any] = {}
    with nothing_changed_in(world, wrong):
        for route in API:
            if not names_an_object(route, world.own):
                continue
            for method in route.scopes or {}:
                body = BODIES.get(route.name, {})
                foreign, missing = (
                    zenith.send(method, api_path(route, values), body, if_match='"1"').status_code
                    for values in (values_for(route, world.own), random_values(route, world.own))
                )
                makes = method == "PUT" and bool(NATURAL_KEYS & set(route.parameters))
                wanted = HTTPStatus.UNPROCESSABLE_ENTITY if makes else HTTPStatus.NOT_FOUND
                if (foreign, missing) != (wanted, wanted):
                    wrong[f"{method} {route.name}"] = (foreign, missing)
    assert wrong == {}
