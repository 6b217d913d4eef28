"""The seven plans over a sample of real sales, and what must come out of each, to the cent.

Promise: the real sample's numbers are those of the acceptance page, the generated one's come from the separate
calculation; called by the tests of plans and earnings and by the acceptance command.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prm.kit.periods import Period
from tests.support.adventureworks import sample_folder
from tests.support.generated_sales import write_sample
from tests.support.plan_facts import rate, tiers

QUARTERLY = [("0", "0.03"), ("20000", "0.05"), ("60000", "0.08")]
YEARLY = [("0", "0.03"), ("50000", "0.05"), ("150000", "0.08")]
CATEGORIES = {"bikes": "0.04", "accessories": "0.1", "clothing": "0.08", "components": "0.05"}
Y2019 = (date(2019, 1, 1), date(2020, 1, 1))
ALL_YEARS = (date(2017, 1, 1), date(2021, 1, 1))
WITH_THE_SAMPLE = pytest.mark.skipif(sample_folder() is None, reason="PRM_SAMPLE_DATA names no folder")
SAMPLES = ["generated", pytest.param("real", marks=WITH_THE_SAMPLE)]


def folder_of(sample: str, spare: Path) -> Path:
    """Where the sample lies; the generated one is written into `spare`."""
    if sample == "generated":
        return write_sample(spare)
    folder = sample_folder()
    assert folder is not None
    return folder


@dataclass(frozen=True)
class Whole:
    """What a sample is before anything is calculated, and the months that it covers."""

    lines: int
    orders: int
    sellers: int
    resellers: int
    amount: str
    first: Period
    last: Period


@dataclass(frozen=True)
class Expected:
    """How many lines earn, what they earn together, and the resellers who earn most."""

    entries: int
    total: str
    largest: dict[str, str]


@dataclass(frozen=True)
class Case:
    """A plan for everyone over these days, and what comes out per sample."""

    components: list[dict[str, Any]]
    days: tuple[date, date]
    expected: dict[str, Expected]


def _case(
    components: list[dict[str, Any]],
    days: tuple[date, date],
    real: tuple[str, dict[str, str]],
    generated: tuple[str, dict[str, str]],
) -> Case:
    counts = {"real": 26_758, "generated": 2_252} if days == Y2019 else {"real": 57_851, "generated": 3_135}
    told = {"real": real, "generated": generated}
    return Case(components, days, {sample: Expected(counts[sample], *told[sample]) for sample in counts})


def _category_rate(category: str, value: str) -> dict[str, Any]:
    where = {"all": [{"fact": "category", "op": "in", "value": [category]}]}
    return rate(value, category, where=where)


WHOLES = {
    "real": Whole(57_851, 3_616, 632, 701, "77548570.20", Period(2017, 7), Period(2020, 5)),
    "generated": Whole(3_135, 194, 31, 48, "4216851.60", Period(2018, 10), Period(2020, 2)),
}
CASES = {
    "flat": _case(
        [rate("0.05")],
        Y2019,
        ("1625023.46", {"546": "18527.23", "697": "18216.86", "72": "18157.54"}),
        ("149867.50", {"1": "19701.64", "6": "14736.75", "4": "11332.91"}),
    ),
    "marginal per quarter": _case(
        [tiers("marginal", QUARTERLY, window="quarter")],
        Y2019,
        ("1421367.57", {"599": "23008.66", "546": "20957.36", "697": "20346.88"}),
        ("147727.04", {"1": "23203.93", "6": "17006.80", "4": "12299.16"}),
    ),
    "retroactive per quarter": _case(
        [tiers("retroactive", QUARTERLY, window="quarter")],
        Y2019,
        ("1928972.62", {"697": "29146.84", "72": "29051.89", "546": "27957.33"}),
        ("196127.03", {"1": "30203.95", "6": "21806.77", "4": "17099.15"}),
    ),
    "marginal per year": _case(
        [tiers("marginal", YEARLY, window="year")],
        Y2019,
        ("1520333.53", {"546": "24143.39", "697": "23646.89", "72": "23551.92"}),
        ("142908.06", {"1": "26022.53", "6": "18078.65", "4": "12632.55"}),
    ),
    "retroactive per year": _case(
        [tiers("retroactive", YEARLY, window="year")],
        Y2019,
        ("2047834.70", {"546": "29643.31", "697": "29146.84", "72": "29051.89"}),
        ("192407.91", {"1": "31522.53", "6": "23578.62", "4": "18132.52"}),
    ),
    "whole transaction": _case(
        [tiers("whole_transaction", YEARLY, window="year")],
        Y2019,
        ("1721037.91", {}),
        ("155143.58", {"1": "26334.09", "6": "19718.28", "4": "14145.53"}),
    ),
    "by category": _case(
        [_category_rate(category, value) for category, value in CATEGORIES.items()],
        ALL_YEARS,
        ("3315144.76", {"697": "36557.62", "678": "34997.91", "514": "34195.65"}),
        ("183363.82", {"1": "24160.27", "4": "14546.87", "6": "14221.86"}),
    ),
}
