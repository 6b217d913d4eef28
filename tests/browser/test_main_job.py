"""The main job, walked by visible names only: a channel manager's file of sales with mistakes, a plan that a second
person publishes, a payout that its preparer cannot approve, and the partner who reads why."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from playwright.sync_api import Page, expect

from incentives.ledger.models import Period
from partners.products.models import Product
from partners.sales.models import SaleLine
from prm.tenancy.context import tenant_context
from prm.web import format as formats
from tests.browser.conftest import Site
from tests.support.cast import NOW, Person
from tests.support.payouts import give_account

pytestmark = pytest.mark.browser

# Southwind is of no portfolio of the channel manager's; the last line stands in the file twice.
SALES = """external_id,occurred_on,partner,product,quantity,amount,currency
S-1,2026-01-12,NW,SCALE,1,1000.00,EUR
S-2,2026-01-15,SW,SCALE,1,500.00,EUR
S-3,2026-01-20,NW,SCALE,2,twelve,EUR
S-1,2026-01-12,NW,SCALE,1,1000.00,EUR
"""
JANUARY = date(2026, 1, 1)
TOTAL = "175.00"
A_JOB = 30_000


class Walker:
    """Somebody at the site who reads its words in one language."""

    def __init__(self, site: Site, person: Person, language: str) -> None:
        self.language = language
        self.page: Page = site.enter(person, language=language)

    def word(self, english: str) -> str:
        """What the page says for it."""
        return self.said(lambda: translation.gettext(english))

    def said(self, say: Callable[[], str]) -> str:
        with translation.override(self.language):
            return say()

    def go(self, *names: str) -> None:
        """Follow the menu or a link by its words; in the menu a number of waiting things may stand behind them."""
        for name in names:
            words = re.compile(rf"^{re.escape(self.word(name))}( ?\d+)?$")
            self.page.get_by_role("link", name=words).first.click()
            self.page.wait_for_load_state()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=self.word(name)).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(self.word(label), exact=True).fill(text)

    def choose(self, label: str, choice: str) -> None:
        self.page.get_by_label(self.word(label), exact=True).select_option(label=choice)

    def sees(self, english: str) -> None:
        expect(self.page.get_by_text(self.word(english)).first).to_be_visible(timeout=A_JOB)

    def leave(self) -> None:
        self.page.context.close()


@pytest.fixture
def ready(site: Site) -> Site:
    """A product, bank details, and nothing in the books."""
    give_account(site.cast, site.cast.northwind, site.cast.paul)
    with tenant_context(site.cast.acme.id):
        Product.objects.create(code="SCALE", name="Bench scale", changed_at=NOW)
    return site


@pytest.mark.parametrize("language", ["en", "ru"])
def test_from_a_file_of_sales_to_an_explained_payment(ready: Site, tmp_path: Path, language: str) -> None:
    def enter(person: Person) -> Walker:
        return Walker(ready, person, language)

    cast = ready.cast
    upload_and_mend(enter(cast.nina), tmp_path)
    with tenant_context(cast.acme.id):
        sold = SaleLine.objects.order_by("external_id").values_list("external_id", "amount_minor")
        assert list(sold) == [("S-1", 100_000), ("S-2", 50_000), ("S-3", 25_000)]
    publish_a_plan(enter(cast.vera), enter(cast.vasily))
    calculate_and_close(enter(cast.vera))
    with tenant_context(cast.acme.id):
        assert Period.objects.filter(starts_on=JANUARY, closed_at__isnull=False).exists()
    prepare_and_approve(enter(cast.felix), enter(cast.olga))
    read_why(enter(cast.paul))


def upload_and_mend(manager: Walker, folder: Path) -> None:
    """The file's mistakes are mended where they are shown: two cells, and a row that is left out."""
    page, file = manager.page, folder / "sales.csv"
    file.write_text(SALES)
    manager.go("Imports", "Import a file")
    manager.choose("What the file holds", manager.word("Sales"))
    page.get_by_label(manager.word("File"), exact=True).set_input_files(file)
    manager.press("Continue")
    manager.press("Check all rows")
    manager.sees("Save and check this row")
    unknown = manager.word("There is no partner with the code %(code)s.") % {"code": "SW"}
    expect(page.get_by_text(unknown)).to_be_visible()
    mend(manager, "SW", "NW")
    mend(manager, "twelve", "250.00")
    page.get_by_role("button", name=manager.word("Leave this row out")).last.click()
    expect(page.get_by_text(manager.word("Left out: this row is not taken."))).to_be_visible()
    expect(page.get_by_role("heading", name=manager.word("No row has an error any more"))).to_be_visible()
    apply = manager.said(lambda: translation.ngettext("Apply %(n)s good row", "Apply %(n)s good rows", 3))
    page.get_by_role("button", name=apply % {"n": 3}).click()
    expect(page.get_by_role("heading", name=manager.word("Applied"))).to_be_visible(timeout=A_JOB)
    manager.leave()


