"""Who may use the addresses outside of tenants: one row each, since they declare nothing beside their views.

A new address at the top, or one that a new version of a package brings, fails here until it has its row.
"""

from typing import Any

import pytest
from django.test import Client

from prm.accounts.middleware import RESERVED
from tests.support.cast import Cast
from tests.support.clients import fresh_client_of
from tests.support.routes import Route, platform_routes
from tests.support.rows import nothing_changed

METHODS = ("GET", "POST")
ANYBODY, PERSON, OPERATOR = "anybody", "whoever is logged in", "who runs the installation"
# Who may use the addresses outside of tenants, by name; all below operator/ are the same people's.
PLATFORM = {
    "healthz": ANYBODY,
    "readyz": ANYBODY,
    "api-missing": ANYBODY,
    "set-language": ANYBODY,
    "set-theme": ANYBODY,
    "invitation": ANYBODY,  # the link is the right
    "home": PERSON,
    "switcher": PERSON,
    "switch": PERSON,
    "account_login": ANYBODY,
    "account_logout": PERSON,
    "account_inactive": ANYBODY,
    "account_signup": ANYBODY,  # says that it is closed
    "account_email_verification_sent": ANYBODY,
    "account_confirm_email": ANYBODY,
    "account_reset_password": ANYBODY,
    "account_reset_password_done": ANYBODY,
    "account_reset_password_from_key": ANYBODY,
    "account_reset_password_from_key_done": ANYBODY,
    "account_reauthenticate": PERSON,
    "account_email": PERSON,
    "account_change_password": PERSON,
    "account_set_password": PERSON,
    "account_confirm_login_code": PERSON,  # this one, and the next, of who has begun to log in
    "mfa_authenticate": PERSON,
    "mfa_login_webauthn": PERSON,  # without a key's answer it leads to the log-in page
    "mfa_index": PERSON,
    "mfa_reauthenticate": PERSON,
    "mfa_activate_totp": PERSON,
    "mfa_deactivate_totp": PERSON,
    "mfa_view_recovery_codes": PERSON,
    "mfa_generate_recovery_codes": PERSON,
    "mfa_download_recovery_codes": PERSON,
    "mfa_list_webauthn": PERSON,
    "mfa_add_webauthn": PERSON,
    "mfa_remove_webauthn": PERSON,
    "mfa_edit_webauthn": PERSON,
    "mfa_reauthenticate_webauthn": PERSON,
    "operator/": OPERATOR,
}
OPERATORS = [route for route in platform_routes() if route.pattern.startswith("operator/")]
UNKNOWN: dict[str, Any] = {
    "secret": "x" * 43, "key": "x", "uidb36": "1", "pk": 1, "object_id": 1, "content_type_id": 1, "app_label": "prm",
    "url": "x",
}  # fmt: skip


def test_every_route_outside_of_tenants_has_a_row() -> None:
    assert {row_of(route) for route in platform_routes()} == set(PLATFORM)


def test_no_tenant_can_be_called_like_a_route_outside_of_tenants() -> None:
    heads = {route.pattern.partition("/")[0] for route in platform_routes()}
    assert heads - {""} <= RESERVED


def row_of(route: Route) -> str:
    return "operator/" if route in OPERATORS else route.name


def test_a_stranger_enters_outside_of_tenants_what_is_open_to_anybody(cast: Cast) -> None:
    wrong: dict[str, Any] = {}
    with nothing_changed(wrong, cast.acme, cast.zenith):
        for route in platform_routes():
            for method in METHODS:
                answer = Client().generic(method, route.path(UNKNOWN))
                to_login = answer.get("Location", "").startswith("/account/login/")
                if answer.status_code == 405:
                    continue
                if to_login is (PLATFORM[row_of(route)] == ANYBODY) or answer.status_code >= 500:
                    wrong[f"{method} {route.name}"] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("who", ["vera", "felix", "paul", "zed"])
def test_the_operators_pages_do_not_exist_for_a_vendors_people(cast: Cast, who: str) -> None:
    wrong: dict[str, Any] = {}
    client = fresh_client_of(getattr(cast, who))
    with nothing_changed(wrong, cast.acme, cast.zenith):
        for route in OPERATORS:
            for method in METHODS:
                got = client.generic(method, route.path(UNKNOWN)).status_code
                if got != 404:
                    wrong[f"{method} {route.pattern}"] = got
    assert wrong == {}
