"""Forms that make something, and sending one with nothing in it.

Promise: a form that makes something is found by its address's name; called by the scenes."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.screens.pages import NO_PAGES
from tests.support.routes import Route, all_routes

MAKING = re.compile(r"(create|create-list|invite|issue|-add|publish|raise|estimate)$")
# Forms of other kinds: settings, tables of fields, words that must be given, what a partner says of itself.
OTHERS = (
    "tenant-settings",
    "tier-calendar",
    "tier-pin",
    "quadrants-edit",
    "programme-edit",
    "deal-reject",
    "deal-return",
    "partner-move",
    "comment-write",
    "certificate-revoke",
    "portal-bank",
    "portal-deal-extend",
    "portal-comment-write",
)
EMPTY_IT = """form => {
    form.noValidate = true;
    for (const control of form.elements) {
        if (control.type === 'hidden' || control.type === 'submit' || control.type === 'button') continue;
        if (control.type === 'checkbox' || control.type === 'radio') control.checked = false;
        else if (control.tagName === 'SELECT') control.value = '';
        else if (control.type !== 'file') control.value = '';
    }
}"""


def empty_forms() -> Iterator[Route]:
    """Routes of console and portal whose page has a form of its own to be sent empty."""
    for route in all_routes():
        is_own = MAKING.search(route.name) or route.name in OTHERS
        if route.face in ("console", "portal") and route.name not in NO_PAGES and is_own:
            yield route


def send_emptied(page: Page) -> int:
    """Empty the page's own form and send it; the status of the answer."""
    form = page.locator("main form[method=post]:has(input:not([type=hidden]), select, textarea)").last
    form.evaluate(EMPTY_IT)
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
        form.locator("button[type=submit]:visible:not(.visually-hidden)").first.click()
    page.wait_for_load_state()
    return answer.value.status
