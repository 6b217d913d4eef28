"""An eye on one language: opens a page once and looks at it in both themes and both widths. Where less time is given,
Russian looks at each page in both widths of one theme, and English at half of the pages, wide, in the other theme.

Promise: what troubles a reader is a fault by name: another status, a redirect, a console error, sideways scroll, a
table that is cut off, a serious axe finding, text that stayed English. Called by the screens' pages and scenes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from zlib import crc32

from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, expect

from analytics.demo.names import PASSWORD
from tests.screens.words import english_on
from tests.support.site import log_in, new_context

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
# Without rules whose findings are never serious: the impact of a rule is that of all its findings.
EXAMINE = """() => {
    const slight = axe._audit.rules.filter(rule => rule.impact === 'minor' || rule.impact === 'moderate');
    const rules = Object.fromEntries(slight.map(rule => [rule.id, {enabled: false}]));
    const told = found => found.violations.filter(({impact}) => impact === 'serious' || impact === 'critical')
        .map(({id, nodes}) => `axe ${id}: ${nodes[0].html.slice(0, 140)}`);
    return axe.run(document, {rules, resultTypes: ['violations'], preload: false}).then(told);
}"""
THEMES = ("light", "dark")
WIDTHS = {1366: 900, 390: 844}
Shape = tuple[str, int]
SHAPES: tuple[Shape, ...] = tuple(product(THEMES, WIDTHS))
# Where less time is given: Russian words are the longer ones, and may have stayed English.
WIDTHS_IN = {"en": (1366,), "ru": (1366, 390)}
# The two languages share the four shapes, so that each page meets axe in all of them.
AXE_AT: dict[str, tuple[Shape, Shape]] = {
    "en": (("light", 1366), ("dark", 390)),
    "ru": (("light", 390), ("dark", 1366)),
}
# A telephone may move a table sideways, a desk has room for all its columns.
CUT_OFF = """() => {
    const cut = element => element.scrollWidth > element.clientWidth + 1;
    const found = document.documentElement.scrollWidth > window.innerWidth + 1 ? ['scrolls sideways'] : [];
    if (window.innerWidth < 1000) return found;
    const told = table => `a table of ${table.scrollWidth} in ${table.clientWidth} pixels is cut off`;
    return found.concat([...document.querySelectorAll('.table-card')].filter(cut).map(told));
}"""
ASKED_FOR = ".htmx-request"  # parts that are asked for as the page opens
SUBMIT = "form:not(.language-switch):not(.theme-switch) button[type=submit]"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one page in one shape."""

    page: str
    what: str


