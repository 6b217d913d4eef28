"""Segments over real sales: the counts of the acceptance page, from rules over the rollup."""

from datetime import date
from typing import Any

import pytest

from analytics.facts.actions import mark_everything, refresh_facts
from partners.segments.language import read_rule
from partners.segments.selection import matching
from prm.tenancy.context import tenant_context
from prm.tenancy.models import Tenant
from tests.support.adventureworks import sample_folder
from tests.support.cast import NOW
from tests.support.stored_sales import load_sample

pytestmark = pytest.mark.skipif(sample_folder() is None, reason="PRM_SAMPLE_DATA names no folder")
END_OF_2019 = date(2019, 12, 31)


def sold(op: str, amount: str, **terms: str) -> dict[str, Any]:
    return {"fact": "sales_volume", "with": {"over": "2019", **terms}, "op": op, "value": amount}


def leaf(fact: str, op: str, value: Any, **terms: str) -> dict[str, Any]:
    return {"fact": fact, "op": op, "value": value, **({"with": terms} if terms else {})}


FELL = [leaf("sales_change", "lt", "-20", over="2019")]
COUNTS = {
    "A": (71, [sold("gte", "150000")]),
    "B": (137, [sold("gte", "50000"), sold("lt", "150000")]),
    "C": (347, [sold("gt", "0"), sold("lt", "50000")]),
    "none": (146, [sold("eq", "0")]),
    "fell": (207, FELL),
    "fell, US": (157, [*FELL, leaf("country", "eq", "US")]),
    "fell, CA": (42, [*FELL, leaf("country", "eq", "CA")]),
    "fell, GB": (5, [*FELL, leaf("country", "eq", "GB")]),
    "fell, FR": (3, [*FELL, leaf("country", "eq", "FR")]),
    "warehouses": (
        77,
        [leaf("region", "eq", "Warehouse"), leaf("country", "in", ["US", "CA"]), sold("gte", "50000")],
    ),
    "specialists": (
        103,
        [sold("gte", "50000"), leaf("category_share", "gte", "80", category="bikes", over="2019")],
    ),
    "sold in 2018": (417, [{**sold("gt", "0"), "with": {"over": "2018"}}]),
    **{
        f"first sale in {first:%b}": (
            count,
            [
                leaf("first_sale_on", "gte", first.isoformat()),
                leaf("first_sale_on", "lt", until.isoformat()),
            ],
        )
        for count, first, until in (
            (4, date(2019, 1, 1), date(2019, 4, 1)),
            (4, date(2019, 4, 1), date(2019, 7, 1)),
            (195, date(2019, 7, 1), date(2019, 10, 1)),
            (7, date(2019, 10, 1), date(2020, 1, 1)),
        )
    },
}


def test_counts(own_database: str) -> None:
    folder = sample_folder()
    assert folder is not None
    tenant = load_sample(folder, date(2017, 7, 1))
    with tenant_context(tenant.id):
        mark_everything(at=NOW)
    while _refreshed(tenant):
        pass
    with tenant_context(tenant.id):
        found = {
            name: len(matching(read_rule({"all": rule}), END_OF_2019))
            for name, (_count, rule) in COUNTS.items()
        }
    assert found == {name: count for name, (count, _rule) in COUNTS.items()}


def _refreshed(tenant: Tenant) -> int:
    with tenant_context(tenant.id):
        return refresh_facts()
