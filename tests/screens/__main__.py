"""Write every screen into screens/ and print what is wrong; a non-zero exit when anything is."""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.screens.look import look_at_everything  # noqa: E402
from tests.screens.objects import demo_objects  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.site import running_site  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    folder = ROOT / "screens"
    folder.mkdir(exist_ok=True)
    call_command("load_demo")
    objects = {slug: demo_objects(slug) for slug in ("aurora", "vektor")}
    with running_site(folder / "site.log") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        written, faults = look_at_everything(browser, address, objects, folder)
        browser.close()
    for fault in faults:
        print(f"{fault.page}: {fault.what}")
    print(f"{written} screens, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
