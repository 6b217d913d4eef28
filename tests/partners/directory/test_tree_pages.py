"""The tree around a partner as of a day, as the vendor's staff see it."""

from datetime import date

import pytest

from partners.directory.actions import move_partner
from partners.directory.models import Partner
from partners.directory.network import Branch, tree_on
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, make_partner
from tests.support.clients import client_of

MOVED_ON = date(2026, 3, 1)


@pytest.fixture
def shop(cast: Cast) -> Partner:
    """Northwind above Middle above Shop until the end of February; from March on Shop stands under Southwind."""
    middle, shop = make_partner(cast.acme, "MI", "Middle"), make_partner(cast.acme, "SH", "Shop")
    with tenant_context(cast.acme.id):
        for partner, parent, day in (
            (middle, cast.northwind, date(2026, 1, 1)),
            (shop, middle, date(2026, 1, 1)),
            (shop, cast.southwind, MOVED_ON),
        ):
            move_partner(actor=cast.vera.actor, partner=partner, parent=parent, starts_on=day, at=NOW)
    return shop


def named(branch: Branch) -> tuple[str, list[object]]:
    return (branch.partner.name if branch.partner else "?", [named(below) for below in branch.below])


def test_the_tree_of_a_day(cast: Cast, shop: Partner) -> None:
    with tenant_context(cast.acme.id):
        before = tree_on(cast.vera.actor, cast.northwind, date(2026, 2, 28))
        after = tree_on(cast.vera.actor, cast.northwind, MOVED_ON)
        of_shop = tree_on(cast.vera.actor, shop, date(2026, 2, 28))
    assert named(before.root) == ("Northwind", [("Middle", [("Shop", [])])])
    assert before.root.size == 2
    assert named(after.root) == ("Northwind", [("Middle", [])])
    assert [named(branch)[0] for branch in of_shop.above] == ["Northwind", "Middle"]


def test_the_page_takes_the_day(cast: Cast, shop: Partner) -> None:
    vera = client_of(cast.vera)
    address = f"/acme/m/partners/{cast.northwind.id}/tree/"
    assert "Shop" in vera.get(f"{address}?on=2026-02-28").content.decode()
    assert "Shop" not in vera.get(f"{address}?on=2026-03-01").content.decode()
    assert "1 partner below." in vera.get(f"{address}?on=nonsense").content.decode()


def test_a_manager_meets_no_names_from_behind_the_wall(cast: Cast, shop: Partner) -> None:
    page = client_of(cast.nina).get(f"/acme/m/partners/{cast.northwind.id}/tree/?on=2026-02-28")
    content = page.content.decode()
    assert "Northwind" in content
    assert content.count("a partner outside your portfolio") == 2
    assert "Shop" not in content
    assert client_of(cast.nina).get(f"/acme/m/partners/{shop.id}/tree/").status_code == 404
