"""A partner's admin invites a colleague who may see deals but not money; and what such a colleague meets."""

import pytest
from playwright.sync_api import expect

from prm.accounts.models import Invitation
from prm.tenancy.context import tenant_context
from tests.browser.conftest import Site
from tests.browser.hand import Hand

pytestmark = pytest.mark.browser
MOST_CLICKS = 14
WORDS = {
    "en": {
        "team": "Team",
        "invite": "Invite a colleague",
        "send": "Send the invitation",
        "deals": "Deals",
        "earnings": "Earnings",
    },
    "ru": {
        "team": "Сотрудники",
        "invite": "Пригласить коллегу",
        "send": "Отправить приглашение",
        "deals": "Сделки",
        "earnings": "Вознаграждение",
    },
}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_invite_a_colleague_who_may_see_deals_but_not_money(site: Site, language: str) -> None:
    words = WORDS[language]
    hand = Hand(site.enter(site.cast.paul, language=language))
    page = hand.page
    hand.follow(words["team"])
    hand.follow(words["invite"])
    page.fill("#id_email", "olga@northwind.example")
    page.select_option("#id_role", "partner_user")
    if page.locator("#id_sees_money").is_checked():
        hand.tick("#id_sees_money")
    hand.press(words["send"])
    expect(page.get_by_role("rowheader", name="olga@northwind.example")).to_be_visible()
    hand.report("invite a colleague who may see deals but not money", MOST_CLICKS)
    with tenant_context(site.cast.acme.id):
        invited = Invitation.objects.get()
        assert (invited.role, invited.sees_money) == ("partner_user", False)
    colleague = site.enter(site.cast.mia, language=language)
    expect(colleague.get_by_role("link", name=words["deals"]).first).to_be_visible()
    expect(colleague.get_by_role("link", name=words["earnings"])).to_have_count(0)
    answer = colleague.request.get(f"{site.address}/acme/p/earnings/")
    assert answer.status == 403
