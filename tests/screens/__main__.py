"""Write every screen (or those whose name holds the argument) into screens/ and print what is wrong.

A non-zero exit when anything is."""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.screens.look import VENDORS, look_at_everything  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.site import running_site  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def main(only: str = "") -> int:
    folder = ROOT / "screens"
    folder.mkdir(exist_ok=True)
    call_command("load_demo")
    total, wrong = 0, 0
    with running_site(folder / "site.log") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        for language in VENDORS:
            looks, faults = look_at_everything(browser, address, language, folder, only=only, thorough=True)
            for fault in faults:
                print(f"{fault.page}: {fault.what}")
            total, wrong = total + looks, wrong + len(faults)
        browser.close()
    print(f"{total} screens, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
