"""The counters resource and its scopes stand before any key is made."""

from collections.abc import Iterator

import pytest
from django.urls import set_script_prefix

from tests.prm.api import resources


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """No hooks, and no tenant's mount prefix left by a page that was asked for before (a server resets it itself)."""
    set_script_prefix("/")
    yield
    resources.during_work.clear()
