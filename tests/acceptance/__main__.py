"""Print every acceptance number: name, expected, got, ok or DIFF; exits 1 on a difference, 2 without the sample."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prm.settings")
django.setup()

from tests.acceptance.back_dating import back_dating  # noqa: E402
from tests.acceptance.cases import (  # noqa: E402
    Number,
    generated_sales,
    history,
    real_sales,
    splits,
    tiers_in_three_modes,
)
from tests.acceptance.clawback import clawback  # noqa: E402
from tests.acceptance.deals import protected_deal  # noqa: E402
from tests.acceptance.funds import marketing_funds  # noqa: E402
from tests.acceptance.imports import ten_thousand_partners  # noqa: E402
from tests.acceptance.races import at_the_same_moment  # noqa: E402
from tests.acceptance.segments import engagement_and_potential, reseller_facts, segment_figures  # noqa: E402
from tests.acceptance.stories import (  # noqa: E402
    currencies,
    goal_and_bonus,
    refund_after_the_close,
    those_above,
)
from tests.acceptance.tiers import tier_example  # noqa: E402


def numbers(folder: Path | None) -> Iterator[Number]:
    yield from tiers_in_three_modes()
    yield from splits()
    yield from engagement_and_potential()
    yield from protected_deal()
    yield from marketing_funds()
    yield from at_the_same_moment()
    yield from tier_example()
    yield from ten_thousand_partners()
    yield from those_above()
    yield from clawback()
    yield from refund_after_the_close()
    yield from currencies()
    yield from back_dating()
    yield from goal_and_bonus()
    yield from generated_sales()
    if folder is not None:
        door = history("real", folder, partner=reseller_facts)
        yield from segment_figures(door)
        yield from real_sales(door, "real")


def main() -> int:
    named = os.environ.get("PRM_SAMPLE_DATA")
    folder = Path(named) if named else None
    differences = 0
    for number in numbers(folder):
        differences += not number.holds
        verdict = "ok" if number.holds else "DIFF"
        print(f"{number.name:<60} {number.expected:>15} {number.got:>15} {verdict}", flush=True)
    if differences:
        return 1
    if folder is None:
        print("PRM_SAMPLE_DATA names no folder: the real sales were not compared", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
