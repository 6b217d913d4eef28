"""Every page, refused form and scene in Russian, half of the pages in English: it opens, fits, speaks the reader's
language and troubles no one. Of the four shapes a page has two in Russian and one in English, a form or scene one;
axe examines each page once, of the rest every fourth. `make screens` looks at all, in both languages."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.screens.look import VENDORS, look_at_everything
from tests.support.site import running_site
from tests.support.workers import empty_broker

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_is_fit_to_be_seen(
    own_database: str, chromium: Browser, tmp_path: Path, language: str
) -> None:
    empty_broker()
    call_command("load_demo", VENDORS[language].slug, stdout=StringIO())
    with running_site(tmp_path / "site.log") as address:
        looks, faults = look_at_everything(chromium, address, language, tmp_path)
        for context in chromium.contexts:  # pages left open hold a gigabyte, and go on asking
            context.close()
    if faults:
        pytest.fail("\n".join(f"{fault.page}: {fault.what}" for fault in faults), pytrace=False)
    print(f"{looks} looks")
