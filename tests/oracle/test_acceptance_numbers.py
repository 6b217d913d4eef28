"""The numbers of the design that are about amounts, on plain data."""

import pytest

from tests.oracle.book import Row
from tests.oracle.evaluate import evaluate
from tests.oracle.sample import (
    by_beneficiary,
    by_line,
    document,
    everything,
    line,
    override,
    partner,
    rate,
    refund,
    tiers,
    version,
)

QUARTER = [line("jan", "01-10", 8000000), line("feb", "02-10", 9000000), line("mar", "03-10", 13000000)]
Q1_CLOSED = {f"2026-0{month}": f"2026-0{month + 1}-05T00:00:00+00:00" for month in (1, 2, 3)}
IN_TURN = {
    "marginal": {"jan": 400000, "feb": 590000, "mar": 1060000},
    "retroactive": {"jan": 800000, "feb": 900000, "mar": 1300000},
    "whole_transaction": {"jan": 400000, "feb": 630000, "mar": 1300000},
}


@pytest.mark.parametrize("mode", IN_TURN)
def test_s1_tiers_in_three_modes(mode: str) -> None:
    assert by_line(everything(QUARTER, version(document(tiers(mode))))) == IN_TURN[mode]


def test_s1_retroactive_month_after_month() -> None:
    known = everything(QUARTER, version(document(tiers("retroactive"))))
    totals = [sum(by_line(known, f"2026-{month}-01").values()) for month in ("02", "03", "04")]
    assert totals == [400000, 400000 + 790000, 3000000]


@pytest.mark.parametrize(
    ("mode", "sold", "earned"),
    [("retroactive", 9999999, 500000), ("retroactive", 10000000, 700000), ("marginal", 10000000, 500000)],
)
def test_s1_the_lower_bound_belongs_to_the_tier(mode: str, sold: int, earned: int) -> None:
    assert by_line(everything([line("s", "01-10", sold)], version(document(tiers(mode))))) == {"s": earned}


TREE = [
    partner("R", ("D", "2020-01-01", "2026-03-15"), ("D2", "2026-03-15", None)),
    partner("D", ("M", "2020-01-01", None)),
    partner("D2"),
    partner("M"),
]


def test_s2_an_override_and_a_cap_of_the_sale() -> None:
    known = [line("s", "03-03", 4850000)]
    own, above = rate("0.12"), override("0.03", "0.01")
    free = by_beneficiary(everything(known, version(document(own, above)), partners=TREE))
    assert free == {("s", "R"): 582000, ("s", "D"): 145500, ("s", "M"): 48500}
    cap = {"per": "sale", "over": "all", "rate": "0.15"}
    cut = by_beneficiary(everything(known, version(document(own, above, caps=[cap])), partners=TREE))
    assert cut == {("s", "R"): 582000, ("s", "D"): 145500}


def test_s2_an_override_of_the_commission() -> None:
    above = override("0.10", basis="commission")
    known = everything([line("s", "03-03", 4850000)], version(document(rate("0.12"), above)), partners=TREE)
    assert by_beneficiary(known) == {("s", "R"): 582000, ("s", "D"): 58200}


def test_s2_the_tree_is_that_of_the_day_of_the_sale() -> None:
    lines = [
        line("before", "03-14", 100000, recorded="2026-03-20T12:00:00+00:00"),
        line("after", "03-15", 100000, recorded="2026-03-20T12:00:00+00:00"),
    ]
    known = everything(lines, version(document(override("0.03"))), partners=TREE)
    assert by_beneficiary(known) == {("before", "D"): 3000, ("after", "D2"): 3000}


THIRDS = [{"partner": name, "parts": 1} for name in ("R", "D", "M")]


@pytest.mark.parametrize(
    ("amount_minor", "split", "share", "earned"),
    [
        (999999, THIRDS, "0.08", {"D": 26667, "M": 26667, "R": 26667}),
        (10000, THIRDS, "1", {"D": 3334, "M": 3333, "R": 3333}),
        (
            9999,
            [{"partner": "R", "percent": "75"}, {"partner": "D", "percent": "25"}],
            "1",
            {"R": 7499, "D": 2500},
        ),
    ],
)
def test_s3_splits(amount_minor: int, split: list[Row], share: str, earned: dict[str, int]) -> None:
    known = everything([line("s", "03-03", amount_minor, split=split)], version(document(rate(share))))
    assert by_beneficiary(known) == {("s", name): minor for name, minor in earned.items()}


