"""Pages in states that no address alone leads to: letters' links, second factors, errors, first days, work under way.

Promise: a scene that cannot be played is a fault by its name; called by the screens command and its test."""

import time
from collections.abc import Callable, Iterable
from uuid import uuid4

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from playwright.sync_api import Error, Page

from analytics.demo.names import PASSWORD
from incentives.plans.component_forms import COMPONENT_FORMS
from prm.accounts.permissions import permissions_of
from tests.screens.eye import SHAPES, Eye, Fault
from tests.screens.forms import send_emptied
from tests.screens.money import MONEY_SCENES
from tests.screens.pages import NO_PAGES, email_of
from tests.screens.stage import Stage
from tests.screens.world import (
    let_invitations_expire,
    let_programme,
    let_work_fail,
    put_to_work,
)
from tests.support.routes import Route, all_routes
from tests.support.site import log_in

ROLES_ON_TODAY = ("channel_manager", "finance")
Scene = Callable[[Stage], None]
SEARCHED = ("partner-list", "deal-list", "sale-list", "customer-list", "product-list", "audit-list")


def play(stage: Stage, only: str = "") -> None:
    """Every scene whose name holds `only`, those that change the demo last."""
    for scene in scenes_of(stage.eye):
        name = scene.__name__.replace("_", "-")
        if only in name:
            try:
                scene(stage)
            except (Error, AssertionError) as fault:
                stage.eye.faults.append(Fault(f"{name}-{stage.eye.language}", f"cannot be played: {fault}"))


def scenes_of(eye: Eye) -> tuple[Scene, ...]:
    """In less time in one language each: in Russian, whose words may be missing, but for what is English everywhere."""
    if eye.thorough:
        return SCENES
    return tuple(scene for scene in SCENES if (scene in IN_ENGLISH) == (eye.language == "en"))


def invitation(stage: Stage) -> None:
    links, stranger = stage.world.invitations, stage.eye.stranger()
    stage.open("invitation", stranger, links["open"])
    send_emptied(stranger)
    stage.look("invitation-error", stranger)
    stage.open("invitation-withdrawn", stranger, links["withdrawn"], status=410)
    stage.open("invitation-of-another", stage.staff(), links["open"])
    let_invitations_expire(stage.vendor)
    stage.open("invitation-expired", stranger, links["open"], status=410)


def programme_closed(stage: Stage) -> None:
    """The waiting list's form, an error in it, the answer, and the list of a programme that is closed."""
    stranger = stage.eye.stranger()
    let_programme(stage.vendor, is_open=False)
    stage.open("join-closed", stranger, f"/{stage.vendor.slug}/join/")
    stage.goto(stranger, f"/{stage.vendor.slug}/join/")
    stranger.fill("#id_company_name", "Elm Works")
    stranger.locator(".public-form button[type=submit]").click()
    stranger.locator(".error-summary").wait_for()
    stage.look("join-closed-error", stranger)
    stage.open("waiting-list-closed", stage.staff(), stage.console("applications/waiting/"))
    let_programme(stage.vendor, is_open=True)


def api_reference(stage: Stage) -> None:
    """In English and light alone: a machine's reference, drawn by Swagger UI, whose own marks are not ours to mend."""
    stranger = stage.eye.stranger()
    with stage.eye.overheard("api-reference", stranger):
        stage.goto(stranger, "/api/v1/docs/")
        stranger.locator(".opblock").first.wait_for()
        light = tuple(shape for shape in SHAPES if shape[0] == "light")
        stage.eye.look("api-reference", stranger, shapes=light, axe=(), speaks="en")


def missing_and_forbidden(stage: Stage) -> None:
    held = permissions_of("finance", sees_money=True)
    refused = next(
        r for r in all_routes() if r.face == "console" and r.access and r.access.permission not in held
    )
    stage.open("forbidden", stage.staff("finance"), stage.path(refused), status=403)
    stage.open("missing", stage.staff(), stage.console(f"partners/{uuid4()}/"), status=404)
    stage.open("missing-for-strangers", stage.eye.stranger(), "/nowhere/", status=404)


