"""A newcomer's hand: finds things by the words that are seen, and counts its clicks.

Called by: the browser walks."""

import re

from playwright.sync_api import Locator, Page


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