def test_s4_a_sale_comes_back_in_thirds() -> None:
    back = [refund("r1", "04-01", 3333, "s"), refund("r2", "04-02", 3333, "s")]
    back.append(refund("r3", "04-03", 3334, "s"))
    known = everything([line("s", "03-03", 10000), *back], version(document(rate("0.1"))))
    assert by_line(known) == {"s": 1000, "r1": -333, "r2": -334, "r3": -333}


@pytest.mark.parametrize(
    ("mode", "policy", "change"),
    [
        ("marginal", "original_rate", -489231),
        ("marginal", "recompute", -570000),
        ("retroactive", "recompute", -1320000),
    ],
)
def test_s5_a_refund_in_a_closed_quarter(mode: str, policy: str, change: int) -> None:
    rules = version(document(tiers(mode), refund_policy=policy))
    lines = [*QUARTER, refund("r", "04-10", 6000000, "mar")]
    before = by_line(everything(QUARTER, rules, closed=Q1_CLOSED))
    after = by_line(everything(lines, rules, closed=Q1_CLOSED))
    assert sum(after.values()) - sum(before.values()) == change


def spot(base: str, quote: str, on: str, value: str) -> Row:
    return {"id": f"{base}{quote}{on}", "base": base, "quote": quote, "on": f"2026-{on}", "rate": value}


def test_s6_currencies_and_a_refund_at_locked_rates() -> None:
    rates = [spot("EUR", "USD", "03-01", "1.0835"), spot("USD", "GBP", "03-01", "0.7912")]
    rates += [spot("EUR", "USD", "05-01", "1.2"), spot("USD", "GBP", "05-01", "0.9")]
    rules = version(document(rate("0.06"), currency="USD", payout_currency="GBP"))
    lines = [line("s", "03-03", 2540000), refund("r", "05-03", 2540000, "s")]
    found = evaluate(everything(lines, rules, rates=rates), "2026-01-01", "2027-01-01")
    assert {key[2]: pair for key, pair in found.items()} == {
        "s": (165125, 130647),
        "r": (-165125, -130647),
    }


@pytest.mark.parametrize(("on", "earned"), [("03-08", 1084), ("03-09", None), ("02-28", None)])
def test_s6_a_rate_holds_for_seven_days(on: str, earned: int | None) -> None:
    rates = [spot("EUR", "USD", "03-01", "1.0835")]
    rules = version(document(rate("0.1"), currency="USD"))
    assert by_line(everything([line("s", on, 10000)], rules, rates=rates)).get("s") == earned


@pytest.mark.parametrize(
    ("currency", "amount_minor", "share", "earned"),
    [("JPY", 1234567, "0.07", 86420), ("KWD", 1000125, "0.05", 50006)],
)
def test_s6_places_of_currencies(currency: str, amount_minor: int, share: str, earned: int) -> None:
    rules = version(document(rate(share), currency=currency))
    assert by_line(everything([line("s", "03-03", amount_minor, currency=currency)], rules)) == {"s": earned}


def test_small_print_payout_amounts_of_thirds() -> None:
    """USD 10.00 at 0.7912: GBP 7.91, then -2.63, -2.65, -2.63."""
    back = [refund(f"r{turn}", f"04-0{turn}", minor, "s") for turn, minor in enumerate((3333, 3333, 3334), 1)]
    rules = version(document(rate("0.1"), currency="USD", payout_currency="GBP"))
    lines = [{**row, "currency": "USD"} for row in (line("s", "03-03", 10000), *back)]
    known = everything(lines, rules, rates=[spot("USD", "GBP", "03-01", "0.7912")])
    found = {key[2]: pair[1] for key, pair in evaluate(known, "2026-01-01", "2027-01-01").items()}
    assert found == {"s": 791, "r1": -263, "r2": -265, "r3": -263}


