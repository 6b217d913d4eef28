"""Joining, as strangers and staff walk it: apply with a wrong number first, then clear the queue by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from partners.onboarding.links import secret_of
from partners.onboarding.models import Application
from prm.tenancy.context import tenant_context
from tests.browser.conftest import Site
from tests.browser.hand import Hand
from tests.support.applications import lodge
from tests.support.site import new_context

pytestmark = pytest.mark.browser
MOST_CLICKS = 25
MOST_KEYS = 12
WORDS = {
    "en": {
        "apply": "Apply",
        "save": "Save and continue",
        "send": "Send the application",
        "wrong": "not a VAT number of that country",
        "tax": "Tax id",
        "country": "Germany",
        "sent": "You will have an answer by",
    },
    "ru": {
        "apply": "Подать заявку",
        "save": "Сохранить и продолжить",
        "send": "Отправить заявку",
        "wrong": "Это не номер VAT этой страны",
        "tax": "Налоговый номер",
        "country": "Германия",
        "sent": "Ответ будет до",
    },
}


def visit(site: Site, language: str) -> Page:
    page = new_context(site.browser, language=language).new_page()
    page.set_default_timeout(15_000)
    return page


@pytest.mark.parametrize("language", ["en", "ru"])
def test_apply_with_a_wrong_tax_id_first(site: Site, language: str) -> None:
    words, page = WORDS[language], visit(site, language)
    hand = Hand(page)
    page.goto(f"{site.address}/acme/join/")
    hand.press(words["apply"])
    page.fill("#id_tax_id", "DE136695977")
    page.select_option("#id_country", label=words["country"])
    page.fill("#id_company_name", "Lakeside Systems")
    hand.press(words["save"])
    expect(page.locator("#error-summary")).to_contain_text(words["wrong"])
    hand.follow(words["tax"])
    expect(page.locator("#id_tax_id")).to_be_focused()
    expect(page.locator("#id_company_name")).to_have_value("Lakeside Systems")
    page.fill("#id_tax_id", "DE136695976")
    hand.press(words["save"])
    page.fill("#id_contact_name", "Lena Ott")
    page.fill("#id_email", "lena@lakeside.example")
    hand.press(words["save"])
    page.context.close()
    page = hand.page = come_back(site, language)
    hand.tick("input[name=partner_type][value=reseller]")
    page.fill("#id_regions", "North")
    hand.press(words["save"])
    hand.tick("#id_consent")
    hand.press(words["save"])
    hand.press(words["send"])
    expect(page.get_by_text(words["sent"])).to_be_visible()
    hand.report("apply with one wrong tax id", MOST_CLICKS)
    with tenant_context(site.cast.acme.id):
        assert Application.objects.get().state == "submitted"


def come_back(site: Site, language: str) -> Page:
    """The browser was closed; the link of the letter opens the first page that is not done."""
    with tenant_context(site.cast.acme.id):
        secret = secret_of(Application.objects.get().id, 0)
    page = visit(site, language)
    page.goto(f"{site.address}/acme/join/apply/{secret}/")
    assert page.url.endswith("/profile/")
    return page


@pytest.mark.parametrize(
    ("language", "asked"),
    [("en", "The question about A-.* is on its way"), ("ru", "Вопрос по заявке A-.* отправляется")],
)
def test_clear_three_applications_by_keyboard_alone(site: Site, language: str, asked: str) -> None:
    for number in (1, 2, 3):
        lodge(site.cast.acme, number)
    page = site.enter(site.cast.vera, language=language)
    page.goto(f"{site.address}/acme/m/applications/")
    keys = 0

    def key(name: str) -> None:
        nonlocal keys
        page.keyboard.press(name)
        keys += 1

    key("j")
    expect(page.get_by_role("heading", name="Company 1", level=1)).to_be_visible()
    key("a")
    key("Enter")
    expect(page.get_by_role("heading", name="Company 2", level=1)).to_be_visible()
    key("r")
    page.keyboard.type("We have four partners there.")
    key("Control+Enter")
    expect(page.get_by_role("heading", name="Company 3", level=1)).to_be_visible()
    key("q")
    page.keyboard.type("Which number is right?")
    key("Tab")
    key("Space")
    key("Control+Enter")
    expect(page.get_by_text(re.compile(asked))).to_be_visible()
    print(f"clear three applications by keyboard only: {keys} keys of {MOST_KEYS}")
    assert keys <= MOST_KEYS
    with tenant_context(site.cast.acme.id):
        states = Application.objects.order_by("submitted_at", "id").values_list(
            "state", "asked_fields", "reason"
        )
        assert list(states) == [
            ("approved", [], ""),
            ("rejected", [], "We have four partners there."),
            ("action_required", ["tax_id"], ""),
        ]
