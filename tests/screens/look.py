"""Opening every page of the demo in Chromium and saying what is wrong with it.

Promise: a page without a picture is a fault; so are sideways scroll, a console error, a serious axe finding and text
that stayed English on a Russian page. Called by the screens command and its test.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Any

from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Error, Page

from analytics.demo.names import AURORA, PASSWORD, VEKTOR, Vendor
from prm.accounts.permissions import permissions_of
from tests.support.routes import Route, all_routes, values_for
from tests.support.site import log_in, new_context

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
THEMES = ("light", "dark")
WIDTHS = (1366, 390)
VENDORS = {"en": AURORA, "ru": VEKTOR}
# Addresses that answer with a file or with a part of a page.
WITHOUT_A_PAGE = re.compile(
    r"(export|progress|download|file|file-download|template|errors|import-row|preview|recalculate|notice-open|deal-check|-csv|-pdf)$"
)
ACCOUNT_PAGES = (
    "home",
    "account_change_password",
    "account_email",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_generate_recovery_codes",
)
STRANGERS_PAGES = ("account_login", "account_reset_password", "account_reset_password_done")
# Latin letters that a Russian page may show: codes, numbers of documents, names of formats, addresses, hashes.
LATIN_ALLOWED = re.compile(
    r"^(?:[A-Z]{2,5}|[A-Z]{1,4}-[\w-]+|RU|EN|API|CSV|PDF|XLSX|JSON|IBAN|BIC|NPS|ERP|UTC|MSK|SPIFF|SO|INV|PRM|"
    r"erp|demo|main|spiff|resellers|distributors|volume|software|large|medium|falling|sleeping|summit|flat|file|base|soft|printers|parts|[\w.-]+@[\w.-]+|v\d+|"
    r"[0-9a-f-]{16,}|P\d+|C\d+|S-[\w-]+|ISO|NDJSON|UTF|CP1251|CRM|Excel|xlsx|ID|PIN|TOTP|prm_live_\w*|"
    r"[\w-]+\.(?:csv|xlsx|pdf))$"
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one page in one look."""

    page: str
    what: str


@dataclass(frozen=True)
class Screen:
    """A page with somebody who may open it: a face's role, or nobody."""

    name: str
    path: str
    role: str | None


def screens_of(slug: str, objects: Mapping[str, Any]) -> list[Screen]:
    """Each page that can be opened with GET, seen by a role that may."""
    screens = [Screen(name, reverse(name), None) for name in STRANGERS_PAGES]
    screens += [Screen(name, reverse(name), "programme_admin") for name in ACCOUNT_PAGES]
    for route in all_routes():
        if route.face != "api" and not WITHOUT_A_PAGE.search(route.name):
            screens.append(
                Screen(route.name, f"/{slug}{route.path(values_for(route, objects))}", _role_for(route))
            )
    return screens


def _role_for(route: Route) -> str | None:
    if route.face == "public":
        return None
    assert route.access is not None, route.name
    roles = ("programme_admin", "finance") if route.face == "console" else ("partner_admin",)
    return next(role for role in roles if route.access.permission in permissions_of(role, sees_money=True))


def look_at_everything(
    browser: Browser,
    address: str,
    language: str,
    objects: Mapping[str, Any],
    folder: Path,
    only: str = "",
) -> tuple[int, list[Fault]]:
    """Every page (or those whose name holds `only`) in both themes and widths; how many pictures, and the faults."""
    vendor, written, faults = VENDORS[language], 0, []
    screens = [screen for screen in screens_of(vendor.slug, objects) if only in screen.name]
    for theme, width in product(THEMES, WIDTHS):
        for role in sorted({screen.role or "" for screen in screens}):
            page = _enter(browser, address, vendor, role, language=language, theme=theme, width=width)
            for screen in screens:
                if (screen.role or "") == role:
                    picture = folder / f"{screen.name}-{language}-{theme}-{width}.png"
                    found = _look(page, address + screen.path, picture, language, axe=width == WIDTHS[0])
                    faults += [Fault(picture.stem, what) for what in found]
                    written += picture.exists()
            page.context.close()
    return written, faults


def _enter(
    browser: Browser, address: str, vendor: Vendor, role: str, *, language: str, theme: str, width: int
) -> Page:
    """A fresh browser of that shape, with the demo's person of the role logged in; a stranger for an empty role."""
    page = new_context(browser, language=language, theme=theme, width=width).new_page()
    if role:
        login = next(login for login in vendor.logins if login.role == role)
        log_in(page, address, login.email, PASSWORD)
        _confirm(page, address)
        _wear(page, language, theme)
    return page


def _confirm(page: Page, address: str) -> None:
    """Say the password again, which pages of the own account ask for."""
    page.goto(address + reverse("account_reauthenticate"))
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:not(.language-switch):not(.theme-switch) button[type=submit]").last.click()
    page.wait_for_load_state()


def _wear(page: Page, language: str, theme: str) -> None:
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
        status = _open(page, url)
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            return []  # it takes forms and is no page
        if status != HTTPStatus.OK:
            faults.append(f"answered {status}")
        page.screenshot(path=picture, full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            faults.append("scrolls sideways")
    if language == "ru":
        faults += [f"not translated: {text}" for text in english_on(page)]
    return faults + (serious_findings(page) if axe else [])


def _open(page: Page, url: str) -> int:
    """The status of the page; Chromium shows nothing of an answer without a body, so it is asked for again."""
    try:
        answer = page.goto(url, wait_until="load")
    except Error:
        return page.request.get(url).status
    return answer.status if answer else 0


@contextmanager
def _overheard(page: Page) -> Iterator[list[str]]:
    """What the console and the scripts complain of while the block runs."""
    heard: list[str] = []

    def on_message(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 405" not in message.text:
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
