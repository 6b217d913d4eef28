"""A newcomer's hand: finds things by the words that are seen, and counts its clicks.

Called by: the browser walks."""

import re
from datetime import date
from decimal import Decimal

from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from prm.web import format as formats

A_JOB = 30_000
"""Milliseconds to wait for what a worker does."""


class Hand:
    """Every click is counted; typing and choosing in an open field are not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def follow(self, name: str) -> None:
        """The link of just this name, a menu line's number aside; else the first that says it."""
        whole = self.page.get_by_role("link", name=re.compile(rf"^\s*{re.escape(name)}(\s*\d+)?\s*$"))
        self.click((whole if whole.count() else self.page.get_by_role("link", name=name)).first)

    def tick(self, selector: str) -> None:
        self.click(self.page.locator(selector))

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1
        self.page.wait_for_load_state()

    def report(self, task: str, most: int) -> None:
        """Print the clicks beside what a newcomer may need."""
        print(f"{task}: {self.clicks} clicks of {most}")
        assert self.clicks <= most


class Newcomer(Hand):
    """Reads the words of one language."""

    def __init__(self, page: Page, language: str) -> None:
        super().__init__(page)
        self.language = language

    def word(self, english: str, context: str | None = None) -> str:
        with translation.override(self.language):
            return translation.pgettext(context, english) if context else translation.gettext(english)

    def plural(self, one: str, many: str, n: int) -> str:
        with translation.override(self.language):
            return translation.ngettext(one, many, n) % {"n": n}

    def money(self, amount_minor: int) -> str:
        with translation.override(self.language):
            return formats.money(amount_minor, "EUR")

    def percent(self, rate: Decimal) -> str:
        with translation.override(self.language):
            return formats.percent(rate)

    def day(self, value: date) -> str:
        with translation.override(self.language):
            return formats.day(value)

    def month(self, value: date) -> str:
        with translation.override(self.language):
            return formats.month(value)

    def go(self, *names: str) -> None:
        """Follow links by their words; on a phone the menu opens first."""
        for name in names:
            menu = self.page.get_by_role("button", name=self.word("Menu"), exact=True)
            if menu.is_visible():
                self.click(menu)
            self.follow(self.word(name))

    def fill(self, label: str, text: str, context: str | None = None) -> None:
        self.field(label, context).fill(text)

    def field(self, label: str, context: str | None = None) -> Locator:
        return self.page.get_by_label(self.word(label, context), exact=True)

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("row", name=name)

    def card(self, heading: str) -> Locator:
        """The part of the page under this heading."""
        return self.page.locator("section", has=self.page.get_by_role("heading", name=heading, exact=True))

    def tile(self, label: str) -> Locator:
        named = self.page.locator(".tile-label", has_text=re.compile(f"^{re.escape(self.word(label))}$"))
        return self.page.locator(".tile", has=named).locator(".tile-value")

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=A_JOB)

    def is_at(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
