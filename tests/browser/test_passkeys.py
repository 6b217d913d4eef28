"""A passkey, made by a virtual authenticator of Chromium: added to an account, then enough to come in by itself."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from prm.tenancy.context import identity_context
from tests.browser.conftest import Site
from tests.support.cast import PASSWORD
from tests.support.site import log_in, new_context

pytestmark = pytest.mark.browser
IN_THE_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_a_device(site: Site) -> Page:
    """A page whose browser has a device that says yes at once."""
    page = new_context(site.browser, language="en").new_page()
    page.set_default_timeout(15_000)
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": IN_THE_DEVICE})
    return page


def test_a_passkey_is_added_and_opens_the_door(site: Site) -> None:
    address = site.address.replace("127.0.0.1", "localhost")  # passkeys belong to a name, never to a number
    page, vera = with_a_device(site), site.cast.vera
    log_in(page, address, vera.user.email, PASSWORD)
    page.goto(f"{address}/account/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)  # an addition is confirmed first
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("What to call this key").fill("My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/account/2fa/recovery-codes/")
    with identity_context():
        key = Authenticator.objects.get(user=vera.user, type="webauthn")
        assert key.wrap().name == "My laptop"
    page.context.clear_cookies()
    page.goto(f"{address}/acme/m/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/acme/m/")
    expect(page.get_by_text("Vera").first).to_be_visible()
    page.context.close()
