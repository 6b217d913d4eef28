"""A real site with a worker, one for all walks, over a database that each walk gets anew.

Called by: the browser walks.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from tests.support.cast import PASSWORD, Cast, Person, stage
from tests.support.databases import drop, made_anew
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


@pytest.fixture(scope="package")
def served(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The address of the site, whose start takes as long as many a walk, and the name of its database. Not for the
    whole session: the worker would take what the tests of crashes give to theirs."""
    logs, name = tmp_path_factory.mktemp("site"), f"prm_site_{uuid4().hex[:12]}"
    with django_db_blocker.unblock():
        with ExitStack() as running:
            with made_anew(name):
                address = running.enter_context(running_site(logs / "site.log"))
                running.enter_context(worker(logs / "worker.log"))
            yield address, name
        drop(name)


@pytest.fixture
def site(served: tuple[str, str], chromium: Browser) -> Iterator[Site]:
    address, database = served
    empty_broker()  # of what the walk before left to the worker
    with made_anew(database):
        yield Site(address, chromium, stage())
        for context in chromium.contexts:  # a page left open would go on asking
            context.close()
