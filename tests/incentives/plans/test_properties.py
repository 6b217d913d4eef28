"""Laws of the reference evaluator, on generated lines and tables."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from incentives.plans.facts import SplitShare
from tests.support.plan_facts import (
    amounts,
    day,
    document,
    facts,
    rate,
    rates,
    refund,
    run,
    sale,
    tiers,
    total,
)

TWO_ROWS = [("0", "0.05"), ("1000", "0.1")]

cents = st.integers(0, 500_000).map(lambda minor: f"{minor // 100}.{minor % 100:02d}")
bounds = st.lists(st.integers(1, 9000), min_size=0, max_size=3, unique=True).map(sorted)
percents = st.lists(st.integers(0, 40), min_size=4, max_size=4)


@given(st.lists(st.tuples(cents, st.booleans()), min_size=1, max_size=8), bounds, percents)
def test_marginal_is_the_sum_of_its_slices(
    moves: list[tuple[str, bool]], starts: list[int], paid: list[int]
) -> None:
    """Against a walk cent by bound: each row's part of [before, after) times its rate, rounded once per line."""
    rows = [
        ("0", f"0.{paid[0]:02d}"),
        *((str(start), f"0.{p:02d}") for start, p in zip(starts, paid[1:], strict=False)),
    ]
    lines = [
        refund(f"l{place}", day(1, 1 + place), amount)
        if back
        else sale(f"l{place}", day(1, 1 + place), amount)
        for place, (amount, back) in enumerate(moves)
    ]
    found = amounts(run(facts(lines, document(tiers("marginal", rows)))))
    volume = 0
    for line in lines:
        after = volume + (line.amount_minor if line.kind == "sale" else -line.amount_minor)
        low, high = sorted((volume, after))
        hundredths = 0
        for place, (start, _) in enumerate(rows):
            lower = int(start) * 100 if place else low
            upper = int(rows[place + 1][0]) * 100 if place + 1 < len(rows) else high
            hundredths += max(min(high, upper) - max(low, lower), 0) * paid[place]
        earned = (hundredths + 50) // 100 if after >= volume else -((hundredths + 50) // 100)
        assert found.get(line.id, 0) == earned
        volume = after


@given(cents, st.lists(st.integers(1, 50), min_size=3, max_size=3))
def test_credits_total_the_line(amount: str, parts: list[int]) -> None:
    split = [
        SplitShare(partner, parts=share) for partner, share in zip(("p1", "p2", "p3"), parts, strict=True)
    ]
    lines = [sale("a", day(1), amount, split=split), refund("note", day(2), amount, split=split)]
    found = run(facts(lines, document(rate("1"))))
    assert amounts(found).get("a", 0) == lines[0].amount_minor
    by_line = [
        [target.amount_minor for target in found.targets if target.key.line_id == name]
        for name in ("a", "note")
    ]
    assert by_line[1] == [-amount_minor for amount_minor in by_line[0]]


@given(
    st.lists(st.integers(0, 40_000), min_size=1, max_size=6),
    st.integers(1, 99),
    st.sampled_from([{}, {"floor": {"sale": "3.00"}}, {"cap": {"sale": "20.00"}}]),
    st.sampled_from(["0.7912", "1.337", "110.5"]),
)
def test_refund_in_parts_totals_exactly(
    parts: list[int], percent: int, limit: dict[str, Any], spot: str
) -> None:
    whole = sum(parts)
    lines = [sale("a", day(1), f"{whole // 100}.{whole % 100:02d}")]
    lines += [
        refund(f"r{place}", day(2, 1 + place), f"{part // 100}.{part % 100:02d}", of="a")
        for place, part in enumerate(parts)
    ]
    raw = document(rate(f"0.{percent:02d}", **limit), payout_currency="JPY")
    found = run(facts(lines, raw, rates=rates(("EUR", "JPY", day(1), spot))))
    assert total(found) == 0
    assert sum(target.payout_amount_minor for target in found.targets) == 0


@given(st.randoms(use_true_random=False), st.sampled_from(["marginal", "retroactive", "whole_transaction"]))
def test_the_order_of_arrival_changes_nothing(random: Random, mode: str) -> None:
    lines = [
        sale(f"s{place}", day(1 + place % 3, 1 + place), f"{place * 137 % 900}.{place}0", f"p{1 + place % 2}")
        for place in range(8)
    ]
    lines.append(refund("r", day(2, 20), "100.00", of="s5"))
    raw = document(tiers(mode, TWO_ROWS))
    expected = run(facts(lines, raw)).result_hash
    random.shuffle(lines)
    assert run(facts(lines, raw)).result_hash == expected
