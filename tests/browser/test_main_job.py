"""The main job, walked by visible names only: from a file of sales with mistakes to an explained payment."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from incentives.ledger.models import Period
from partners.products.models import Product
from prm.tenancy.context import tenant_context
from tests.browser.conftest import Site
from tests.support.cast import NOW
from tests.support.payouts import give_account

pytestmark = pytest.mark.browser

SALES = """external_id,occurred_on,partner,product,quantity,amount,currency
S-1,2026-01-12,NW,SCALE,1,1000.00,EUR
S-2,2026-01-15,NOBODY,SCALE,1,500.00,EUR
S-3,2026-01-20,NW,SCALE,2,twelve,EUR
"""


def go(page: Page, *names: str) -> None:
    """Follow the menu or a link by its words; in the menu a number of waiting things may stand behind them."""
    for name in names:
        page.get_by_role("link", name=re.compile(rf"^{re.escape(name)}( ?\d+)?$")).first.click()
        page.wait_for_load_state()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


@pytest.fixture
def ready(site: Site) -> Site:
    """A product, bank details, and nothing in the books."""
    give_account(site.cast, site.cast.northwind, site.cast.paul)
    with tenant_context(site.cast.acme.id):
        Product.objects.create(code="SCALE", name="Bench scale", changed_at=NOW)
    return site


def test_from_a_file_of_sales_to_an_explained_payment(ready: Site, tmp_path: Path) -> None:
    upload_and_mend(ready, tmp_path)
    publish_a_plan(ready)
    calculate_and_close(ready)
    prepare_and_approve(ready)
    read_why(ready)


def upload_and_mend(site: Site, folder: Path) -> None:
    page = site.enter(site.cast.vera)
    file = folder / "sales.csv"
    file.write_text(SALES)
    go(page, "Imports", "Import a file")
    page.get_by_label("What the file holds").select_option(label="Sales")
    page.get_by_label("File", exact=True).set_input_files(file)
    press(page, "Continue")
    press(page, "Check all rows")
    expect(page.get_by_role("button", name=re.compile("Save and check this row")).first).to_be_visible(
        timeout=30_000
    )
    mend(page, "NOBODY", "NW")
    mend(page, "twelve", "250.00")
    press(page, "Apply")
    expect(page.get_by_text("Applied").first).to_be_visible(timeout=30_000)
    page.context.close()


def mend(page: Page, wrong: str, right: str) -> None:
    """Correct the cell that holds the wrong value and send its row."""
    cell = page.locator(f"input[value='{wrong}']").first
    cell.fill(right)
    row = cell.locator("xpath=ancestor::form[1]")
    row.get_by_role("button", name="Save and check this row").click()
    expect(page.locator(f"input[value='{wrong}']")).to_have_count(0)


def publish_a_plan(site: Site) -> None:
    author = site.enter(site.cast.vera)
    go(author, "Plans", "New plan")
    author.get_by_label("Code").fill("base")
    author.get_by_label("Name").fill("Base plan")
    press(author, "Create and write its first version")
    author.get_by_label("In force from").fill("2026-01-01")
    press(author, "Save")
    go(author, "Add a rate")
    author.get_by_label("Id").fill("base")
    author.get_by_label("Rate, %").fill("10")
    press(author, "Save")
    expect(author.get_by_text("another person has to publish it")).to_be_visible()
    publisher = site.enter(site.cast.vasily)
    go(publisher, "Plans", "Base plan", "Version 1")
    press(publisher, "Publish")
    expect(publisher.get_by_text("Published").first).to_be_visible()
    go(author, "Base plan", "Assign")
    author.get_by_label("For", exact=True).select_option(label="Everyone")
    author.get_by_label("From", exact=True).fill("2026-01-01")
    press(author, "Assign")
    author.context.close()
    publisher.context.close()


def calculate_and_close(site: Site) -> None:
    page = site.enter(site.cast.vera)
    go(page, "Calculations")
    page.get_by_label("Month").select_option(label="January 2026")
    press(page, "Calculate")
    expect(page.get_by_text("Lines that earned")).to_be_visible(timeout=30_000)
    go(page, "Ledger")
    press(page, "Close this month")
    with tenant_context(site.cast.acme.id):
        assert Period.objects.filter(starts_on=date(2026, 1, 1), closed_at__isnull=False).exists()
    page.context.close()


def prepare_and_approve(site: Site) -> None:
    preparer = site.enter(site.cast.vera)
    go(preparer, "Payout runs", "Prepare a payout")
    press(preparer, "Calculate the payout")
    expect(preparer.get_by_label("Type the total of the run")).to_be_visible(timeout=30_000)
    preparer.get_by_label("Type the total of the run").fill("175.00")
    press(preparer, "Submit")
    expect(preparer.get_by_text("Approving is for finance")).to_be_visible()
    approver = site.enter(site.cast.felix)
    go(approver, "Payout runs")
    approver.get_by_role("link", name=re.compile("^PR-")).first.click()
    approver.get_by_label("Type the total of the run").fill("175.00")
    press(approver, "Approve")
    press(approver, "Write the payment file")
    expect(approver.get_by_role("link", name="Payment file")).to_be_visible(timeout=30_000)
    preparer.context.close()
    approver.context.close()


def read_why(site: Site) -> None:
    page = site.enter(site.cast.paul)
    go(page, "Statements and payouts", "January 2026")
    expect(page.get_by_text("€175.00").first).to_be_visible()
    page.get_by_role("link", name=re.compile("S-1|Bench scale|SCALE")).first.click()
    expect(page.get_by_role("heading", name="Why this amount")).to_be_visible()
    expect(page.get_by_text("10% of €1,000.00").first).to_be_visible()
    page.context.close()
