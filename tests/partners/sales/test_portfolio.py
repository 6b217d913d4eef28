"""A channel manager sends sales of the own portfolio in, and touches nobody else's."""

from datetime import timedelta
from typing import Any

import pytest

from partners.directory.models import Partner
from partners.sales.importing import SALES
from partners.sales.models import SaleLine
from prm.accounts.actor import Actor
from prm.imports import actions
from prm.imports.models import Import
from prm.imports.queries import access_import, rows_in_error
from prm.imports.work import work_on_applying, work_on_check, work_on_undoing
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast
from tests.support.deals import make_line, register
from tests.support.rows import nothing_written_in
from tests.support.sales import effects, line, record, sold, stock

HALVES = [{"partner": "NW", "percent": "50"}, {"partner": "SW", "percent": "50"}]


@pytest.fixture
def acme(cast: Cast) -> Cast:
    """Lines of the ERP: Northwind's own, Southwind's, one that both share, and a direct one."""
    stock(cast)
    with tenant_context(cast.acme.id):
        record(
            cast.system,
            [
                line("OWN"),
                line("FOREIGN", partner="SW"),
                line("SHARED", splits=HALVES),
                line("DIRECT", partner=None),
            ],
        )
    return cast


def sends(actor: Actor, cast: Cast, *lines: Any, **more: Any) -> list[str]:
    with tenant_context(cast.acme.id):
        return effects(record(actor, list(lines), at=NOW + timedelta(hours=1), **more))


def test_sales_of_the_own_portfolio_are_recorded_and_amended(acme: Cast) -> None:
    assert sends(acme.nina.actor, acme, line("NEW"), line("OWN", "120.00")) == ["created", "updated"]


REFUSED = [
    (line("X", partner="SW"), "unknown_partner"),
    (line("X", splits=HALVES), "unknown_partner"),
    (line("X", partner=None), "partner_not_named"),
    (line("FOREIGN", "120.00"), "line_outside"),
    (line("SHARED", "120.00"), "line_outside"),
    (line("DIRECT", "120.00"), "line_outside"),
    (line("X", kind="refund", refunds="FOREIGN"), "unknown_sale"),
    (line("X", kind="refund", refunds="SHARED"), "unknown_sale"),
    (line("X", kind="refund", refunds="NONE"), "unknown_sale"),
]


@pytest.mark.parametrize(("told", "code"), REFUSED, ids=[f"{t.external_id}-{c}" for t, c in REFUSED])
def test_what_counts_for_others_is_refused_and_stays(acme: Cast, told: Any, code: str) -> None:
    with nothing_written_in(acme.acme):
        assert sends(acme.nina.actor, acme, told) == [code]
    assert sends(acme.vera.actor, acme, told)[0] in ("created", "updated")


def test_a_refund_of_an_own_sale_is_taken_also_beside_its_sale(acme: Cast) -> None:
    refunds = [line("R1", kind="refund", refunds="OWN"), line("R2", kind="refund", refunds="NEW")]
    assert sends(acme.nina.actor, acme, *refunds, line("NEW")) == ["created"] * 3


def test_a_line_that_the_weights_of_a_deal_share_stays_its_sellers(acme: Cast) -> None:
    with tenant_context(acme.acme.id):
        terms = [
            {"partner_id": str(partner.id), "parts": 1, "deal_id": str(acme.acme.id)}
            for partner in (acme.northwind, acme.southwind)
        ]
        SaleLine.objects.filter(external_id__in=["OWN", "FOREIGN"]).update(split_terms=terms)
    assert sends(acme.nina.actor, acme, line("OWN")) == ["unchanged"]
    assert sends(acme.nina.actor, acme, line("FOREIGN")) == ["line_outside"]


@pytest.mark.parametrize(("who", "effect"), [("paul", "created"), ("sven", "unknown_deal")])
def test_a_deal_is_named_only_where_the_manager_may_know_of_it(acme: Cast, who: str, effect: str) -> None:
    make_line(acme)
    deal = register(getattr(acme, who))
    named = line("X", deal=f"D-{deal.number}")
    assert sends(acme.nina.actor, acme, named) == [effect]
    assert sends(acme.vera.actor, acme, named)[0] in ("created", "unchanged")


class Desk:
    """Nina sends a file in; the work is called as the task calls it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def take(self, text: str) -> Import:
        actor = self.cast.nina.actor
        with tenant_context(self.cast.acme.id):
            batch = actions.take_file(
                actor=actor, kind=SALES, source="erp", name="s.csv", content=text.encode(), at=NOW
            )
            actions.start_check(actor=actor, batch=batch, mapping=batch.mapping, decimal="auto", at=NOW)
        work_on_check(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: NOW)
        return self.again(batch)

    def apply(self, batch: Import) -> Import:
        with tenant_context(self.cast.acme.id):
            actions.start_applying(actor=self.cast.nina.actor, batch=batch, whole=False, at=NOW)
        work_on_applying(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: NOW)
        return self.again(batch)

    def undo(self, batch: Import) -> Import:
        with tenant_context(self.cast.acme.id):
            actions.start_undo(actor=self.cast.nina.actor, batch=batch, at=NOW)
        work_on_undoing(tenant_id=self.cast.acme.id, import_id=batch.id, now=lambda: NOW)
        return self.again(batch)

    def again(self, batch: Import) -> Import:
        with tenant_context(self.cast.acme.id):
            return access_import(self.cast.nina.actor, batch.id)


HEAD = "External id;Date;Partner;Product;Amount;Currency\n"
FILE = f"{HEAD}N-1;01.03.2026;NW;BIKE;10;EUR\nN-2;01.03.2026;SW;BIKE;20;EUR\n"


def test_in_a_file_a_foreign_partner_is_an_unknown_one(acme: Cast) -> None:
    desk = Desk(acme)
    batch = desk.take(FILE)
    with tenant_context(acme.acme.id):
        [row] = rows_in_error(batch)
        assert (row.number, row.errors[0]["column"], row.errors[0]["code"]) == (
            3,
            "partner",
            "unknown_partner",
        )
    assert desk.apply(batch).counts["applied"] == 1
    with tenant_context(acme.acme.id):
        assert sold("N-1").partner_id == acme.northwind.id
        assert not SaleLine.objects.filter(external_id="N-2").exists()


def test_a_file_is_not_taken_back_when_its_partner_has_left_the_portfolio(acme: Cast) -> None:
    desk = Desk(acme)
    batch = desk.apply(desk.take(FILE))
    with tenant_context(acme.acme.id):
        Partner.objects.filter(id=acme.northwind.id).update(manager=None)
        before = list(SaleLine.objects.values())
    assert desk.undo(batch).state == "applied"
    with tenant_context(acme.acme.id):
        assert list(SaleLine.objects.values()) == before
        Partner.objects.filter(id=acme.northwind.id).update(manager=acme.nina.membership)
    assert desk.undo(batch).state == "undone"
