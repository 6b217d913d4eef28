"""The designer of plans while somebody types: conditions as rows, and what the rule would make of a real sale."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from incentives.plans.models import PlanVersion
from prm.tenancy.context import tenant_context
from tests.browser.conftest import Site
from tests.browser.hand import A_JOB, Newcomer
from tests.support.commission import assign, make_plan, make_product, publish, sell
from tests.support.plan_facts import rate

pytestmark = pytest.mark.browser
# Parts that are asked for, or have just come and are not bound to their events yet.
UNSETTLED = (
    ".conditions .htmx-request, .conditions .htmx-added, .conditions.htmx-added, .conditions.htmx-settling"
)


def test_the_example_follows_the_rule_before_it_is_saved(site: Site) -> None:
    cast = site.cast
    with tenant_context(cast.acme.id):
        publish(make_plan(), [rate("0.08")])
        assign(PlanVersion.objects.get().plan)
        sell(cast.northwind, make_product("HW", "hardware"), "A1", date(2026, 1, 10), 800_00)
        sell(cast.northwind, make_product("SW", "software"), "A2", date(2026, 2, 10), 500_00)
    narrow(Newcomer(site.enter(cast.vera, language="en"), "en"))
    only_hardware = {"all": [{"fact": "category", "op": "in", "value": ["hardware"]}]}
    assert component_of_the_draft(site) == rate("0.1", basis="revenue", where=only_hardware)
    widen(Newcomer(site.enter(cast.vera, language="ru"), "ru"))
    assert component_of_the_draft(site) == rate("0.12", basis="revenue")


def narrow(admin: Newcomer) -> None:
    """10 % of hardware alone."""
    admin.go("Plans")
    admin.follow("Base")
    admin.go("New version")
    admin.fill("In force from", "2027-01-01")
    admin.press(admin.word("Save"))
    open_component(admin)
    would_get(admin, 40_00)
    admin.fill("Rate, %", "10")
    would_get(admin, 50_00)
    admin.press(admin.word("Add a condition"))
    expect(admin.page.locator(UNSETTLED)).to_have_count(0)
    fact = admin.page.get_by_role("combobox", name=admin.word("What to look at"), exact=True)
    fact.select_option(label=admin.word("category"))
    admin.click(admin.page.get_by_role("checkbox", name="hardware"))
    would_get(admin, 80_00)
    save(admin)


def widen(admin: Newcomer) -> None:
    """12 % of everything: the condition of the other language is there to be taken out."""
    admin.go("Plans")
    admin.follow("Base")
    admin.follow(admin.word("Version %(n)s") % {"n": 2})
    open_component(admin)
    would_get(admin, 80_00)
    admin.press(admin.word("Take this condition out"))
    would_get(admin, 50_00)
    admin.fill("Rate, %", "12")
    would_get(admin, 60_00)
    save(admin)


def open_component(admin: Newcomer) -> None:
    admin.click(way_in(admin))


def save(admin: Newcomer) -> None:
    admin.press(admin.word("Save"))
    expect(way_in(admin)).to_be_visible()


def way_in(admin: Newcomer) -> Locator:
    return admin.page.get_by_role("link", name=admin.word("Change", "button"), exact=True).first


def would_get(admin: Newcomer, amount_minor: int) -> None:
    told = admin.word("%(partner)s would get %(amount)s")
    known = {"partner": "Northwind", "amount": admin.money(amount_minor)}
    expect(admin.page.locator("#example")).to_contain_text(told % known, timeout=A_JOB)


def component_of_the_draft(site: Site) -> dict[str, Any]:
    with tenant_context(site.cast.acme.id):
        components: list[dict[str, Any]] = PlanVersion.objects.get(number=2).document["components"]
    (component,) = components
    return component
