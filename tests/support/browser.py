"""How the tests start Chromium: Debian's or one named by PRM_CHROMIUM, never a downloaded one.

Promise: where there is none, a browser test fails with a sentence that says what to install.
Called by: the browser tests' `browser_type_launch_args` fixture and `python -m tests.screens`.
"""

import os
import shutil
from typing import Any

# First the one without windows, which does the same in less time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",  # a root user in a container has no other way; the pages are ours
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--font-render-hinting=none",
)


class NoBrowser(RuntimeError):
    """There is no Chromium on this machine."""


def chromium() -> str:
    for name in (os.environ.get("PRM_CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    raise NoBrowser(
        "No Chromium was found; apt-get install chromium-headless-shell, or set PRM_CHROMIUM to a Chrome of your own."
    )


def launch_arguments() -> dict[str, Any]:
    """For playwright's `chromium.launch(**launch_arguments())`."""
    return {"executable_path": chromium(), "args": list(FLAGS)}
