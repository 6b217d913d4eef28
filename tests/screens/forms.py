"""What a page's form says when it is sent with nothing in it.

Promise: a form that takes emptiness, or comes back without a word, is a fault by its page's name; called for each page
of the resolver and by the scenes."""

from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import Page

from tests.screens.eye import Eye, Fault

# Forms where nothing is a fair answer: each field may stay empty, or nothing chosen means none.
TAKE_NOTHING = (
    "portal-company-edit",
    "portal-profile-edit",
    "portal-listing",
    "portal-learn",
    "partner-profile",
    "partner-assign",
    "deal-parts",
    "deal-products",
    "portal-deal-products",
    "tenant-brand",
    "tier-review",
    "calculation-list",
    "funds-claim",
    "ledger-accounts",
    "version-terms",
)
# Forms that a script sends and whose answer takes their place in the page are looked at by their own tests.
FORM = (
    "main form[method=post]:not([hx-post]):has(button[type=submit]:visible)"
    ":has(:is(input, select, textarea):visible)"
)
BUTTON = "button[type=submit]"
ERRORS = ".field-error, .error-summary, .notice-error"
EMPTY_IT = """form => {
    form.noValidate = true;
    for (const control of form.elements) {
        if (control.type === 'hidden' || control.type === 'submit' || control.type === 'button') continue;
        if (control.type === 'checkbox' || control.type === 'radio') control.checked = false;
        else if (control.tagName === 'SELECT') control.value = '';
        else if (control.type !== 'file') control.value = '';
    }
}"""


def look_at_refusal(eye: Eye, name: str, page: Page) -> None:
    """Send the page's own form empty, if it has one: it must come back and say why. One shape tells enough, and in less
    time Russian alone, whose words may be missing."""
    is_asked = eye.thorough or eye.language == "ru"
    if not is_asked or name in TAKE_NOTHING or not page.locator(FORM).count():
        return
    refuse_emptiness(eye, name, page)


def refuse_emptiness(eye: Eye, name: str, page: Page, form: str = FORM, button: str = BUTTON) -> None:
    """Send that form of the page empty with that button: it must come back and say why."""
    address, status = page.url, send_emptied(page, form, button)
    asked = urlsplit(page.url).path.endswith(reverse("account_reauthenticate"))
    if asked:  # the log-in is older than five minutes
        eye.confirm(page)
        page.goto(address)
        status = send_emptied(page, form, button)
    if status >= 500 or not page.locator(ERRORS).count():
        eye.faults.append(Fault(f"{name}-{eye.language}", f"took an empty form, and answered {status}"))
    state = f"{name}-error"
    eye.look(state, page, shapes=eye.shapes_of_state(state)[-1:], axe=eye.axe_of_state(state))


def send_emptied(page: Page, form: str = FORM, button: str = BUTTON) -> int:
    """Empty the page's own form, or another, and send it; the status of the answer."""
    chosen = page.locator(form).last
    chosen.evaluate(EMPTY_IT)
    with page.expect_navigation() as answer:
        chosen.evaluate("(form, button) => form.requestSubmit(form.querySelector(button))", button)
    return answer.value.status if answer.value else 0
