"""Newcomers at money: why a sale paid so much and another nothing; how much is missing to the next step, and money for
a webinar; what a higher rate would cost before it is proposed. By visible names, in few clicks."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, expect

from incentives.earnings.models import LineOutcome
from incentives.funds.actions import approve_request
from incentives.funds.models import FundsClaim, FundsCost, FundsRequest
from incentives.plans.models import PlanVersion
from incentives.trials.standings import refresh_standings
from partners.directory.models import Partner
from partners.products.models import Product
from partners.tiers.actions import define_tier
from prm.kit.periods import Period
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.browser.conftest import PHONE, SCREEN, Site
from tests.browser.hand import Newcomer
from tests.oracle import sample
from tests.oracle.evaluate import evaluate
from tests.support.cast import Cast, Person, make_partner
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.funds import PDF, allocate, make_budget

pytestmark = pytest.mark.browser
JANUARY = date(2026, 1, 1)
VOLUME = {"id": "volume", "title": "Volume", "type": "tiers", "mode": "retroactive", "measure": "revenue",
          "window": "quarter"}  # fmt: skip
TIERS = [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]
HIGH_TIERS = [{"from": "0", "rate": "0.05"}, {"from": "100000", "rate": "0.12"}]
BOTH = pytest.mark.parametrize("language", ["en", "ru"])


def enter(site: Site, person: Person, language: str, width: int = SCREEN) -> Newcomer:
    return Newcomer(site.enter(person, language=language, width=width), language)


@BOTH
def test_why_a_sale_paid_so_much_and_another_nothing(site: Site, language: str) -> None:
    """Task 4: the rate, the tier, the base, and the reason; on a screen and on a phone."""
    cast = site.cast
    with tenant_context(cast.acme.id):
        plan = make_plan()
        bikes = {"all": [{"fact": "category", "op": "eq", "value": "bikes"}]}
        publish(plan, [{**VOLUME, "tiers": HIGH_TIERS, "where": bikes}])
        assign(plan)
        sell(cast.northwind, make_product("B", "bikes"), "S-118", date(2026, 1, 10), 480_000_00)
        sell(cast.northwind, make_product("C", "clothing"), "S-121", date(2026, 1, 11), 300_00)
    calculate(cast.acme, JANUARY)
    with tenant_context(cast.acme.id):
        assert LineOutcome.objects.get().reason == "where_failed"
    for width in (SCREEN, PHONE):
        read_why(enter(site, cast.paul, language, width))


def read_why(partner: Newcomer) -> None:
    page = partner.page
    partner.go("Sales")
    partner.click(partner.row("S-118").get_by_role("link", name=partner.money(57_600_00)))
    partner.is_at(partner.word("Why this amount"))
    high, low = partner.percent(Decimal("0.12")), partner.percent(Decimal("0.05"))
    sentence = partner.word(
        "%(amount)s: %(pay)s of %(base)s under %(plan)s, version %(version)s. Free for payout on %(day)s."
    )
    told = {"amount": partner.money(57_600_00), "pay": high, "base": partner.money(480_000_00)}
    known = {"plan": "Base", "version": 1, "day": partner.day(date(2026, 1, 10))}
    expect(page.locator(".headline")).to_have_text(sentence % (told | known))
    bound, yes, no = partner.money(100_000_00), partner.word("yes"), partner.word("no")
    tiers = partner.card(partner.word("The whole rate table")).locator("tbody").get_by_role("row")
    expect(tiers).to_have_count(2)
    expect(tiers.nth(0).get_by_role("cell")).to_have_text([partner.money(0), bound, low, no])
    expect(tiers.nth(1).get_by_role("cell")).to_have_text([bound, "…", high, yes])
    partner.go("Sales")
    partner.click(partner.row("S-121").get_by_role("link", name=partner.word("Conditions not met")))
    partner.is_at(partner.word("Sales that earned nothing, and why"))
    why = partner.word(
        "The plan asks that %(condition)s; this sale has: %(actual)s. Correct that if it is wrong."
    )
    condition = f"{partner.word('category')} {partner.word('is')} bikes"
    refused = partner.row("S-121")
    expect(refused).to_contain_text(partner.word("Conditions not met"))
    expect(refused).to_contain_text(why % {"condition": condition, "actual": "clothing"})
    partner.report("why so much, and why nothing", 6)


@BOTH
def test_what_is_missing_to_the_next_step_and_money_for_a_webinar(site: Site, language: str) -> None:
    """Task 6: the right number; a request that arrived, and after its approval a claim with its cost lines."""
    cast, today = site.cast, timezone.localdate()
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{**VOLUME, "tiers": TIERS}])
        assign(plan)
        sell(cast.northwind, make_product(), "S-1", today, 640_00)
        refresh_standings(at=timezone.now())
        ends: Any = {
            "starts_on": today,
            "ends_on": today + timedelta(60),
            "claims_until": today + timedelta(90),
        }
        allocate(cast, make_budget(cast, at=timezone.now(), **ends), at=timezone.now())
    partner = enter(site, cast.paul, language)
    partner.go("Goals")
    step = partner.word("%(missing)s to the next step, which pays %(pays)s.")
    partner.sees(step % {"missing": partner.money(360_00), "pays": partner.percent(Decimal("0.1"))})
    ask_for_a_webinar(partner, today)
    with tenant_context(cast.acme.id):
        asked = FundsRequest.objects.get()
        assert (asked.state, asked.planned_minor, asked.asked_minor) == ("submitted", 1_000_00, 500_00)
        approve_request(actor=cast.nina.actor, request=asked, amount_minor=None, at=timezone.now())
    partner.page.reload()
    claim_its_costs(partner, today)
    with tenant_context(cast.acme.id):
        assert FundsClaim.objects.get().state == "submitted"
        costs = FundsCost.objects.order_by("net_minor").values_list("description", "net_minor", "gross_minor")
        assert list(costs) == [("Platform", 300_00, 360_00), ("Speaker", 700_00, 700_00)]
    partner.report("the next step, and money for a webinar", 16)


def ask_for_a_webinar(partner: Newcomer, today: date) -> None:
    partner.go("Marketing funds", "Ask for funds")
    partner.fill("Activity", "Webinar", "funds")
    partner.fill("What it is to bring", "Forty new practices")
    partner.fill("First day", today.isoformat())
    partner.fill("Last day", today.isoformat())
    partner.fill("Planned cost, net", "1000")
    partner.press(partner.word("Send the request"))
    partner.sees(partner.word("Sent. You get a notice when it is decided."))


def claim_its_costs(partner: Newcomer, today: date) -> None:
    partner.press(partner.word("Claim costs"))
    for description, net, gross in (("Speaker", "700", "700"), ("Platform", "300", "360")):
        partner.fill("What was paid for", description)
        partner.fill("Supplier", f"{description} AG")
        partner.fill("Invoice number", f"R-{description}")
        partner.fill("Invoice date", today.isoformat())
        partner.fill("Net amount", net, "funds")
        partner.fill("Gross amount", gross)
        content = PDF + description.encode()
        invoice = FilePayload(name=f"{description}.pdf", mimeType="application/pdf", buffer=content)
        partner.field("Invoice").set_input_files(invoice)
        partner.press(partner.word("Add"))
        expect(partner.row(description)).to_be_visible()
    total = partner.row(partner.plural("Total, %(n)s cost", "Total, %(n)s costs", 2))
    amounts = [partner.money(minor) for minor in (1_060_00, 1_000_00, 500_00)]
    expect(total.get_by_role("cell")).to_have_text([*amounts, ""])
    partner.press(partner.word("Hand over", "claim"))
    partner.sees(partner.word("Sent. You get a notice when it is decided."))


@BOTH
def test_what_a_higher_rate_would_cost_before_it_is_proposed(site: Site, language: str) -> None:
    """Task 10: the cost of a year is that of the oracle; the version waits for a second person, with its day."""
    cast, today = site.cast, timezone.localdate()
    year = Period.of(today).plus(-12)
    starts_on = Period.of(today).plus(3 - (today.month - 1) % 3).starts_on
    with tenant_context(cast.acme.id):
        Tenant.objects.filter(id=cast.acme.id).update(first_period_on=date(today.year - 2, 1, 1))
        plan = make_plan()
        publish(plan, components("0.12"), starts_on=date(today.year - 2, 1, 1))
        assign(plan, starts_on=date(today.year - 2, 1, 1))
        sell_for_two_years(cast, today)
    admin = enter(site, cast.vera, language)
    admin.go("Plans")
    admin.follow("Base")
    admin.go("New version")
    admin.fill("In force from", starts_on.isoformat())
    admin.press(admin.word("Save"))
    admin.click(admin.card("Line A").get_by_role("link", name=admin.word("Change", "button")))
    admin.fill("Rate, %", "14")
    admin.press(admin.word("Save"))
    admin.go("Test on history")
    admin.press(admin.word("Start the test"))
    assert (cost_of_a_year("0.12", year), cost_of_a_year("0.14", year)) == (4_620_00, 5_340_00)
    cost = admin.word("Version %(version)s costs %(new)s instead of %(old)s: %(difference)s (%(share)s).")
    known = {"version": 2, "new": admin.money(5_340_00), "old": admin.money(4_620_00)}
    admin.sees(cost.partition(":")[0] % known)
    expect(admin.page.locator(".lead")).to_contain_text(admin.month(year.starts_on))
    expect(admin.page.locator(".lead")).to_contain_text(admin.month(year.plus(11).starts_on))
    admin.follow(admin.word("Version %(n)s") % {"n": 2})
    admin.press(admin.word("Propose for publishing"))
    admin.sees(admin.word("Those who may publish are told."))
    admin.sees(admin.word("from %(a)s") % {"a": admin.day(starts_on)})
    second = (
        "You edited this version last, so another person has to publish it: a programme admin or finance."
    )
    admin.sees(admin.word(second))
    expect(admin.page.get_by_role("button", name=admin.word("Publish"), exact=True)).to_have_count(0)
    with tenant_context(cast.acme.id):
        version = PlanVersion.objects.get(number=2)
        assert (version.starts_on, version.published_at) == (starts_on, None)
        assert version.proposed_at is not None
    admin.report("the cost of a higher rate", 20)


def components(rate: str) -> list[dict[str, Any]]:
    """Line A pays whoever is Gold or above it, everything else pays five percent."""
    line_a = {"fact": "category", "op": "eq", "value": "a"}
    from_gold = {"fact": "tier", "op": "in", "value": ["Gold", "Platinum"]}
    rest = {"fact": "category", "op": "ne", "value": "a"}
    return [
        {"id": "a", "title": "Line A", "type": "rate", "rate": rate, "where": {"all": [line_a, from_gold]}},
        {"id": "rest", "title": "The rest", "type": "rate", "rate": "0.05", "where": {"all": [rest]}},
    ]


EVERYBODY = {"all": [{"fact": "status", "op": "eq", "value": "active"}]}
STANDINGS = {"GO": "Gold", "PL": "Platinum", "SI": "Silver"}
MONTHLY = (("GO", "a", 1_000_00), ("PL", "a", 2_000_00), ("SI", "a", 700_00), ("GO", "b", 500_00))


def sales_of(first: Period, months: int) -> Iterator[tuple[str, date, str, str, int]]:
    """Name, day, partner, line and amount: the same every month."""
    for period in map(first.plus, range(months)):
        for number, (partner, line, minor) in enumerate(MONTHLY):
            yield f"S-{period}-{number}", period.starts_on, partner, line, minor


def sell_for_two_years(cast: Cast, today: date) -> None:
    """Up to today: more than the year that is asked about."""
    for rank, name in enumerate(("Silver", "Gold", "Platinum"), 1):
        facts: Any = {"name": name, "rank": rank, "rule": EVERYBODY}
        define_tier(actor=cast.vera.actor, facts=facts, at=timezone.now())
    partners: dict[str, Partner] = {
        code: make_partner(cast.acme, code, f"{tier} Ltd", tier=tier) for code, tier in STANDINGS.items()
    }
    products: dict[str, Product] = {line: make_product(line, line) for line in ("a", "b")}
    for name, day, partner, line, minor in sales_of(Period.of(today).plus(-24), 25):
        sell(partners[partner], products[line], name, day, minor, at=timezone.now())


def cost_of_a_year(rate: str, first: Period) -> int:
    """By the oracle, from plain data."""
    lines = [
        sample.line(name, "01-01", minor, partner, product=line)
        | {"on": day.isoformat(), "recorded": f"{day}T12:00:00+00:00"}
        for name, day, partner, line, minor in sales_of(first, 12)
    ]
    partners = [
        sample.partner(code, standings=[{"from": "2000-01-01", "to": None, "tier": tier}])
        for code, tier in STANDINGS.items()
    ]
    products = [{"id": line, "code": line, "category": line} for line in ("a", "b")]
    version = sample.version(sample.document(*components(rate)))
    data = sample.everything(lines, version, partners=partners, products=products)
    year = (first.starts_on.isoformat(), first.plus(12).starts_on.isoformat())
    return sum(payout_minor for _, payout_minor in evaluate(data, *year).values())
