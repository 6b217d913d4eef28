"""Newcomers at money: why a sale paid so much and another nothing; how much is missing to the next step, and money for
a webinar; what a higher rate would cost before it is proposed. By visible names, in few clicks."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from playwright.sync_api import expect

from incentives.funds.models import FundsRequest
from incentives.plans.models import PlanVersion
from incentives.trials.standings import refresh_standings
from partners.directory.actions import change_partner
from prm.tenancy.context import tenant_context
from prm.web import format as formats
from tests.browser.conftest import Site
from tests.browser.hand import Hand
from tests.support.cast import NOW, Person
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.funds import allocate, make_budget

pytestmark = pytest.mark.browser
A_JOB = 30_000
JANUARY = date(2026, 1, 1)
TIERS = [{"from": "0", "rate": "0.05"}, {"from": "1000", "rate": "0.1"}]
VOLUME = {"id": "volume", "title": "Volume", "type": "tiers", "mode": "retroactive", "measure": "revenue",
          "window": "quarter", "tiers": TIERS}  # fmt: skip
BOTH = pytest.mark.parametrize("language", ["en", "ru"])


class Newcomer(Hand):
    """Reads the words of one language."""

    def __init__(self, site: Site, person: Person, language: str) -> None:
        super().__init__(site.enter(person, language=language))
        self.language = language

    def word(self, english: str, context: str | None = None) -> str:
        with translation.override(self.language):
            return translation.pgettext(context, english) if context else translation.gettext(english)

    def money(self, amount_minor: int) -> str:
        with translation.override(self.language):
            return formats.money(amount_minor, "EUR")

    def go(self, *names: str) -> None:
        for name in names:
            self.follow(self.word(name))

    def fill(self, label: str, text: str, context: str | None = None) -> None:
        self.page.get_by_label(self.word(label, context), exact=True).fill(text)

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=A_JOB)


@BOTH
def test_why_a_sale_paid_so_much_and_another_nothing(site: Site, language: str) -> None:
    """Task 4: the rate, the tier, the base, and the reason."""
    cast = site.cast
    with tenant_context(cast.acme.id):
        plan = make_plan()
        bikes = {"all": [{"fact": "category", "op": "eq", "value": "bikes"}]}
        publish(plan, [{**VOLUME, "where": bikes}])
        assign(plan)
        sell(cast.northwind, make_product("B", "bikes"), "S-118", date(2026, 1, 10), 1_200_00)
        sell(cast.northwind, make_product("C", "clothing"), "S-121", date(2026, 1, 11), 300_00)
    calculate(cast.acme, JANUARY)
    partner = Newcomer(site, cast.paul, language)
    partner.go("Sales")
    partner.follow(partner.money(120_00))
    with translation.override(language):
        rate = formats.percent(Decimal("0.1"))
    for text in (partner.money(1_200_00), rate):
        partner.sees(text)
    partner.sees(partner.word("The whole rate table"))
    partner.go("Sales")
    refused = partner.page.get_by_role("row", name="S-121").get_by_role("link").last
    reason = refused.inner_text()
    partner.click(refused)
    partner.sees(reason)
    partner.report("why so much, and why nothing", 6)


@BOTH
def test_what_is_missing_to_the_next_step_and_money_for_a_webinar(site: Site, language: str) -> None:
    """Task 6: the right number, and a request that arrived."""
    cast, today = site.cast, timezone.localdate()
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [VOLUME])
        assign(plan)
        sell(cast.northwind, make_product(), "S-1", today, 640_00)
        refresh_standings(at=timezone.now())
        ends: Any = {
            "starts_on": today,
            "ends_on": today + timedelta(60),
            "claims_until": today + timedelta(90),
        }
        allocate(cast, make_budget(cast, at=timezone.now(), **ends), at=timezone.now())
    partner = Newcomer(site, cast.paul, language)
    partner.go("Goals")
    missing = partner.word("%(missing)s to the next step, which pays %(pays)s.")
    partner.sees(missing.partition("%(pays)s")[0] % {"missing": partner.money(360_00)})
    partner.go("Marketing funds", "Ask for funds")
    partner.fill("Activity", "Webinar", "funds")
    partner.fill("What it is to bring", "Forty new practices")
    partner.fill("First day", (today + timedelta(14)).isoformat())
    partner.fill("Last day", (today + timedelta(14)).isoformat())
    partner.fill("Planned cost, net", "1000")
    partner.press(partner.word("Send the request"))
    partner.sees(partner.word("Sent. You get a notice when it is decided."))
    with tenant_context(cast.acme.id):
        assert FundsRequest.objects.get().planned_minor == 1_000_00
    partner.report("the next step, and money for a webinar", 16)


@BOTH
def test_what_a_higher_rate_would_cost_before_it_is_proposed(site: Site, language: str) -> None:
    """Task 10: the cost of the test is right, the version waits for a second person."""
    cast = site.cast
    gold = {"all": [{"fact": "tier", "op": "eq", "value": "Gold"}]}
    with tenant_context(cast.acme.id):
        told: Any = {"tier": "Gold"}
        change_partner(actor=cast.vera.actor, partner=cast.northwind, changes=told, at=NOW)
        plan = make_plan()
        publish(plan, [{"id": "gold", "title": "Gold", "type": "rate", "rate": "0.12", "where": gold}])
        assign(plan)
        product, today = make_product(), timezone.localdate()
        day = today.replace(day=1) - timedelta(20)
        sell(cast.northwind, product, "S-1", day, 2_000_00, at=timezone.now())
        sell(cast.southwind, product, "S-2", day, 900_00, at=timezone.now())
    admin = Newcomer(site, cast.vera, language)
    admin.go("Plans")
    admin.follow("Base")
    admin.go("New version")
    admin.fill("In force from", (today + timedelta(40)).replace(day=1).isoformat())
    admin.press(admin.word("Save"))
    admin.follow(admin.word("Change", "button"))
    admin.fill("Rate, %", "14")
    admin.press(admin.word("Save"))
    admin.go("Test on history")
    admin.press(admin.word("Start the test"))
    cost = admin.word("Version %(version)s costs %(new)s instead of %(old)s: %(difference)s (%(share)s).")
    known = {"version": 2, "new": admin.money(280_00), "old": admin.money(240_00)}
    admin.sees(cost.partition(":")[0] % known)
    admin.follow(admin.word("Version %(n)s") % {"n": 2})
    admin.press(admin.word("Propose for publishing"))
    admin.sees(admin.word("Those who may publish are told."))
    with tenant_context(cast.acme.id):
        assert PlanVersion.objects.get(number=2).proposed_at is not None
    admin.report("the cost of a higher rate", 20)
