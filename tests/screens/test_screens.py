"""Every page in both languages, themes and widths: it opens, fits, speaks the reader's language and troubles no one."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.screens.look import VENDORS, look_at_everything
from tests.screens.objects import demo_objects
from tests.support.site import running_site
from tests.support.workers import empty_broker

pytestmark = pytest.mark.browser
FEWEST_PICTURES = 280  # of some eighty pages: a resolver that was not read is noticed


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_fit_to_be_seen(
    own_database: str, chromium: Browser, tmp_path: Path, language: str
) -> None:
    empty_broker()
    vendor = VENDORS[language]
    call_command("load_demo", vendor.slug, stdout=StringIO())
    objects = demo_objects(vendor.slug)
    with running_site(tmp_path / "site.log") as address:
        written, faults = look_at_everything(chromium, address, language, objects, tmp_path)
    if faults:
        pytest.fail("\n".join(f"{fault.page}: {fault.what}" for fault in faults), pytrace=False)
    assert written == len(list(tmp_path.glob("*.png"))) > FEWEST_PICTURES