def second_factor(stage: Stage) -> None:
    page = stage.eye.stranger()
    log_in(page, stage.eye.address, stage.world.careful, PASSWORD)
    stage.look("second-factor-prompt", page)
    _type_code(page, "000000")
    stage.look("second-factor-wrong", page)
    secret = stage.world.careful_secret
    _type_code(page, format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    for name in ("mfa_index", "mfa_reauthenticate"):
        stage.open(f"{name}-careful", page, reverse(name))
    _type_code(page, stage.world.careful_codes.pop())
    for name, path in stage.world.careful_pages:
        stage.open(name, page, path)


def _type_code(page: Page, code: str) -> None:
    page.fill("input[name=code]", code)
    with page.expect_navigation():
        page.press("input[name=code]", "Enter")


def letters(stage: Stage) -> None:
    stranger = stage.eye.stranger()
    stage.goto(stranger, stage.world.reset)
    stage.look("password-reset-link", stranger)
    stage.open("password-reset-link-dead", stranger, stage.world.reset[:-3] + "00/")
    stage.open("confirm-address", stranger, stage.world.confirm)
    stage.open("confirm-address-dead", stranger, reverse("account_confirm_email", args=["x"]))


def two_places(stage: Stage) -> None:
    """The choice between two places, the menu that holds them, and an auditor's pages."""
    page = stage.eye.person(stage.world.two_places)
    stage.open("switcher", page, "/switch/")
    stage.open("today-auditor", page, stage.console())
    page.locator("details.person summary").click()
    stage.look("person-menu", page)
    for name in ("partner-list", "ledger", "payout-list", "tenant-settings"):
        stage.open(f"{name}-auditor", page, stage.address(name))


def menu_on_a_phone(stage: Stage) -> None:
    page = stage.staff()
    stage.goto(page, stage.console())
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[data-sidebar=open]:visible").first.click()
    phone = tuple(shape for shape in SHAPES if shape[1] == 390)
    stage.eye.look("menu-on-a-phone", page, shapes=phone, axe=phone[:1])


def a_chart_slower_than_the_window(stage: Stage) -> None:
    """A chart that has not heard yet how narrow the window became does not widen the page."""
    page = stage.eye.stranger()
    page.add_init_script("addEventListener('resize', event => event.stopImmediatePropagation(), true)")
    log_in(page, stage.eye.address, email_of(stage.vendor, "partner_admin"), PASSWORD)
    page.set_viewport_size({"width": 1366, "height": 900})
    stage.goto(page, f"/{stage.vendor.slug}/p/")
    page.locator(".chart svg").first.wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.locator(".chart svg").first.evaluate("svg => svg.getBoundingClientRect().width") > 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 391


def today_of_others(stage: Stage) -> None:
    for role in ROLES_ON_TODAY:
        stage.open(f"today-{role}", stage.staff(role), stage.console())
    page = stage.eye.person(stage.world.unseeing)
    for name in ("portal-home", "portal-deal-list", "portal-company"):
        stage.open(f"{name}-unseeing", page, stage.address(name))


def viewing_as_a_partner(stage: Stage) -> None:
    page = stage.staff()
    stage.goto(page, stage.console(f"partners/{stage.objects['partner_id']}/"))
    page.locator("form[action$='/view/'] button").click()
    page.wait_for_load_state()
    assert page.locator(".viewing").count(), "no banner says that one looks as a partner"
    stage.eye.look("viewing", page)
    for name in ("portal-company", "portal-deal-list", "portal-statement-list"):
        stage.open(f"{name}-viewing", page, stage.address(name))
    stage.goto(page, f"/{stage.vendor.slug}/p/company/website/")
    if page.locator("main form[method=post]").count():
        assert send_emptied(page) == 403
    stage.look("viewing-refused", page)
    stage.goto(page, f"/{stage.vendor.slug}/p/")
    page.locator(".viewing button").click()
    page.wait_for_load_state()
    stage.look("viewing-ended", page)


def each_component(stage: Stage) -> None:
    """The form of every kind of pay, untouched and sent as it is."""
    page, version = stage.staff(), stage.objects["version_id"]
    for kind in COMPONENT_FORMS:
        path = stage.console(f"plans/versions/{version}/components/new/{kind}/")
        stage.open(f"component-{kind}", page, path)
        assert send_emptied(page) == 422
        stage.look(f"component-{kind}-error", page)


def nothing_found(stage: Stage) -> None:
    for name in SEARCHED:
        stage.open(f"{name}-nothing-found", stage.staff(), stage.address(name, "?q=zzzz&since=2999-01-01"))


def wrong_login(stage: Stage) -> None:
    stranger = stage.eye.stranger()
    log_in(stranger, stage.eye.address, "nobody@nowhere.example", PASSWORD)
    stage.look("account_login-refused", stranger)


def first_day(stage: Stage) -> None:
    """A vendor, and a partner, who have nothing yet: every page that needs no object."""
    fresh = stage.world.fresh
    for face, email in (("console", stage.world.two_places), ("portal", stage.world.quiet_partner)):
        page = stage.eye.person(email)
        for route in _bare_routes(face):
            stage.open(f"{route.name}-first-day", page, f"/{fresh}{route.path({})}")


def work_under_way(stage: Stage) -> None:
    """Last, for it changes what the demo's own pages say."""
    put_to_work(stage.vendor, stage.world)
    for name, path in stage.world.at_work.items():
        stage.open(name, stage.staff(), stage.console(path))
    for name in ("job-list", "import-list", "calculation-list", "ledger"):
        stage.open(f"{name}-going-on", stage.staff(), stage.address(name))
    let_work_fail(stage.vendor)
    stage.open(
        "calculation-failed", stage.staff(), stage.console(stage.world.at_work["calculation-going-on"])
    )


def _bare_routes(face: str) -> Iterable[Route]:
    for route in all_routes():
        may = route.face == face and route.name not in NO_PAGES
        role = "programme_admin" if face == "console" else "partner_admin"
        held = permissions_of(role, sees_money=True)
        if may and not route.parameters and route.access and route.access.permission in held:
            yield route


IN_ENGLISH: tuple[Scene, ...] = (api_reference,)
SCENES: tuple[Scene, ...] = (
    invitation,
    programme_closed,
    api_reference,
    missing_and_forbidden,
    second_factor,
    letters,
    two_places,
    menu_on_a_phone,
    a_chart_slower_than_the_window,
    today_of_others,
    each_component,
    nothing_found,
    wrong_login,
    viewing_as_a_partner,
    first_day,
    *MONEY_SCENES,
    work_under_way,
)
