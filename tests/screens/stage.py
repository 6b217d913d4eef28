"""Where scenes are played: the eye, the demo's vendor with its objects, and the world beside it.

Promise: a scene's looks take the shapes of a state, which change with the language; called by the scenes."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from playwright.sync_api import Page

from analytics.demo.names import Vendor
from tests.screens.eye import Eye
from tests.screens.pages import email_of, path_of
from tests.screens.world import World
from tests.support.routes import Route, all_routes


class Stage:
    """The eye, the demo's vendor with its objects, and the world beside it."""

    def __init__(self, eye: Eye, vendor: Vendor, objects: Mapping[str, Any], world: World) -> None:
        self.eye, self.vendor, self.objects, self.world = eye, vendor, objects, world

    def staff(self, role: str = "programme_admin", place: int = 0) -> Page:
        return self.eye.person(email_of(self.vendor, role, place))

    def partner(self) -> Page:
        return self.eye.person(email_of(self.vendor, "partner_admin"))

    def console(self, path: str = "") -> str:
        return f"/{self.vendor.slug}/m/{path}"

    def open(self, name: str, page: Page, path: str, *, status: int = 200) -> None:
        shapes, axe = self.eye.shapes_of_state(name), self.eye.axe_of_state(name)
        self.eye.open(name, page, path, status=status, shapes=shapes, axe=axe)

    def look(self, name: str, page: Page) -> None:
        shapes, axe = self.eye.shapes_of_state(name), self.eye.axe_of_state(name)
        self.eye.look(name, page, shapes=shapes, axe=axe)

    def goto(self, page: Page, path: str) -> None:
        self.eye.plain(page)
        page.goto(self.eye.address + path)

    def path(self, route: Route) -> str:
        return path_of(self.vendor.slug, route, self.objects)

    def address(self, name: str, query: str = "", **ids: object) -> str:
        """Of the page of that name, about these objects."""
        return f"/{self.vendor.slug}{_routes()[name].path(ids)}{query}"


@cache
def _routes() -> dict[str, Route]:
    return {route.name: route for route in all_routes()}
