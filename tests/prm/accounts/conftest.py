"""Logins are limited per address in the cache: each test counts in a cache of its own."""

from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid4().hex}
    }
