"""Find Gold partners of a region whose sales fell by more than a fifth, save the list, reopen it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from analytics.facts.actions import mark_everything, refresh_facts
from partners.directory.actions import change_partner
from prm.tenancy.context import tenant_context
from tests.browser.conftest import Site
from tests.browser.hand import Hand
from tests.support.cast import NOW, Cast
from tests.support.commission import make_product, sell

pytestmark = pytest.mark.browser
MOST_CLICKS = 18
WORDS = {
    "en": {
        "segments": "Segments",
        "new": "New segment",
        "save": "Save",
        "add": "Add a condition",
        "one": "1 of 2 partners",
    },
    "ru": {
        "segments": "Сегменты",
        "new": "Новый сегмент",
        "save": "Сохранить",
        "add": "Добавить условие",
        "one": "1 из 2 партнёров",
    },
}


def sales_that_fell(cast: Cast) -> None:
    """Northwind is Gold and fell by half; Southwind fell too and is nothing."""
    today = timezone.localdate()
    with tenant_context(cast.acme.id):
        gold: Any = {"tier": "Gold"}
        change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=gold, at=NOW)
        product = make_product()
        for partner in (cast.northwind, cast.southwind):
            sell(partner, product, f"B{partner.code}", today - timedelta(days=500), 200_000)
            sell(partner, product, f"N{partner.code}", today - timedelta(days=50), 100_000)
        mark_everything(at=NOW)
    with tenant_context(cast.acme.id):
        refresh_facts()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_list_is_found_saved_and_reopened(site: Site, language: str) -> None:
    words = WORDS[language]
    sales_that_fell(site.cast)
    hand = Hand(site.enter(site.cast.vera, language=language))
    page = hand.page
    hand.follow(words["segments"])
    hand.follow(words["new"])
    page.fill("#id_name", "Gold in the north, falling")
    page.fill("#id_code", "gold-north")
    for place, (fact, choice) in enumerate((("tier", "Gold"), ("region", "North"))):
        page.select_option(f"[name=g0-c{place}-fact]", fact)
        hand.tick(f"[name=g0-c{place}-value][value={choice}]")
        hand.press(words["add"])
        expect(page.locator(f"[name=g0-c{place + 1}-fact]")).to_be_visible()
    page.select_option("[name=g0-c2-fact]", "sales_change")
    page.select_option("[name=g0-c2-op]", "lt")
    page.fill("[name=g0-c2-value]", "-20")
    expect(page.locator("[data-builder-preview]")).to_contain_text(words["one"])
    page.get_by_role("button", name=words["save"], exact=True).last.click()
    hand.clicks += 1
    expect(page.get_by_role("link", name="Northwind")).to_be_visible()
    hand.follow(words["segments"])
    hand.follow("Gold in the north, falling")
    expect(page.get_by_role("link", name="Northwind")).to_be_visible()
    expect(page.get_by_role("link", name="Southwind")).to_have_count(0)
    hand.report("find, save and reopen a list", MOST_CLICKS)


def test_a_count_that_comes_late_takes_no_condition_away(site: Site) -> None:
    sales_that_fell(site.cast)
    hand = Hand(site.enter(site.cast.vera, language="en"))
    page = hand.page
    hand.follow("Segments")
    hand.follow("New segment")
    page.select_option("[name=g0-c0-fact]", "tier")
    page.locator("[name=g0-c0-value][value=Gold]").wait_for()
    slower_than_the_pause_of_typing = 900

    def late(route: Route) -> None:
        page.wait_for_timeout(slower_than_the_pause_of_typing)
        route.continue_()

    page.route("**/preview/", late)
    hand.tick("[name=g0-c0-value][value=Gold]")
    hand.press("Add a condition")
    expect(page.locator("[name=g0-c1-fact]")).to_be_visible()
    expect(page.locator("[name=g0-c0-value][value=Gold]")).to_be_checked()
