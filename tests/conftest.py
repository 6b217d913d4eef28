"""What every test may ask for: a database of its worker, a database of its own, two tenants and the cast."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, settings

from tests.support import databases
from tests.support.cast import Cast, stage

# A slow machine is no fault of the code; a failing example is printed with what repeats it.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Both workers begin with the longest tests: each is given a half in one piece, and what stands last is waited for
    by all."""
    longest = [item for item in items if item.path.name == "test_screens.py"]
    rest = [item for item in items if item not in longest]
    half = len(longest) // 2
    middle = len(items) // 2 - half
    items[:] = [*longest[:half], *rest[:middle], *longest[half:], *rest[middle:]]


@pytest.fixture(scope="session", autouse=True)
def static_files_found_when_asked() -> Iterator[None]:
    """Otherwise each new test client would first list and stat all of them, which takes longer than a page."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's: our databases are cloned from one migrated template."""
    name = f"prm_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with django_db_blocker.unblock():
        databases.make_template()
        databases.clone(name)
        databases.point_at(name)
        yield
        databases.point_at("postgres")
        databases.drop(name)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A fresh database with real commits, for tests of crashes, workers, races and browsers; gone afterwards."""
    with django_db_blocker.unblock(), databases.database_of_its_own() as name:
        yield name


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser per test process."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch_arguments

    # Playwright keeps an event loop in this thread; Django would take our code for asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        yield browser
        browser.close()


@pytest.fixture
def cast(db: None) -> Cast:
    """Two tenants with people: Vera, Nina, Felix, Olga at Acme; Paul and Mia at its partner; Zed elsewhere."""
    return stage()
