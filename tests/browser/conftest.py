"""A real site with a worker over a database of its own.

Called by: the browser walks.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.cast import PASSWORD, Cast, Person, stage
from tests.support.site import log_in, new_context, running_site
from tests.support.workers import empty_broker, worker

SCREEN, PHONE = 1366, 390


class Site:
    """The running site, and people in it."""

    def __init__(self, address: str, browser: Browser, cast: Cast) -> None:
        self.address = address
        self.browser = browser
        self.cast = cast

    def enter(self, person: Person, *, language: str = "en", width: int = SCREEN) -> Page:
        """The person's first page after logging in."""
        page = new_context(self.browser, language=language, width=width).new_page()
        page.set_default_timeout(15_000)
        log_in(page, self.address, person.user.email, PASSWORD)
        if page.get_attribute("html", "lang") != language:  # the person's own choice came first
            page.click(f"button[name=language][value={language}]")
            page.wait_for_load_state()
        return page


@pytest.fixture
def site(own_database: str, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    empty_broker()
    cast = stage()
    with running_site(tmp_path / "site.log") as address, worker(tmp_path / "worker.log"):
        yield Site(address, chromium, cast)