def test_s7_the_registration_pays_who_holds_the_deal() -> None:
    held = [
        {"deal": "one", "partner": "P1", "key": "tax:acme", "category": "bikes"}
        | {"from": "2026-01-12", "to": "2026-05-12"},
        {"deal": "two", "partner": "P2", "key": "tax:acme", "category": "bikes"}
        | {"from": "2026-05-12", "to": "2026-08-12"},
    ]
    lines = [line(name, on, 6000000, "P2", customer="acme") for name, on in (("a", "05-10"), ("b", "05-12"))]
    lines.append(line("direct", "05-10", 6000000, None, customer="acme"))
    bonus = {"id": "deal", "type": "registered_deal", "rate": "0.05"}
    known = everything(
        lines,
        version(document(rate("0.1"), bonus)),
        partners=[partner("P1"), partner("P2")],
        customers=[{"id": "acme", "keys": ["tax:acme"]}],
        protections=held,
    )
    assert by_beneficiary(known) == {("a", "P2"): 600000, ("a", "P1"): 300000, ("b", "P2"): 900000}


ACCELERATED = {
    "id": "goal",
    "type": "target",
    "window": "quarter",
    "goal": "300000",
    "steps": [
        {"from_attainment": "0", "rate": "0.05"},
        {"from_attainment": "1", "multiplier": "1.5"},
        {"from_attainment": "1.2", "rate": "0.1"},
    ],
}


@pytest.mark.parametrize(("sold", "earned"), [(20100000, 1185000), (17999999, 975000)])
def test_s9_a_goal_of_half_a_quarter(sold: int, earned: int) -> None:
    """Joined on 15 February: 45 of 90 days."""
    joined = {"partners": [partner("R", joined="2026-02-15")]}
    assert by_line(everything([line("s", "03-10", sold)], version(document(ACCELERATED)), **joined)) == {
        "s": earned
    }


@pytest.mark.parametrize(("sold", "earned"), [(15164834, 758242), (15164835, 1137363)])
def test_a_prorated_goal_is_rounded_to_the_minor_unit(sold: int, earned: int) -> None:
    """300,000 x 46/91 = 151,648.35; there 5 % becomes 7.5 % of everything."""
    joined = {"partners": [partner("R", joined="2026-05-16")]}
    rules = document(ACCELERATED | {"mode": "retroactive"})
    assert by_line(everything([line("s", "06-10", sold)], version(rules), **joined)) == {"s": earned}


def test_a_goal_set_for_one_partner_counts_as_it_stands() -> None:
    known = {
        "partners": [partner("R", joined="2026-05-16"), partner("D")],
        "goals": [
            {"plan": "plan", "component": "goal", "partner": "R", "window": "2026-04-01", "amount": "1000"}
        ],
    }
    lines = [line("r", "06-10", 120000), line("d", "06-10", 120000, "D")]
    bare = {name: value for name, value in ACCELERATED.items() if name != "goal"}
    found = by_line(everything(lines, version(document(bare)), **known))
    assert found == {"r": 6500}  # 1,000 at 5 %, 200 at 7.5 %; without a goal nothing


def test_what_waits_for_its_invoice_counts_as_volume() -> None:
    lines = [
        line("waits", "03-03", 10000000),
        line("early", "03-04", 10000, invoiced="2026-03-04"),
        line("late", "03-05", 10000, invoiced="2026-04-01"),
        refund("note", "03-06", 10000),
    ]
    known = everything(lines, version(document(tiers("marginal"), earning_event="invoice")))
    assert by_line(known, "2026-04-01") == {"early": 700, "note": -700}
    assert by_line(known, "2026-05-01") == {"early": 700, "late": 700, "note": -700}


def test_s10_versions_of_a_past_month() -> None:
    lines = [line("late", "03-28", 500000), line("april", "04-10", 4000000), line("may", "05-10", 2500000)]
    v1 = version(document(rate("0.08")), "2026-01-01", "2025-12-01")
    v2 = version(document(rate("0.09")), "2026-04-01", "2026-05-20")
    v3 = version(document(rate("0.08")), "2026-04-01", "2026-06-10")
    assert by_line(everything(lines[1:2], v1)) == {"april": 320000}
    assert by_line(everything(lines, v1, v2)) == {"late": 40000, "april": 360000, "may": 225000}
    assert by_line(everything(lines, v1, v2, v3)) == {"late": 40000, "april": 320000, "may": 200000}


