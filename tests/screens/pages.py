"""Which addresses are pages, read from the resolver: all that answer to GET, but those listed here with their reason.

Promise: an address that is listed must answer as its reason says, and one that is not must be looked at in Russian,
and by the command in every language, theme and width. Called by the screens command and its test.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import APIResponse, Error, Page

from analytics.demo.names import Vendor
from prm.accounts.permissions import permissions_of
from tests.screens.eye import THEMES, Eye, Fault, key_of
from tests.screens.forms import look_at_refusal
from tests.support.routes import Route, all_routes, platform_routes, values_for

FORM = "takes forms alone: to GET it says so, or sends back to the page that has the form"
PART = "a part that a script puts into a page"
FILE = "a download"
MACHINE = "for machines"
NOT_IN_USE = "belongs to a way of logging in that is turned off"
IN_A_SCENE = "depends on a state: a scene shows it"
OPERATOR = "Django's own pages for those who run the installation, in English"

_BY_REASON = {
    FORM: """
        import-check import-apply import-undo job-cancel notice-open partner-view-as partner-view-end partners-distinct
        partner-unlist term-turn field-turn application-bulk question-retire application-review application-approve
        application-reject application-ask course-turn interest-withdraw deal-approve deal-answer-extension sale-void
        conflict-rule conflict-open segment-recalculate tier-remove assignment-end version-publish calculation-start
        payout-recalculate payout-submit payout-approve payout-export payout-reject payout-cancel payout-paid
        bank-confirm bank-decline payer-confirm payer-decline withholding-confirm withholding-decline
        period-close portal-notice-open portal-document-remove portal-listing-end
        portal-lesson-read portal-deal-close join-resume deal-answer-amendment deal-move deal-pass-on field-move
        item-take-back payout-answer-confirm payout-answer-decline item-put-back
        portal-deal-move quiz-open-again version-propose plan-for-group waiting-invite join-wait
        funds-request-decide funds-request-second funds-claim-decide funds-claim-second portal-funds-end
        portal-funds-claim-start portal-funds-claim-send portal-funds-cost-remove adjustment-decide adjustment-undo
        hold-release dispute-answer dispute-decide portal-dispute-say terms-remind""",
    PART: """
        import-progress import-row job-progress segment-preview calculation-progress payout-preview payout-progress
        portal-deal-check backtest-progress component-conditions component-example version-example""",
    FILE: """
        audit-export rate-export file-download import-template import-errors partner-export application-export
        product-export customer-export sale-export segment-export payout-file journal-export portal-file-download
        statement-file portal-statement-file ledger-accounts-file
        portal-certificate-file certificate-file
        portal-lesson-file partner-export-workbook waiting-export brand-style brand-logo
        backtest-export backtest-export-workbook terms-acceptances-export""",
    IN_A_SCENE: "portal-dispute-open",
}
NO_PAGES = {name: reason for reason, names in _BY_REASON.items() for name in names.split()}

_PLATFORM_BY_REASON = {
    FORM: "switch set-language set-theme",
    MACHINE: "healthz readyz api-missing mfa_login_webauthn mfa_reauthenticate_webauthn",
    FILE: "mfa_download_recovery_codes",
    NOT_IN_USE: "account_set_password account_confirm_login_code",
    IN_A_SCENE: """
        home switcher invitation account_confirm_email account_reset_password_from_key mfa_authenticate
        mfa_reauthenticate mfa_deactivate_totp mfa_view_recovery_codes mfa_remove_webauthn mfa_edit_webauthn""",
}
PLATFORM_NO_PAGES = {name: reason for reason, names in _PLATFORM_BY_REASON.items() for name in names.split()}
STRANGERS_PAGES = (
    "account_login",
    "account_signup",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
)
ACCOUNT_PAGES = (
    "account_logout",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
)


@dataclass(frozen=True)
class Screen:
    """A page with somebody who may open it: a face's role, or nobody."""

    name: str
    path: str
    role: str | None


def screens_of(slug: str, objects: Mapping[str, Any]) -> list[Screen]:
    """Each page of the resolver, with a role that may open it; first the account's own, which ask for a fresh login."""
    addresses = {route.name: f"/{route.pattern}" for route in platform_routes()}
    screens = [Screen(name, addresses[name], None) for name in STRANGERS_PAGES]
    screens += [Screen(name, addresses[name], "programme_admin") for name in ACCOUNT_PAGES]
    for route in all_routes():
        if route.face != "api" and route.name not in NO_PAGES:
            screens.append(Screen(route.name, path_of(slug, route, objects), role_for(route)))
    return screens


