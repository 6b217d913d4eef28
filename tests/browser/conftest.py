"""A real site with a worker over a database of its own, and one browser per test session.

Called by: the browser walks.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import launch_arguments
from tests.support.cast import PASSWORD, Cast, Person, stage
from tests.support.site import log_in, new_context, running_site
from tests.support.workers import empty_broker, worker

# Playwright's synchronous interface keeps an event loop in this thread; Django's guard would take it for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        yield browser
        browser.close()


class Site:
    """The running site, and people in it."""

    def __init__(self, address: str, browser: Browser, cast: Cast) -> None:
        self.address = address
        self.browser = browser
        self.cast = cast

    def enter(self, person: Person, *, language: str = "en") -> Page:
        """The person's first page after logging in."""
        page = new_context(self.browser, language=language).new_page()
        page.set_default_timeout(15_000)
        log_in(page, self.address, person.user.email, PASSWORD)
        return page


@pytest.fixture
def site(own_database: str, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    empty_broker()
    cast = stage()
    with running_site(tmp_path / "site.log") as address, worker(tmp_path / "worker.log"):
        yield Site(address, chromium, cast)
