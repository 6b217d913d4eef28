"""Finders: of the installed front-end packages only the files that pages name are served, collected and hashed.

Promise: a file missing from the list is missing everywhere, so a page that forgets to add it fails in the tests.
Called by: Django's static files (STATICFILES_FINDERS).
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder

SERVED = {
    "vendor/tabler": ("css/tabler.min.css*", "js/tabler.min.js*"),
    "vendor/icons": ("tabler-icons.min.css*", "fonts/tabler-icons.*"),
    "vendor/echarts": ("echarts.min.js*",),
    "vendor/tom-select": ("js/tom-select.complete.min.js*", "css/tom-select.bootstrap5.min.css*"),
    "vendor/inter": ("index.css", "files/*-wght-normal.woff2"),
}


class ServedFilesFinder(FileSystemFinder):
    """The folders of STATICFILES_DIRS, of which the vendors' are narrowed to `SERVED`."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        for path, storage in super().list(ignore_patterns):
            if is_served(getattr(storage, "prefix", None) or "", path):
                yield path, storage

    def find_location(self, root: str, path: str, prefix: str | None = None) -> str | None:
        found: str | None = super().find_location(root, path, prefix)
        inside = path.removeprefix(f"{prefix}/") if prefix else path
        return found if is_served(prefix or "", inside) else None


def is_served(prefix: str, path: str) -> bool:
    patterns = SERVED.get(prefix)
    return patterns is None or any(fnmatch(path, pattern) for pattern in patterns)
