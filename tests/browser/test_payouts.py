"""Two newcomers' tasks, by the words on the pages alone: when do I get how much and where is the March statement; and
pay March, by two people of finance. Clicks are counted."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import md5, sha256
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from incentives.ledger.actions import close_period
from incentives.ledger.proof import prove_books
from incentives.payouts.models import PayoutItem, PayoutRun, Statement
from incentives.payouts.statements import write_statements
from partners.directory.models import Partner
from prm.kit.money import parse_amount
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.browser.conftest import PHONE, SCREEN, Site
from tests.browser.hand import A_JOB, Newcomer
from tests.incentives.payouts.answers.statements import Booking, camt053
from tests.support.cast import Cast, Person
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.crowd import give_accounts, make_partners, sell_each
from tests.support.payouts import give_account, submitted_payout
from tests.support.stored_sales import analyze

pytestmark = pytest.mark.browser
MARCH = date(2026, 3, 1)
MOST_TO_READ, MOST_TO_PAY = 5, 22
LINES = 500
TOTAL, TYPED = 4_277_001, "42770.01"
PDF = re.compile("PDF")
RECORDING = 120_000
"""Milliseconds to wait for 500 answers, which are recorded while the browser waits: the machine may be busy."""


def enter(site: Site, person: Person, language: str, width: int = SCREEN) -> Newcomer:
    return Newcomer(site.enter(person, language=language, width=width), language)


def march(cast: Cast, language: str = "en") -> None:
    """The books begin with March, in which Northwind earned 1,234.50; it has bank details."""
    with tenant_context(cast.acme.id):
        Tenant.objects.filter(id=cast.acme.id).update(first_period_on=MARCH, language=language)
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan)
        product = make_product()
        sell(cast.northwind, product, "M1", date(2026, 3, 10), 1_000_000)
        sell(cast.northwind, product, "M2", date(2026, 3, 12), 234_500)
    give_account(cast, cast.northwind, cast.paul)


def close(cast: Cast) -> None:
    """By the clock of the site, as its pages calculate."""
    calculate(cast.acme, MARCH, at=timezone.now())
    with tenant_context(cast.acme.id):
        close_period(actor=cast.felix.actor, period_on=MARCH, at=timezone.now())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_when_and_how_much_is_next_and_the_march_statement(site: Site, language: str) -> None:
    """Task 5: on a screen and on a phone; the sums of the PDF are those of the page."""
    march(site.cast, language)
    close(site.cast)
    with tenant_context(site.cast.acme.id):
        write_statements(period_on=MARCH)
    submitted_payout(site.cast, MARCH)
    for width in (SCREEN, PHONE):
        document = read_and_download(enter(site, site.cast.paul, language, width))
        with tenant_context(site.cast.acme.id):
            assert Statement.objects.get(period_on=MARCH).file.sha256 == sha256(document).hexdigest()


def read_and_download(partner: Newcomer) -> bytes:
    page, word = partner.page, partner.word
    partner.go("Statements and payouts")
    planned = partner.card(word("Next payout"))
    expect(planned).to_contain_text(partner.money(123_450))
    expect(planned).to_contain_text(partner.day(date(2026, 12, 5)))
    partner.follow(partner.month(MARCH))
    partner.is_at(word("Statement for %(month)s") % {"month": partner.month(MARCH)})
    sums = {
        word(name): partner.tile(name).inner_text()
        for name in ("Opening balance", "Earned", "Closing balance")
    }
    assert list(sums.values()) == [partner.money(minor) for minor in (0, 123_450, 123_450)]
    with page.expect_download() as taken:
        partner.click(page.get_by_role("link", name=PDF).first)
    document = Path(taken.value.path())
    printed = spaced(" ".join(sheet.extract_text() for sheet in PdfReader(document).pages))
    assert spaced(word("Statement for %(month)s") % {"month": partner.month(MARCH)}) in printed
    assert [name for name, amount in sums.items() if spaced(f"{name} {amount}") not in printed] == []
    partner.report("when and how much next, and the March statement", MOST_TO_READ)
    return document.read_bytes()


def spaced(text: str) -> str:
    """With one plain space where a page has others, or breaks the line."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pay_march(site: Site, language: str, tmp_path: Path) -> None:
    """Task 11: Felix prepares and cannot approve; Olga sees what is held and why, approves, writes the file and reads
    the bank's statement: 500 payments, to the cent."""
    cast = site.cast
    march(cast)
    others = five_hundred(cast)
    close(cast)
    statements_were_written(cast)

    felix = enter(site, cast.felix, language)
    felix.go("Payout runs", "Prepare a payout")
    expect(felix.row(felix.word("Payable"))).to_contain_text(felix.money(TOTAL))
    with half_way(cast, others):
        felix.press(felix.word("Calculate the payout"))
        half = f"{felix.word('Progress')}: 2 / 4"
        felix.sees(half)
        felix.page.reload()
        felix.sees(half)
    submit(felix)

    olga = enter(site, cast.olga, language)
    olga.go("Payout runs")
    olga.click(olga.page.get_by_role("link", name=re.compile("^PR-")).first)
    look_at_what_is_held(olga)
    approve_and_write(olga)
    settle(olga, tmp_path / "camt053.xml")

    with tenant_context(cast.acme.id):
        run = PayoutRun.objects.get()
        paid = PayoutItem.objects.filter(run_id=run.id, state="paid").values_list("amount_minor", flat=True)
        assert (run.state, run.total_minor, sum(paid), len(paid)) == ("settled", TOTAL, TOTAL, LINES)
        assert run.job is not None
        assert (run.job.state, run.job.done, run.job.total) == ("succeeded", 4, 4)
        assert [verdict.promise for verdict in prove_books() if not verdict.holds] == []
    felix.clicks += olga.clicks
    felix.report("pay March, both people", MOST_TO_PAY)


