"""Opening every page of the demo in Chromium and saying what is wrong with it.

Promise: a page without a picture is a fault; so are sideways scroll, a console error, a serious axe finding and text
that stayed English on a Russian page. Called by the screens command and its test.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from analytics.demo.names import AURORA, PASSWORD, VEKTOR, Login, Vendor
from tests.support.routes import Route, all_routes, values_for
from tests.support.site import log_in, new_context

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
LOOKS = [("en", "light"), ("en", "dark"), ("ru", "light"), ("ru", "dark")]
WIDTHS = (1366, 390)
VENDORS = {"en": AURORA, "ru": VEKTOR}
WITHOUT_A_PAGE = re.compile(r"(export|progress|download|file-download|template|errors|-csv)$")
PLAIN_PAGES = ("/account/login/", "/account/password/reset/")
# Latin letters that a Russian page may show: codes, numbers of documents, names of formats, addresses, hashes.
LATIN_ALLOWED = re.compile(
    r"^(?:[A-Z]{2,5}|[A-Z]{1,4}-[\w-]+|RU|EN|API|CSV|PDF|XLSX|JSON|IBAN|BIC|NPS|ERP|UTC|MSK|SPIFF|SO|INV|PRM|"
    r"erp|demo|main|spiff|resellers|distributors|volume|software|flat|file|[\w.]+@[\w.]+|v\d+|[0-9a-f-]{16,}|"
    r"P\d+|C\d+|S-[\w-]+|ISO|NDJSON|UTF|CP1251|CRM|Excel|ID|PIN|TOTP|prm_live_\w*|\w+:\w+)$"
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one page in one look."""

    page: str
    what: str


def pages_of(face: str, objects: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and path (below the tenant) of each page a person can open with GET."""
    for route in all_routes():
        if route.face == face and opens_as_page(route):
            try:
                yield route.name, route.path(values_for(route, objects))
            except KeyError as unknown:
                raise AssertionError(f"the demo has no object for {unknown} of {route.name}") from None


def opens_as_page(route: Route) -> bool:
    posts_only = route.access is not None and route.access.post is not None and route.pattern.endswith(
        ("start/", "publish/", "end/", "submit/", "approve/", "export/", "reject/", "cancel/", "confirm/", "close/",
         "void/", "remove/", "check/", "apply/", "undo/", "revoke/", "withdraw/", "verify/")
    )  # fmt: skip
    return not posts_only and not WITHOUT_A_PAGE.search(route.name)


def people_of(vendor: Vendor) -> dict[str, Login]:
    """Who looks at which face: somebody who may see everything there."""
    staff = next(login for login in vendor.logins if login.role == "finance")
    admin = next(login for login in vendor.logins if login.role == "programme_admin")
    partner = next(login for login in vendor.logins if login.role == "partner_admin")
    return {"finance": staff, "console": admin, "portal": partner}


def look_at_everything(
    browser: Browser,
    address: str,
    objects: Mapping[str, Mapping[str, Any]],
    folder: Path,
    *,
    with_axe: bool = True,
) -> tuple[int, list[Fault]]:
    """Every page in every look; returns how many pictures were written, and the faults."""
    written, faults = 0, []
    for language, theme in LOOKS:
        vendor = VENDORS[language]
        for width in WIDTHS:
            for face in ("console", "portal"):
                context = new_context(browser, language=language, theme=theme, width=width)
                page = context.new_page()
                log_in(page, address, people_of(vendor)[face].email, PASSWORD)
                _wear(page, address, language, theme)
                for name, path in pages_of(face, objects[vendor.slug]):
                    label = f"{name}-{language}-{theme}-{width}"
                    axe = with_axe and width == WIDTHS[0]
                    faults += [
                        Fault(label, what)
                        for what in _look(
                            page, f"{address}/{vendor.slug}{path}", folder / f"{label}.png", language, axe=axe
                        )
                    ]
                    written += 1
                context.close()
    return written, faults


def _wear(page: Page, address: str, language: str, theme: str) -> None:
    """Set the person's language and theme by the switches that everybody has."""
    if page.get_attribute("html", "lang") != language:
        page.click(f"button[name=language][value={language}]")
        page.wait_for_load_state()
    wanted = page.locator(f"button[name=theme][value={theme}]")
    if page.get_attribute("html", "data-bs-theme") != theme and wanted.count():
        wanted.first.click()
        page.wait_for_load_state()


def _look(page: Page, url: str, picture: Path, language: str, *, axe: bool) -> list[str]:
    with _overheard(page) as faults:
        answer = page.goto(url, wait_until="load")
        if answer is None or answer.status != HTTPStatus.OK:
            faults.append(f"answered {answer.status if answer else 'nothing'}")
        page.screenshot(path=picture, full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            faults.append("scrolls sideways")
    if language == "ru":
        faults += [f"not translated: {text}" for text in english_on(page)]
    return faults + (serious_findings(page) if axe else [])


@contextmanager
def _overheard(page: Page) -> Iterator[list[str]]:
    """What the console and the scripts complain of while the block runs."""
    heard: list[str] = []

    def on_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(f"console: {message.text}")

    def on_error(error: Error) -> None:
        heard.append(f"script: {error}")

    page.on("console", on_message)
    page.on("pageerror", on_error)
    try:
        yield heard
    finally:
        page.remove_listener("console", on_message)
        page.remove_listener("pageerror", on_error)


def english_on(page: Page) -> list[str]:
    """Visible words in Latin letters that are neither codes nor names."""
    texts: list[str] = page.evaluate(
        """() => {
            const found = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const element = walker.currentNode.parentElement;
                const skipped = 'script, style, code, pre, .code, [lang]:not(html), noscript, svg, option';
                if (element.closest(skipped)) continue;
                const text = walker.currentNode.textContent.trim();
                if (/[A-Za-z]{2,}/.test(text)) found.push(text);
            }
            return found;
        }"""
    )
    return [
        text
        for text in texts
        if any(not LATIN_ALLOWED.match(word) for word in re.findall(r"[A-Za-z][\w.@-]*\b", text))
    ]


def serious_findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"axe {finding['id']}: {finding['nodes'][0]['html'][:140]}"
        for finding in found["violations"]
        if finding["impact"] in ("serious", "critical")
    ]