@dataclass
class Eye:
    """`seen` holds each page and shape that was looked at. A thorough eye looks at all four shapes and keeps every
    picture in `folder`; another one at two of them at most, and keeps the faulty ones."""

    browser: Browser
    address: str
    language: str
    folder: Path
    thorough: bool = False
    seen: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    _people: dict[str, Page] = field(default_factory=dict)
    _themes: dict[Page, str] = field(default_factory=dict)

    def shapes_of(self, name: str) -> tuple[Shape, ...]:
        """Of a page of the resolver; in less time English has none of those that axe examines in Russian."""
        if self.thorough:
            return SHAPES
        if self.language == "en" and not self._examines(name):
            return ()
        return tuple((self._theme_of(name), width) for width in WIDTHS_IN[self.language])

    def axe_of(self, name: str) -> tuple[Shape, ...]:
        """The shapes that axe examines; in less time half of the pages in each language."""
        if self.thorough:
            return AXE_AT[self.language]
        return self.shapes_of(name)[-1:] if self._examines(name) else ()

    def shapes_of_state(self, name: str) -> tuple[Shape, ...]:
        """Of a page in a state; in less time a single one, in Russian by turns wide and narrow."""
        if self.thorough:
            return AXE_AT[self.language]
        widths = WIDTHS_IN[self.language]
        return ((self._theme_of(name), widths[_lot(name) // 4 % len(widths)]),)

    def axe_of_state(self, name: str) -> tuple[Shape, ...]:
        """Beyond the pages themselves one examination in each language tells enough, in less time of every fourth."""
        if self.thorough or (_lot(name) // 8) % 4 == 0:
            return self.shapes_of_state(name)[-1:]
        return ()

    def _examines(self, name: str) -> bool:
        return list(AXE_AT)[_lot(name) % 2] == self.language

    def _theme_of(self, name: str) -> str:
        return THEMES[(_lot(name) // 2 + (self.language == "ru")) % 2]

    def person(self, email: str) -> Page:
        """The browser of somebody who has a login, with their language set by the switch that everybody has."""
        if email not in self._people:
            page = self._people[email] = self.stranger()
            log_in(page, self.address, email, PASSWORD)
            if page.get_attribute("html", "lang") != self.language:
                page.click(f"button[name=language][value={self.language}]")
                page.wait_for_load_state()
        return self._people[email]

    def stranger(self) -> Page:
        page = new_context(self.browser, language=self.language).new_page()
        page.set_default_timeout(15_000)
        return page

    def confirm(self, page: Page) -> None:
        """Say the password again, which pages of the own account ask for."""
        page.goto(self.address + reverse("account_reauthenticate"))
        page.fill("input[name=password]", PASSWORD)
        page.locator(SUBMIT).last.click()
        page.wait_for_load_state()

    def open(
        self,
        name: str,
        page: Page,
        path: str,
        *,
        status: int = 200,
        shapes: tuple[Shape, ...] | None = None,
        axe: tuple[Shape, ...] | None = None,
    ) -> None:
        """Look at an address that must answer by itself, not by sending on to another."""
        with self.overheard(name, page, status):
            try:
                answer = page.goto(self.address + path)
            except Error:  # Chromium shows nothing of an error without a body
                self._blame(name, f"answered {page.request.get(self.address + path).status} and nothing else")
                return
            if answer is None or answer.request.redirected_from:
                self._blame(name, f"sent on to {page.url}")
                return
            if answer.status != status:
                self._blame(name, f"answered {answer.status}")
            expect(page.locator(ASKED_FOR)).to_have_count(0)
            self.look(name, page, shapes=shapes, axe=axe, may_reload=True)

    def look(
        self,
        name: str,
        page: Page,
        *,
        shapes: tuple[Shape, ...] | None = None,
        axe: tuple[Shape, ...] | None = None,
        may_reload: bool = False,
        speaks: str = "",
    ) -> None:
        """Look at what is shown now, in the eye's language unless said, first in the shape the page has: each change
        of it costs as much as a short look, so the page keeps the last one."""
        shapes = self.shapes_of(name) if shapes is None else shapes
        axe = self.axe_of(name) if axe is None else axe
        for theme, width in sorted(shapes, key=partial(self._far_from, page)):
            self._dress(page, theme, width, may_reload=may_reload)
            self._judge(key_of(name, self.language, (theme, width)), page, axe=(theme, width) in axe)
        if (speaks or self.language) == "ru":
            self.faults += [Fault(name, f"not translated: {text}") for text in english_on(page)]

    def plain(self, page: Page) -> None:
        """As a page is at first, for scenes that act on it."""
        self._dress(page, *SHAPES[0], may_reload=False)

    def _far_from(self, page: Page, shape: Shape) -> tuple[bool, bool]:
        """The page's own theme comes before the other, which begins with the width where the first one ends."""
        theme, width = shape
        turned = theme != self._themes.get(page, THEMES[0])
        return turned, turned != (width != _width_of(page))

    def _dress(self, page: Page, theme: str, width: int, *, may_reload: bool) -> None:
        """As theme.js does for a reader who follows the system. A chart takes the theme's colours as it is drawn: its
        page is loaded again."""
        if self._themes.get(page, THEMES[0]) != theme:
            self._themes[page] = theme
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            if may_reload and page.locator("[data-chart]").count():
                page.reload()
            else:
                page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme; }", theme)
        if _width_of(page) != width:
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})

    def _judge(self, key: str, page: Page, *, axe: bool) -> None:
        found = serious_findings(page) if axe else []
        found += page.evaluate(CUT_OFF)
        self.faults += [Fault(key, what) for what in found]
        self.seen.add(key)
        if self.thorough or found:
            page.screenshot(path=self.folder / f"{key}.png", full_page=True)

    def _blame(self, name: str, what: str) -> None:
        self.faults.append(Fault(f"{name}-{self.language}", what))

    @contextmanager
    def overheard(self, name: str, page: Page, status: int = 200) -> Iterator[None]:
        """What the console and the scripts complain of while the block runs; a page that is meant to be an error is
        itself a complaint."""

        def on_message(message: ConsoleMessage) -> None:
            if message.type == "error" and f"status of {status}" not in message.text:
                self._blame(name, f"console: {message.text}")

        def on_error(error: Error) -> None:
            self._blame(name, f"script: {error}")

        page.on("console", on_message)
        page.on("pageerror", on_error)
        try:
            yield
        finally:
            page.remove_listener("console", on_message)
            page.remove_listener("pageerror", on_error)


def key_of(name: str, language: str, shape: Shape) -> str:
    theme, width = shape
    return f"{name}-{language}-{theme}-{width}"


def _lot(name: str) -> int:
    """The same in every run and on every machine."""
    return crc32(name.encode())


def _width_of(page: Page) -> int:
    size = page.viewport_size
    assert size is not None
    return size["width"]


def serious_findings(page: Page) -> list[str]:
    """By axe, which a page gets as it is examined: most are not, and loading it takes as long as the page. Without
    reading style sheets and media beforehand, which costs as much again: an experimental rule, and one about sound that
    is not serious, are all that look at them."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(EXAMINE)
    return found