def five_hundred(cast: Cast) -> list[Partner]:
    """Beside Northwind 499 partners to be paid, one without bank details, and Southwind, which is paused."""
    with tenant_context(cast.acme.id):
        *paid, lacking = make_partners(LINES)
        sell_each(paid, make_product("P2"), date(2026, 3, 11), 80_000)
        give_accounts(cast, paid)
        product = make_product("P3")
        sell(lacking, product, "H1", date(2026, 3, 11), 70_000)
        sell(cast.southwind, product, "H2", date(2026, 3, 11), 60_000)
        Partner.objects.filter(id=cast.southwind.id).update(status="paused")
    give_account(cast, cast.southwind, cast.sven)
    analyze("partners_partner", "partners_saleline", "incentives_bankaccount")
    return paid


def statements_were_written(cast: Cast) -> None:
    """What follows from closing was done long ago; else the worker would write 502 statements first."""
    with tenant_context(cast.acme.id):
        Event.objects.filter(relayed_at__isnull=True).update(relayed_at=timezone.now())


@contextmanager
def half_way(cast: Cast, partners: list[Partner]) -> Iterator[None]:
    """A calculation that begins meanwhile comes to its third part of four and waits there: somebody holds a partner's
    row. Parts are cut as in payouts.sql_items."""
    third = next(
        partner for partner in partners if int(md5(str(partner.id).encode()).hexdigest()[:7], 16) % 4 == 2
    )
    with tenant_context(cast.acme.id):
        Partner.objects.select_for_update().get(id=third.id)
        yield


def submit(felix: Newcomer) -> None:
    """The page goes on by itself when the last part is done."""
    typed = felix.field("Type the total of the run")
    expect(typed).to_be_visible(timeout=A_JOB)
    expect(felix.tile("Total")).to_have_text(felix.money(TOTAL))
    expect(felix.tile("Payments")).to_have_text("500")
    typed.fill(TYPED)
    felix.press(felix.word("Submit"))
    why = felix.word("You prepared this run, so another person has to approve it: %(people)s.")
    expect(felix.page.get_by_text(why % {"people": "Olga"})).to_be_visible()
    expect(felix.page.get_by_role("button", name=felix.word("Approve"), exact=True)).to_have_count(0)


def look_at_what_is_held(olga: Newcomer) -> None:
    olga.click(olga.page.get_by_role("link", name=f"{olga.word('Held, and why')} 2", exact=True))
    lacking, paused = olga.row("Partner 499"), olga.row("Southwind")
    expect(lacking).to_contain_text(olga.word("No confirmed bank details in this currency"))
    expect(lacking.get_by_role("link", name=olga.word("Ask the partner for details"))).to_be_visible()
    expect(paused).to_contain_text(olga.word("The partner is paused"))
    expect(paused.get_by_role("link", name=olga.word("Open the partner"))).to_be_visible()


def approve_and_write(olga: Newcomer) -> None:
    olga.fill("Type the total of the run", TYPED)
    olga.press(olga.word("Approve"))
    olga.press(olga.word("Write the payment file"))
    expect(olga.page.get_by_role("link", name=olga.word("Payment file"))).to_be_visible(timeout=A_JOB)


def settle(olga: Newcomer, statement: Path) -> None:
    """The bank has paid what stands in the file, and says so."""
    with olga.page.expect_download() as taken:
        olga.follow(olga.word("Payment file"))
    statement.write_bytes(camt053(booked(Path(taken.value.path()))))
    olga.go("Read a bank statement")
    olga.field("The bank's statement").set_input_files(statement)
    olga.press(olga.word("Look at it"))
    olga.page.set_default_timeout(RECORDING)
    olga.press(olga.plural("Record %(n)s answer", "Record %(n)s answers", LINES))
    olga.sees(olga.word("There is nothing to record: no line is a new answer about a payment of ours."))
    olga.go("Payout runs")
    run = olga.row("PR-1")
    expect(run).to_contain_text(olga.word("Settled"))
    expect(run.get_by_role("cell", name=olga.money(TOTAL))).to_be_visible()
    olga.click(run.get_by_role("link"))
    answers = olga.card(olga.word("The payment file and the bank's answers")).locator("dd")
    expect(answers.nth(4)).to_have_text("0")
    expect(answers.nth(5)).to_have_text("500")


def booked(payment_file: Path) -> list[Booking]:
    """Every payment of the file; its last row is the control row."""
    with payment_file.open(encoding="utf-8", newline="") as file:
        *payments, _control = csv.DictReader(file)
    return [Booking(row["payment_id"], parse_amount(row["amount"], row["currency"])) for row in payments]
