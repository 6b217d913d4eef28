"""Two newcomers' tasks, by the words on the pages alone: when do I get how much and where is the March statement; and
pay March, by two people of finance. Clicks are counted."""

import re
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import timezone, translation
from playwright.sync_api import expect

from incentives.ledger.actions import close_period
from incentives.ledger.proof import prove_books
from incentives.payouts.models import PayoutItem, PayoutRun, Statement
from incentives.payouts.statements import write_statements
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from prm.web import format as formats
from tests.browser.conftest import Site
from tests.browser.hand import Hand
from tests.support.cast import Cast, make_partner
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.payouts import give_account, submitted_payout

pytestmark = pytest.mark.browser
MARCH = date(2026, 3, 1)
MOST_TO_READ, MOST_TO_PAY = 5, 22
A_JOB = 30_000
PARTNERS = 3
PDF = re.compile("PDF")


def in_language(language: str) -> Callable[[str], str]:
    def word(english: str) -> str:
        with translation.override(language):
            return translation.gettext(english)

    return word


def money(minor: int, language: str) -> str:
    with translation.override(language):
        return formats.money(minor, "EUR")


def day(value: date, language: str) -> str:
    with translation.override(language):
        return formats.day(value)


def month(language: str) -> str:
    with translation.override(language):
        return formats.month(MARCH)


def march(cast: Cast) -> None:
    """The books begin with March, in which Northwind earned 1,234.50; it has bank details."""
    with tenant_context(cast.acme.id):
        Tenant.objects.filter(id=cast.acme.id).update(first_period_on=MARCH)
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        sell(cast.northwind, make_product(), "M1", date(2026, 3, 10), 1_234_500)
    give_account(cast, cast.northwind, cast.paul)


def close(cast: Cast) -> None:
    """By the clock of the site, as its pages calculate."""
    calculate(cast.acme, MARCH, at=timezone.now())
    with tenant_context(cast.acme.id):
        close_period(actor=cast.felix.actor, period_on=MARCH, at=timezone.now())
        write_statements(period_on=MARCH)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_when_and_how_much_is_next_and_the_march_statement(site: Site, language: str) -> None:
    word = in_language(language)
    march(site.cast)
    close(site.cast)
    submitted_payout(site.cast, MARCH)
    hand = Hand(site.enter(site.cast.paul, language=language))
    page = hand.page
    hand.follow(word("Statements and payouts"))
    planned = page.locator("section", has=page.get_by_role("heading", name=word("Next payout")))
    expect(planned).to_contain_text(money(123_450, language))
    expect(planned).to_contain_text(day(date(2026, 12, 5), language))
    hand.follow(month(language))
    expect(page.locator(".tile", has_text=word("Earned")).first).to_contain_text(money(123_450, language))
    with page.expect_download() as taken:
        hand.click(page.get_by_role("link", name=PDF).first)
    with tenant_context(site.cast.acme.id):
        statement = Statement.objects.select_related("file").get(period_on=MARCH)
    content = Path(taken.value.path()).read_bytes()
    assert content.startswith(b"%PDF-")
    assert sha256(content).hexdigest() == statement.file.sha256
    assert statement.earned_minor == 123_450
    hand.report("when and how much next, and the March statement", MOST_TO_READ)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pay_march(site: Site, language: str) -> None:
    """Felix prepares and cannot approve; Olga sees what is held and why, approves and writes the file."""
    cast, word = site.cast, in_language(language)
    march(cast)
    others = [make_partner(cast.acme, f"P{place:02}", f"Partner {place}") for place in range(PARTNERS)]
    with tenant_context(cast.acme.id):
        product = make_product("P2")
        for place, partner in enumerate(others):
            sell(partner, product, f"O{place}", date(2026, 3, 11), 100_000 + place)
    for partner in others[1:]:
        give_account(cast, partner, cast.vera)
    close(cast)
    total = 123_450 + sum(round_up(100_000 + place) for place in range(1, PARTNERS))

    felix = Hand(site.enter(cast.felix, language=language))
    felix.follow(word("Payout runs"))
    felix.follow(word("Prepare a payout"))
    felix.press(word("Calculate the payout"))
    felix.page.reload()
    typed = felix.page.get_by_label(word("Type the total of the run"))
    expect(typed).to_be_visible(timeout=A_JOB)
    expect(felix.page.locator(".tile", has_text=word("Total")).first).to_contain_text(money(total, language))
    typed.fill(f"{total // 100}.{total % 100:02}")
    felix.press(word("Submit"))
    why = word("You prepared this run, so another person has to approve it: %(people)s.")
    expect(felix.page.get_by_text(why % {"people": "Olga"})).to_be_visible()
    expect(felix.page.get_by_role("button", name=word("Approve"), exact=True)).to_have_count(0)

    olga = Hand(site.enter(cast.olga, language=language))
    olga.follow(word("Payout runs"))
    olga.click(olga.page.get_by_role("link", name=re.compile("^PR-")).first)
    olga.click(olga.page.get_by_role("link", name=re.compile(f"^{re.escape(word('Held, and why'))}")))
    held = olga.page.get_by_role("row", name=re.compile("Partner 0"))
    expect(held).to_contain_text(word("No confirmed bank details in this currency"))
    expect(held.get_by_role("link", name=word("Ask the partner for details"))).to_be_visible()
    olga.page.get_by_label(word("Type the total of the run")).fill(f"{total // 100}.{total % 100:02}")
    olga.press(word("Approve"))
    olga.press(word("Write the payment file"))
    olga.page.reload()
    expect(olga.page.get_by_role("link", name=word("Payment file"))).to_be_visible(timeout=A_JOB)

    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get()
        sent = PayoutItem.objects.filter(run_id=run.id, state="sent").values_list("amount_minor", flat=True)
        assert (run.state, run.total_minor, sum(sent), len(sent)) == ("exported", total, total, PARTNERS)
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
    felix.clicks += olga.clicks
    felix.report("pay March, both people", MOST_TO_PAY)


def round_up(amount_minor: int) -> int:
    """Ten percent, a half away from zero."""
    return (amount_minor + 5) // 10
