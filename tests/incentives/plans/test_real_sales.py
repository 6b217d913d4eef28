"""The reference on real sales: seven plans over the AdventureWorks resellers, each total and partner to the cent."""

from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import pytest

from incentives.plans.facts import Facts, SaleLine
from prm.kit.money import format_plain
from tests.support.adventureworks import read_lines, read_partners, read_products, sample_folder
from tests.support.plan_facts import document, everyone, plan, rate, run, tiers, version

pytestmark = pytest.mark.skipif(sample_folder() is None, reason="PRM_SAMPLE_DATA names no folder")

QUARTERLY = [("0", "0.03"), ("20000", "0.05"), ("60000", "0.08")]
YEARLY = [("0", "0.03"), ("50000", "0.05"), ("150000", "0.08")]
CATEGORIES = {"bikes": "0.04", "accessories": "0.1", "clothing": "0.08", "components": "0.05"}
Y2019 = (date(2019, 1, 1), date(2020, 1, 1))
ALL_YEARS = (date(2017, 1, 1), date(2021, 1, 1))


def category_rate(category: str, value: str) -> dict[str, Any]:
    where = {"all": [{"fact": "category", "op": "eq", "value": category}]}
    return rate(value, category, where=where)


CASES: dict[str, tuple[list[dict[str, Any]], tuple[date, date], int, str, dict[str, str]]] = {
    "flat": (
        [rate("0.05")],
        Y2019,
        26758,
        "1625023.46",
        {"546": "18527.23", "697": "18216.86", "72": "18157.54"},
    ),
    "marginal per quarter": (
        [tiers("marginal", QUARTERLY, window="quarter")],
        Y2019,
        26758,
        "1421367.57",
        {"599": "23008.66", "546": "20957.36", "697": "20346.88"},
    ),
    "retroactive per quarter": (
        [tiers("retroactive", QUARTERLY, window="quarter")],
        Y2019,
        26758,
        "1928972.62",
        {"697": "29146.84", "72": "29051.89", "546": "27957.33"},
    ),
    "marginal per year": (
        [tiers("marginal", YEARLY, window="year")],
        Y2019,
        26758,
        "1520333.53",
        {"546": "24143.39", "697": "23646.89", "72": "23551.92"},
    ),
    "retroactive per year": (
        [tiers("retroactive", YEARLY, window="year")],
        Y2019,
        26758,
        "2047834.70",
        {"546": "29643.31", "697": "29146.84", "72": "29051.89"},
    ),
    "whole transaction": (
        [tiers("whole_transaction", YEARLY, window="year")],
        Y2019,
        26758,
        "1721037.91",
        {},
    ),
    "by category": (
        [category_rate(category, value) for category, value in CATEGORIES.items()],
        ALL_YEARS,
        57851,
        "3315144.76",
        {"697": "36557.62", "678": "34997.91", "514": "34195.65"},
    ),
}


@cache
def sales() -> tuple[SaleLine, ...]:
    return read_lines()


def known(components: list[dict[str, Any]]) -> Facts:
    return Facts(
        lines=sales(),
        partners=read_partners(),
        products=read_products(),
        plans=(plan(version(document(*components, currency="USD"))),),
        assignments=(everyone(),),
    )


def test_the_sample_is_whole() -> None:
    lines = sales()
    assert len(lines) == 57851
    assert sum(line.amount_minor for line in lines) == 7754857020
    assert len({line.order_number for line in lines}) == 3616
    assert len({line.partner_id for line in lines}) == 632
    assert len(read_partners()) == 701


@pytest.mark.parametrize("case", CASES)
def test_to_the_cent(case: str) -> None:
    components, (starts_on, ends_on), entries, whole, largest = CASES[case]
    found = run(known(components), ends_on=ends_on, starts_on=starts_on)
    by_partner: Counter[str] = Counter()
    for target in found.targets:
        by_partner[target.key.partner_id] += target.amount_minor
    assert len(found.targets) == entries
    assert format_plain(by_partner.total(), "USD") == whole
    shown = {partner: format_plain(minor, "USD") for partner, minor in by_partner.most_common(len(largest))}
    assert shown == largest
    assert (found.looked_at, found.earned, found.funnel) == (entries, entries, {})
