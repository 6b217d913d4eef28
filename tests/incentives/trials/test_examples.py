"""A rule of pay on a real recent sale: what it would pay, or why nothing; nothing is saved."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incentives.plans.models import Plan, PlanVersion
from partners.customers.models import Customer
from partners.directory.models import PartnerParent
from partners.products.models import Product
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast, Person
from tests.support.clients import client_of
from tests.support.commission import amounts_of, assign, calculate, make_plan, make_product, publish, sell
from tests.support.plan_facts import bonus, override, rate, tiers
from tests.support.rows import nothing_written_in

RATE = {"id": "base", "percent": "5", "basis": "revenue", "negative": "pay"}
VOLUME = tiers("marginal", [("0", "0.05"), ("1000", "0.1")], "volume", measure="revenue", window="quarter")


@pytest.fixture
def product(cast: Cast) -> Product:
    """Northwind sells hardware, Southwind stands above it; nobody has sold anything yet."""
    with tenant_context(cast.acme.id):
        PartnerParent.objects.create(
            partner=cast.northwind, parent=cast.southwind, starts_on=date(2026, 1, 1)
        )
        return make_product("HW", "hardware")


@pytest.fixture
def sold(cast: Cast, product: Product) -> Product:
    """800.00 to Globex on 10 January, then 500.00 of software to nobody named on 10 February."""
    with tenant_context(cast.acme.id):
        globex = Customer.objects.create(
            code="G", name="Globex", industry="retail", changed_at=product.changed_at
        )
        sell(cast.northwind, product, "A1", date(2026, 1, 10), 800_00, customer=globex)
        sell(cast.northwind, make_product("SW", "software"), "A2", date(2026, 2, 10), 500_00)
    return product


@pytest.fixture
def version(cast: Cast, product: Product) -> PlanVersion:
    return drafted(cast)


def drafted(cast: Cast, *components: dict[str, Any]) -> PlanVersion:
    with tenant_context(cast.acme.id):
        version = publish(make_plan(f"base{Plan.objects.count()}"), list(components) or [rate()])
        return PlanVersion.objects.create(
            plan=version.plan,
            number=2,
            document=version.document,
            starts_on=date(2027, 1, 1),
            edited_at=version.edited_at,
        )


def told(cast: Cast, version: PlanVersion, typed: dict[str, Any] | None = None, kind: str = "rate") -> Any:
    """The answer as text; without `typed` that of the page of the version."""
    page = f"/acme/m/plans/versions/{version.id}/"
    page += "example/" if typed is None else f"components/example/{kind}/"
    with nothing_written_in(cast.acme):
        answer = client_of(cast.vera).post(page, typed or {})
    assert answer.status_code == 200
    return answer


def amounts(answer: Any) -> list[tuple[str, str, int]]:
    return [
        (one["paid"].partner, one["paid"].title, one["paid"].amount_minor) for one in answer.context["paid"]
    ]


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_without_a_sale_it_says_so(cast: Cast, version: PlanVersion) -> None:
    assert "There is no sale yet to show it on." in text_of(told(cast, version, RATE))
    assert "There is no sale yet to show it on." in text_of(told(cast, version))


def test_what_is_typed_is_shown_on_the_newest_sale(cast: Cast, sold: Product, version: PlanVersion) -> None:
    seen = text_of(told(cast, version, RATE))
    assert "10 Feb 2026: Northwind sold SW for €500.00." in seen
    assert "Northwind would get €25.00</strong> (5%)" in seen
    assert amounts(told(cast, version, RATE | {"percent": "6"})) == [("Northwind", "base", 30_00)]


def asking(fact: str, *values: str) -> dict[str, Any]:
    return {"where-0-fact": fact, "where-0-op": "in", "where-0-value": list(values)}


def test_the_newest_sale_that_it_pays_is_chosen(cast: Cast, sold: Product, version: PlanVersion) -> None:
    answer = told(cast, version, RATE | asking("category", "hardware"))
    assert "10 Jan 2026: Northwind sold HW to Globex for €800.00." in text_of(answer)
    assert amounts(answer) == [("Northwind", "base", 40_00)]


def test_where_it_pays_none_the_newest_one_says_why(cast: Cast, sold: Product, version: PlanVersion) -> None:
    seen = text_of(told(cast, version, RATE | asking("region", "South")))
    assert "10 Feb 2026: Northwind sold SW for €500.00." in seen
    assert "It would pay nothing for this sale, the newest one." in seen
    assert "The plan asks that region is one of South; this sale has: North." in seen


def test_a_volume_counts_what_was_sold_before(cast: Cast, sold: Product, version: PlanVersion) -> None:
    """200.00 of the 500.00 at 5 %, the rest above 1,000.00 at 10 %."""
    typed = {
        "id": "volume", "mode": "marginal", "measure": "revenue", "window": "quarter", "negative": "pay",
        "pays": "rate", "measured": "paid", "from_0": "0", "pays_0": "5", "from_1": "1000", "pays_1": "10",
    }  # fmt: skip
    answer = told(cast, version, typed, "tiers")
    assert amounts(answer) == [("Northwind", "volume", 40_00)]
    assert "Northwind would get €40.00</strong></p>" in text_of(answer)


def test_who_stands_above_is_told_by_name(cast: Cast, sold: Product, version: PlanVersion) -> None:
    """2 % of what the seller earns under the version's other component."""
    typed = {"id": "above", "basis": "commission", "level_1": "2"}
    assert amounts(told(cast, version, typed, "override")) == [("Southwind", "above", 50)]