FIVE_TEN = (("0", "0.05"), ("1000", "0.10"))


def test_small_print_a_whole_order_takes_the_tier_after_its_last_line() -> None:
    lines = [line(name, "03-03", 40000, order=order) for name, order in (("a", "o"), ("b", ""), ("c", "o"))]
    found = by_line(everything(lines, version(document(tiers("whole_transaction", FIVE_TEN)))))
    assert found == {"a": 4000, "b": 2000, "c": 4000}


def test_small_print_a_cap_lets_the_total_grow_to_it() -> None:
    cap = {"per": "window", "over": "beneficiary", "amount": "100"}
    lines = [line("s", "03-03", 120000), refund("note", "03-04", 30000)]
    known = everything(lines, version(document(rate("0.1"), caps=[cap])))
    assert by_line(known) == {"s": 10000, "note": -1000}


def test_small_print_a_floor_is_mirrored_on_credit_notes() -> None:
    rules = version(document(rate("0.01", floor={"sale": "7"})))
    lines = [line("s", "03-03", 10000), refund("note", "03-04", 10000)]
    assert by_line(everything(lines, rules)) == {"s": 700, "note": -700}


def test_small_print_a_late_earlier_line_takes_from_later_ones() -> None:
    rules = version(document(rate("0.1", cap={"window": "100"})))
    later = line("b", "03-04", 80000)
    assert by_line(everything([later], rules)) == {"b": 8000}
    assert by_line(everything([line("a", "03-03", 60000), later], rules)) == {"a": 6000, "b": 4000}


def test_small_print_refunds_give_no_room_back() -> None:
    cap = {"per": "life", "over": "all", "amount": "100"}
    lines = [line("a", "03-03", 120000), refund("r", "03-04", 120000, "a"), line("b", "03-05", 50000)]
    known = everything(lines, version(document(rate("0.1"), caps=[cap])))
    assert by_line(known) == {"a": 10000, "r": -10000}


def test_small_print_a_rate_cap_takes_each_credit_once_before_refunds() -> None:
    cap = {"per": "window", "over": "beneficiary", "rate": "0.15"}
    lines = [line("a", "03-03", 10000), refund("r", "03-04", 5000, "a")]
    known = everything(lines, version(document(rate("0.1"), rate("0.1", id="more"), caps=[cap])))
    assert by_line(known) == {"a": 1500, "r": -750}


def test_small_print_three_months_from_the_end_of_january() -> None:
    days = [("first", "01-31"), ("last", "04-29"), ("after", "04-30")]
    lines = [line(name, on, 10000, subscription="sub") for name, on in days]
    component = {"id": "sub", "type": "recurring", "rate": "0.1", "months": 3}
    assert by_line(everything(lines, version(document(component)))) == {"first": 1000, "last": 1000}


def test_small_print_lines_of_a_customers_first_day_are_all_new() -> None:
    where = {"all": [{"fact": "customer_is_new", "op": "eq", "value": True}]}
    days = [("a", "03-03"), ("b", "03-03"), ("c", "03-04")]
    lines = [line(name, on, 10000, customer="acme") for name, on in days]
    known = everything(
        [*lines, line("nobody", "03-03", 10000)],
        version(document(rate("0.1", where=where))),
        customers=[{"id": "acme", "keys": []}],
    )
    assert by_line(known) == {"a": 1000, "b": 1000}


def test_a_margin_needs_a_cost_and_may_be_below_zero() -> None:
    costs = {"good": 6000, "bad": 13000, "unknown": None}
    lines = [line(name, "03-03", 10000, cost_minor=cost) for name, cost in costs.items()]
    known = everything(lines, version(document(rate("0.1", basis="margin"))))
    assert by_line(known) == {"good": 400, "bad": -300}
    known = everything(lines, version(document(rate("0.1", basis="margin", negative="zero"))))
    assert by_line(known) == {"good": 400}