def unaccounted() -> list[str]:
    """Addresses outside of tenants that are neither looked at nor listed, and listed names that no address has."""
    platform = [route.name for route in platform_routes() if not route.pattern.startswith("operator/")]
    known = {*STRANGERS_PAGES, *ACCOUNT_PAGES, *PLATFORM_NO_PAGES}
    faces = {route.name for route in all_routes()}
    return [
        *sorted(set(platform) - known),
        *sorted(known - set(platform)),
        *sorted(NO_PAGES.keys() - faces),
    ]


def expected(screens: list[Screen], eye: Eye) -> set[str]:
    return {
        key_of(screen.name, eye.language, shape) for screen in screens for shape in eye.shapes_of(screen.name)
    }


def look_at_pages(eye: Eye, vendor: Vendor, screens: list[Screen]) -> None:
    """Those that the eye has a shape for; first the account's own, then one theme after the other."""
    stranger, asked = eye.stranger(), [screen for screen in screens if eye.shapes_of(screen.name)]
    screens = sorted(
        asked, key=lambda of: (of.name not in ACCOUNT_PAGES, THEMES.index(eye.shapes_of(of.name)[0][0]))
    )
    for screen in screens:
        if screen.role is None:
            _look_at(eye, screen, stranger)
    for role in sorted({screen.role for screen in screens if screen.role}):
        page = eye.person(email_of(vendor, role))
        if any(screen.name in ACCOUNT_PAGES for screen in screens if screen.role == role):
            eye.confirm(page)
        for screen in screens:
            if screen.role == role:
                _look_at(eye, screen, page)


def _look_at(eye: Eye, screen: Screen, page: Page) -> None:
    eye.open(screen.name, page, screen.path)
    try:
        look_at_refusal(eye, screen.name, page)
    except Error as fault:
        eye.faults.append(Fault(f"{screen.name}-{eye.language}", f"its form cannot be sent: {fault}"))


def email_of(vendor: Vendor, role: str, place: int = 0) -> str:
    """The first person of a role, or a colleague of theirs."""
    return [login for login in vendor.logins if login.role == role][place].email


def disguised_pages(eye: Eye, vendor: Vendor, objects: Mapping[str, Any]) -> list[str]:
    """Listed addresses that do not answer as their reason says: a page may hide behind one."""
    wrong = []
    for route in all_routes():
        reason = NO_PAGES.get(route.name)
        if reason is not None:
            role = role_for(route)
            page = eye.person(email_of(vendor, role)) if role else eye.stranger()
            answer = _answer(eye, page, path_of(vendor.slug, route, objects))
            if not _answers_as(reason, answer):
                wrong.append(f"{route.name}: is listed as «{reason}» and answered {answer.status}")
    return wrong


def _answer(eye: Eye, page: Page, path: str) -> APIResponse:
    """Asked again if the page wants the password first."""
    answer = page.request.get(eye.address + path, max_redirects=0)
    if urlsplit(answer.headers.get("location", "")).path.endswith(reverse("account_reauthenticate")):
        eye.confirm(page)
        answer = page.request.get(eye.address + path, max_redirects=0)
    return answer


def _answers_as(reason: str, answer: APIResponse) -> bool:
    if reason == IN_A_SCENE:
        return answer.status == HTTPStatus.FOUND
    if reason == FORM:
        return answer.status in (HTTPStatus.FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
    if reason == PART:
        return answer.status == HTTPStatus.METHOD_NOT_ALLOWED or "<html" not in answer.text()
    return answer.ok and "text/html" not in answer.headers["content-type"]


def path_of(slug: str, route: Route, objects: Mapping[str, Any]) -> str:
    return f"/{slug}{route.path(values_for(route, objects))}"


def role_for(route: Route) -> str | None:
    if route.face == "public":
        return None
    assert route.access is not None, route.name
    roles = ("programme_admin", "finance") if route.face == "console" else ("partner_admin",)
    return next(role for role in roles if route.access.permission in permissions_of(role, sees_money=True))
