"""A partner registers a deal and reads until when it is protected; by the words on the pages, no address typed."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from partners.conflicts.actions import open_conflict
from partners.deals.actions import approve_deal
from partners.deals.models import Deal
from prm.tenancy.context import tenant_context
from tests.browser.conftest import Site
from tests.browser.hand import Hand
from tests.support.cast import NOW
from tests.support.deals import approve, make_line, register
from tests.support.workers import ring

pytestmark = pytest.mark.browser
MOST_CLICKS, MOST_CLICKS_OF_A_CONFLICT = 14, 10
WORDS = {
    "en": {
        "deals": "Deals",
        "new": "Register a deal",
        "send": "Register",
        "free": "Free: nobody has registered",
        "taken": "An earlier registration is being reviewed",
        "join": "Join the queue",
        "place": "number 2",
        "until": "Protected until",
    },
    "ru": {
        "deals": "Сделки",
        "new": "Зарегистрировать сделку",
        "send": "Зарегистрировать",
        "free": "Свободен",
        "taken": "Более ранняя регистрация на рассмотрении",
        "join": "Встать в очередь",
        "place": "Ваше место в очереди на этого клиента: 2",
        "until": "Защищена по",
    },
}


def fill(hand: Hand, customer: str, tax_id: str) -> None:
    page = hand.page
    page.fill("#id_customer", customer)
    page.select_option("#id_country", "RU")
    page.fill("#id_tax_id", tax_id)
    page.select_option("#id_line", label="Software")
    page.fill("#id_amount_minor", "1 200 000")
    page.fill("#id_closes_on", "2027-06-01")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_register_a_deal_and_read_until_when_it_is_protected(site: Site, language: str) -> None:
    words = WORDS[language]
    make_line(site.cast)
    hand = Hand(site.enter(site.cast.paul, language=language))
    hand.follow(words["deals"])
    hand.follow(words["new"])
    fill(hand, "ООО «Ромашка»", "7707083893")
    expect(hand.page.get_by_text(words["free"])).to_be_visible()
    hand.press(words["send"])
    with tenant_context(site.cast.acme.id):
        deal = Deal.objects.get()
        now = timezone.now()
        approve_deal(actor=site.cast.nina.actor, deal=deal, at=now)
    hand.follow(words["deals"])
    hand.follow("ООО «Ромашка»")
    expect(hand.page.locator(".status-line")).to_contain_text(words["until"])
    day = timezone.localtime(now).date() + timedelta(days=90)
    expect(hand.page.locator(".status-line")).to_contain_text(str(day.year))
    hand.report("register a deal and read until when it is protected", MOST_CLICKS)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_taken_customer_is_told_before_sending_and_can_be_queued_for(site: Site, language: str) -> None:
    words = WORDS[language]
    make_line(site.cast)
    register(site.cast.sven, "Romashka LLC")
    hand = Hand(site.enter(site.cast.paul, language=language))
    hand.follow(words["deals"])
    hand.follow(words["new"])
    fill(hand, "ООО «Ромашка»", "7707083893")
    expect(hand.page.get_by_text(words["taken"])).to_be_visible()
    hand.press(words["send"])
    hand.press(words["join"])
    expect(hand.page.get_by_text(words["place"])).to_be_visible()
    assert "Southwind" not in hand.page.content()
    hand.report("queue for a customer that somebody else registered", MOST_CLICKS)


CONFLICT_WORDS = {
    "en": {"take": "Take it to the conflict desk", "send": "Send", "asked": "Tell what you did by"},
    "ru": {"take": "Передать на разбор", "send": "Отправить", "asked": "расскажите, что вы сделали"},
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_somebody_else_works_with_my_customer(site: Site, language: str, tmp_path: Path) -> None:
    words = WORDS[language] | CONFLICT_WORDS[language]
    make_line(site.cast)
    approve(site.cast.nina, register(site.cast.paul, "ООО «Ромашка»"))
    register(site.cast.sven, "Romashka LLC", join_queue=True, at=NOW + timedelta(minutes=1))
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    hand = Hand(site.enter(site.cast.paul, language=language))
    page = hand.page
    hand.follow(words["deals"])
    hand.follow("ООО «Ромашка»")
    hand.follow(words["take"])
    page.fill("#id_happened_on", "2026-03-02")
    page.fill("#id_what", "Met the head of purchasing")
    page.set_input_files("#id_file", letter)
    hand.press(words["send"])
    expect(page.get_by_text(words["asked"])).to_be_visible()
    expect(page.get_by_role("link", name="letter.pdf")).to_be_visible()
    assert "Southwind" not in page.content()
    hand.report("tell the conflict desk about a customer", MOST_CLICKS_OF_A_CONFLICT)


ASKED_WORDS = {
    "en": {
        "notices": "Notices",
        "asked": "Somebody else works with ООО «Ромашка» too",
        "open": "Open",
        "add": "Add",
        "added": "Added.",
    },
    "ru": {
        "notices": "Уведомления",
        "asked": "С клиентом ООО «Ромашка» работает кто-то ещё",
        "open": "Открыть",
        "add": "Добавить",
        "added": "Добавлено.",
    },
}


def until_told(page: Page, words: str) -> None:
    """A worker writes notices within seconds."""
    for _round in range(120):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(words)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_answer_a_conflict(site: Site, language: str, tmp_path: Path) -> None:
    """The desk asks the partner for evidence: it follows the notice, uploads a letter, and meets no rival."""
    words = ASKED_WORDS[language]
    make_line(site.cast)
    deal = approve(site.cast.nina, register(site.cast.paul, "ООО «Ромашка»"))
    register(site.cast.sven, "Romashka LLC", join_queue=True, at=NOW + timedelta(minutes=1))
    with tenant_context(site.cast.acme.id):
        open_conflict(actor=site.cast.vera.actor, deal=deal, at=timezone.now())
    ring("prm.outbox.relay", tenant_id=str(site.cast.acme.id))
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    hand = Hand(site.enter(site.cast.paul, language=language))
    page = hand.page
    hand.follow(words["notices"])
    until_told(page, words["asked"])
    seen = [page.content()]
    told = page.get_by_role("listitem").filter(has_text=words["asked"])
    hand.click(told.get_by_role("button", name=words["open"]))
    seen.append(page.content())
    page.fill("#id_happened_on", "2026-03-02")
    page.fill("#id_what", "Met the head of purchasing")
    page.set_input_files("#id_file", letter)
    hand.press(words["add"])
    expect(page.get_by_text(words["added"])).to_be_visible()
    expect(page.get_by_role("link", name="letter.pdf")).to_be_visible()
    seen.append(page.content())
    rival = ("Southwind", "Romashka LLC", "sven")
    assert [name for name in rival for content in seen if name in content] == []
    hand.report("answer a conflict", MOST_CLICKS_OF_A_CONFLICT)
