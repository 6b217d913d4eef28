"""One language's whole look: the pages of the resolver, the scenes, and what is wrong with them.

Promise: a page of the resolver that was not looked at in a shape that was asked for is a fault; called by the screens
command and its test.
"""

from pathlib import Path

from playwright.sync_api import Browser

from analytics.demo.names import AURORA, VEKTOR
from tests.screens.eye import Eye, Fault
from tests.screens.objects import demo_objects
from tests.screens.pages import disguised_pages, expected, look_at_pages, screens_of, unaccounted
from tests.screens.scenes import play
from tests.screens.stage import Stage
from tests.screens.world import furnish

VENDORS = {"en": AURORA, "ru": VEKTOR}


def look_at_everything(
    browser: Browser,
    address: str,
    language: str,
    folder: Path,
    *,
    only: str = "",
    thorough: bool = False,
) -> tuple[int, list[Fault]]:
    """Every page and scene (or those whose name holds `only`), as far as this language has them; a thorough look is at
    all, in all four shapes. How many looks, and the faults."""
    vendor = VENDORS[language]
    objects, world = demo_objects(vendor.slug), furnish(vendor)
    eye = Eye(browser, address, language, folder, thorough)
    screens = [screen for screen in screens_of(vendor.slug, objects) if only in screen.name]
    look_at_pages(eye, vendor, screens)
    missed = sorted(expected(screens, eye) - eye.seen)
    faults = [Fault(key, "was not looked at") for key in missed]
    if not only:
        told = unaccounted()
        # What an address is does not change with the language, and English has less to look at.
        if thorough or language == "en":
            told += disguised_pages(eye, vendor, objects)
        faults += [Fault(name, "neither a page that is looked at nor listed with a reason") for name in told]
    play(Stage(eye, vendor, objects, world), only)
    return len(eye.seen), faults + eye.faults
