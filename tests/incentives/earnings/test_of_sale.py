"""From a sale to what it earned or why it did not: a column for the partner, a panel for the vendor, and the search."""

from datetime import date
from uuid import UUID

import pytest

from incentives.earnings.models import Entry
from partners.sales.models import SaleLine
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.clients import client_of
from tests.support.commission import assign, calculate, make_plan, make_product, publish, sell
from tests.support.sales import line, record

JAN = date(2026, 1, 1)


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """Northwind: EARNS earns, POSTAGE is of a product that earns nothing, LATER is not calculated, half of Southwind's
    SHARED. Southwind has no plan."""
    halves = [{"partner": code, "percent": "50"} for code in ("NW", "SW")]
    with tenant_context(cast.acme.id):
        plan = make_plan()
        publish(plan, [{"id": "base", "type": "rate", "rate": "0.1"}])
        assign(plan, audience="partner", target=str(cast.northwind.id))
        scale, postage = make_product("SCALE"), make_product("POSTAGE", earns=False)
        sell(cast.northwind, scale, "EARNS", date(2026, 1, 10), 100_000, order_number="SO-1")
        sell(cast.northwind, postage, "POSTAGE", date(2026, 1, 11), 5_000, order_number="SO-1")
        sell(cast.southwind, scale, "NOPLAN", date(2026, 1, 12), 7_000, order_number="SO-2")
        shared = line(
            "SHARED", "60.00", partner="SW", product="SCALE", occurred_on="2026-01-13", splits=halves
        )
        record(cast.system, [shared])
    calculate(cast.acme, JAN)
    with tenant_context(cast.acme.id):
        sell(cast.northwind, scale, "LATER", date(2026, 2, 1), 100_000)
    return cast


def id_of(cast: Cast, external_id: str) -> UUID:
    with tenant_context(cast.acme.id):
        return SaleLine.objects.get(external_id=external_id).id


def entry_of(cast: Cast, external_id: str) -> Entry:
    with tenant_context(cast.acme.id):
        return Entry.objects.get(line_id=id_of(cast, external_id))


def page(cast: Cast, who: str, path: str) -> str:
    answer = client_of(getattr(cast, who)).get(f"/acme/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_partner_goes_from_its_sale_to_its_earning_or_the_reason(acme: Cast) -> None:
    entry = entry_of(acme, "EARNS")
    sales = page(acme, "paul", "p/sales/")
    assert f'<a href="/acme/p/earnings/{entry.id}/">€100.00</a>' in sales
    reason = f"/acme/p/earnings/nothing/?line={id_of(acme, 'POSTAGE')}"
    assert f'<a href="{reason}">Product earns nothing</a>' in sales
    assert "Not calculated yet" in sales
    told = page(acme, "paul", reason.removeprefix("/acme/"))
    assert "The product is marked as one that earns no commission." in told


def test_a_share_of_anothers_sale_leads_to_what_it_earned(acme: Cast) -> None:
    shared = page(acme, "paul", "p/sales/?tab=shared")
    assert f'<a href="/acme/p/earnings/{entry_of(acme, "SHARED").id}/">€3.00</a>' in shared


def test_several_entries_of_a_sale_lead_to_their_list(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        entry = Entry.objects.get(line_id=id_of(acme, "EARNS"))
        line_id = entry.line_id
        entry.pk, entry.amount_minor, entry.payout_amount_minor = None, -4_000, -4_000
        Entry.objects.create(
            **{f.attname: getattr(entry, f.attname) for f in Entry._meta.fields if f.name != "id"}
        )
    sales = page(acme, "paul", "p/sales/")
    assert f'<a href="/acme/p/earnings/?line={line_id}">€60.00</a>' in sales
    assert page(acme, "paul", f"p/earnings/?line={line_id}").count("−€40.00") == 1


@pytest.mark.parametrize(("who", "path"), [("paul", "p/earnings/nothing/"), ("vera", "m/earnings/nothing/")])
@pytest.mark.parametrize("typed", ["POSTAGE", "SO-1", " SO-1 "])
def test_what_earned_nothing_is_found_by_order_or_line_id(
    acme: Cast, who: str, path: str, typed: str
) -> None:
    found = page(acme, who, f"{path}?q={typed}")
    assert "Product earns nothing" in found
    assert "No plan was assigned" not in found
    nothing = page(acme, who, f"{path}?q=SO-")
    assert "No sale that earned nothing matches" in nothing


def test_a_partner_finds_nothing_of_others(acme: Cast) -> None:
    for asked in ("q=NOPLAN", "q=SO-2", f"line={id_of(acme, 'NOPLAN')}"):
        assert "No sale that earned nothing matches" in page(acme, "paul", f"p/earnings/nothing/?{asked}")
    assert "No plan" in page(acme, "vera", "m/earnings/nothing/?q=SO-2")
    assert "No sale that earned nothing matches" in page(acme, "nina", "m/earnings/nothing/?q=SO-2")


def test_the_page_of_a_sale_shows_what_it_earned_or_why_not(acme: Cast) -> None:
    entry = entry_of(acme, "EARNS")
    earned = page(acme, "vera", f"m/sales/{id_of(acme, 'EARNS')}/")
    assert f'<a href="/acme/m/earnings/{entry.id}/">€100.00</a>' in earned
    assert "Northwind: Product earns nothing" in page(acme, "vera", f"m/sales/{id_of(acme, 'POSTAGE')}/")
    assert "Not calculated yet" in page(acme, "vera", f"m/sales/{id_of(acme, 'LATER')}/")