def test_a_bonus_is_told_with_its_window(cast: Cast, sold: Product, version: PlanVersion) -> None:
    typed = {
        "id": "bonus", "starts": "goal", "measure": "revenue", "window": "quarter", "negative": "pay",
        "from_0": "1000", "pays_0": "70",
    }  # fmt: skip
    answer = told(cast, version, typed, "bonus")
    assert amounts(answer) == [("Northwind", "bonus", 70_00)]
    assert "Bonus, January 2026 – March 2026" in text_of(answer)


def test_a_form_that_is_not_filled_in_yet_is_waited_for(
    cast: Cast, sold: Product, version: PlanVersion
) -> None:
    for typed in (
        RATE | {"percent": ""},
        RATE | asking("region"),
        RATE | {"percent": "5", "starts_on": "soon"},
    ):
        assert "Fill in what is missing" in text_of(told(cast, version, typed))


def test_the_id_may_still_be_missing(cast: Cast, sold: Product, version: PlanVersion) -> None:
    assert amounts(told(cast, version, RATE | {"id": ""})) == [("Northwind", "example", 25_00)]


def test_the_page_of_a_version_shows_all_its_components(cast: Cast, sold: Product) -> None:
    version = drafted(cast, rate("0.1", title="Flat"), VOLUME, override("0.01"))
    answer = told(cast, version)
    assert amounts(answer) == [
        ("Northwind", "Flat", 50_00),
        ("Northwind", "volume", 40_00),
        ("Southwind", "above", 5_00),
    ]
    page = client_of(cast.vera).get(f"/acme/m/plans/versions/{version.id}/").content.decode()
    assert f'hx-post="/acme/m/plans/versions/{version.id}/example/"' in page
    assert "On a real sale" in page


def test_it_is_what_the_calculation_then_posts_for_the_sale(cast: Cast, sold: Product) -> None:
    version = drafted(cast, rate("0.1", title="Flat"), VOLUME)
    shown = [amount for _partner, _title, amount in amounts(told(cast, version))]
    with tenant_context(cast.acme.id):
        assign(version.plan)
    calculate(cast.acme, date(2026, 1, 1))
    assert amounts_of(calculate(cast.acme, date(2026, 2, 1))) == shown == [50_00, 40_00]


def test_a_faulty_version_waits_for_its_mending(cast: Cast, sold: Product, version: PlanVersion) -> None:
    with tenant_context(cast.acme.id):
        PlanVersion.objects.filter(id=version.id).update(document={"currency": "EUR", "components": []})
    assert "Fill in what is missing" in text_of(told(cast, version))


@pytest.mark.parametrize(("who", "sees"), [("vera", True), ("felix", True), ("nina", False)])
def test_only_who_may_test_plans_sees_it(
    cast: Cast, sold: Product, version: PlanVersion, who: str, sees: bool
) -> None:
    person: Person = getattr(cast, who)
    page = f"/acme/m/plans/versions/{version.id}/"
    assert ("On a real sale" in client_of(person).get(page).content.decode()) == sees
    assert client_of(person).post(f"{page}example/").status_code == (200 if sees else 403)


def test_the_number_of_queries_does_not_grow_with_the_sales(
    cast: Cast, sold: Product, version: PlanVersion
) -> None:
    with CaptureQueriesContext(connection) as two:
        told(cast, version, RATE)
    with tenant_context(cast.acme.id):
        for number in range(20):
            sell(cast.northwind, sold, f"B{number}", date(2026, 2, 11), 10_00)
    with CaptureQueriesContext(connection) as many:
        told(cast, version, RATE)
    assert len(many) == len(two)


def test_the_page_of_a_version_asks_as_much_whatever_its_components(cast: Cast, sold: Product) -> None:
    pages = []
    for components in ([rate()], [rate(component_id=f"c{number}") for number in range(20)]):
        version = drafted(cast, *components, bonus({"goal": "10", "amount": "1"}))
        with CaptureQueriesContext(connection) as asked:
            client_of(cast.vera).get(f"/acme/m/plans/versions/{version.id}/")
        pages.append(len(asked))
    assert pages[0] == pages[1]