def mend(manager: Walker, wrong: str, right: str) -> None:
    """Correct the cell that holds the wrong value and send its row."""
    cell = manager.page.locator(f"input[value='{wrong}']").first
    cell.fill(right)
    row = cell.locator("xpath=ancestor::form[1]")
    row.get_by_role("button", name=manager.word("Save and check this row")).click()
    expect(manager.page.locator(f"input[value='{wrong}']")).to_have_count(0)


def publish_a_plan(author: Walker, publisher: Walker) -> None:
    author.go("Plans", "New plan")
    author.fill("Code", "base")
    author.fill("Name", "Base plan")
    author.press("Create and write its first version")
    author.fill("In force from", "2026-01-01")
    author.press("Save")
    author.go("Add a rate")
    author.fill("Id", "base")
    author.fill("Rate, %", "10")
    author.press("Save")
    publisher.go("Plans")
    publisher.page.get_by_role("link", name="Base plan").click()
    version = publisher.word("Version %(n)s") % {"n": 1}
    publisher.page.get_by_role("link", name=version).first.click()
    publisher.press("Publish")
    publisher.sees("Published")
    author.page.get_by_role("link", name="Base plan").first.click()
    author.go("Assign")
    author.choose("Assign to", author.word("Everyone"))
    author.fill("In force from", "2026-01-01")
    author.press("Assign")
    author.leave()
    publisher.leave()


def calculate_and_close(admin: Walker) -> None:
    admin.go("Calculations")
    admin.choose("Month", admin.said(lambda: formats.month(JANUARY)))
    admin.press("Calculate")
    admin.sees("Lines that earned")
    admin.go("Ledger")
    admin.press("Close this month for good")
    admin.leave()


def prepare_and_approve(preparer: Walker, approver: Walker) -> None:
    """Whoever of finance prepared the run is told that, and who, has to approve it."""
    preparer.go("Payout runs", "Prepare a payout")
    preparer.press("Calculate the payout")
    preparer.sees("Type the total of the run")
    preparer.fill("Type the total of the run", TOTAL)
    preparer.press("Submit")
    told = preparer.word("You prepared this run, so another person has to approve it: %(people)s.")
    expect(preparer.page.get_by_text(told % {"people": "Olga"})).to_be_visible()
    approve = preparer.page.get_by_role("button", name=preparer.word("Approve"), exact=True)
    expect(approve).to_have_count(0)
    approver.go("Payout runs")
    approver.page.get_by_role("link", name=re.compile("^PR-")).first.click()
    approver.fill("Type the total of the run", TOTAL)
    approver.press("Approve")
    approver.press("Write the payment file")
    expect(approver.page.get_by_role("link", name=approver.word("Payment file"))).to_be_visible(timeout=A_JOB)
    preparer.leave()
    approver.leave()


def read_why(partner: Walker) -> None:
    page = partner.page
    partner.go("Statements and payouts")
    page.get_by_role("link", name=partner.said(lambda: formats.month(JANUARY))).first.click()
    expect(page.get_by_text(partner.said(lambda: formats.money(17_500, "EUR"))).first).to_be_visible()
    page.get_by_role("link", name=re.compile("S-1|Bench scale")).first.click()
    expect(page.get_by_role("heading", name=partner.word("Why this amount"))).to_be_visible()
    ten_percent = {"rate": "10%" if partner.language == "en" else "10\u00a0%"}
    ten_percent["basis"] = partner.said(lambda: formats.money(100_000, "EUR"))
    expect(page.get_by_text(partner.word("%(rate)s of %(basis)s.") % ten_percent)).to_be_visible()
    partner.leave()
