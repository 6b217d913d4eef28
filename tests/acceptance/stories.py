"""S2, S5, S6 and S9 through the public door: those above, refunds after the close, currencies, goals.

Promise: each number is read from statements, entries and their explanations. Called by the acceptance
command and its test."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from prm.kit.money import format_plain
from prm.kit.periods import Period
from tests.acceptance.cases import Number, door_with, sale, tiers_component
from tests.acceptance.door import Door

JANUARY, MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (1, 3, 4, 5, 6))
ALWAYS: Any = (JANUARY, None)


def refund(external_id: str, day: str, amount: str, of: str, partner: str, **fields: Any) -> dict[str, Any]:
    told = sale(external_id, day, amount, partner, **fields)
    return told | {"kind": "refund", "refunds": of}


def sums(door: Door, period_on: date, *names: str) -> Counter[tuple[str, ...]]:
    """Minor units by these names of a statement's lines."""
    found: Counter[tuple[str, ...]] = Counter()
    for line in door.statement_lines(period_on):
        found[tuple(str(line[name]) for name in names)] += line["amount_minor"]
    return found


def why_nothing(door: Door, reason: str, partner: str) -> Iterator[str]:
    """What the console's list of sales that earned nothing says of a partner's."""
    page = door.author.open(f"{door.address('earnings/nothing/')}?reason={reason}").text
    for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL):
        cells = [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        if partner in cells:
            yield html.unescape(cells[3])


CUT = (
    "Cut by the plan's limit per sale for all together, €7,275.00. It took €485.00 and left nothing. A version with a "
    "higher limit, in force on that day, would pay it."
)


def those_above() -> Iterator[Number]:
    """S2: 12 % for R, 3 % for D, 1 % for M of 48,500.00; the same under a cap of 15 %; R moves on 15 March."""
    door = door_with("case-s2", ("R", "D1", "D2", "M"))
    seller = door.read("partners/by-code/R")["id"]
    door.move(seller, "D1", JANUARY)
    door.move(seller, "D2", date(2026, 3, 15))
    for code in ("D1", "D2"):
        door.move(door.read(f"partners/by-code/{code}")["id"], "M", JANUARY)
    own = {"id": "base", "type": "rate", "rate": "0.12"}
    above = {
        "id": "above",
        "type": "override",
        "levels": [{"up": 1, "rate": "0.03"}, {"up": 2, "rate": "0.01"}],
    }
    commission = {
        "id": "above",
        "type": "override",
        "basis": "commission",
        "levels": [{"up": 1, "rate": "0.1"}],
    }
    door.plan("main", [own, above], currency="EUR", days=ALWAYS)
    door.plan("capped", [own, above], currency="EUR", days=ALWAYS, cap_sale_all="15%")
    door.plan("commission", [own, commission], currency="EUR", days=ALWAYS)
    door.sell([sale("old", "2026-03-14", "48500.00", "R"), sale("new", "2026-03-15", "48500.00", "R")])
    door.settle(JANUARY)
    door.settle(date(2026, 2, 1))
    door.settle(MARCH)
    got = sums(door, MARCH, "plan", "partner", "occurred_on")
    expected = [
        ("main", "R", "2026-03-14", "5820.00"),
        ("main", "D1", "2026-03-14", "1455.00"),
        ("main", "D2", "2026-03-14", "0.00"),
        ("main", "D1", "2026-03-15", "0.00"),
        ("main", "D2", "2026-03-15", "1455.00"),
        ("main", "M", "2026-03-14", "485.00"),
        ("capped", "R", "2026-03-14", "5820.00"),
        ("capped", "D1", "2026-03-14", "1455.00"),
        ("capped", "M", "2026-03-14", "0.00"),
        ("commission", "D1", "2026-03-14", "582.00"),
    ]
    whole = {
        plan: sum(got[plan, partner, "2026-03-14"] for partner in ("R", "D1", "M"))
        for plan in ("main", "capped")
    }
    yield Number("S2 main, in all", "7760.00", format_plain(whole["main"], "EUR"))
    yield Number("S2 capped, in all", "7275.00", format_plain(whole["capped"], "EUR"))
    yield Number("S2 what the cap cuts", "485.00", format_plain(whole["main"] - whole["capped"], "EUR"))
    yield Number(
        "S2 capped, what is said of M", CUT, " | ".join(sorted(set(why_nothing(door, "capped", "Partner M"))))
    )
    for plan, partner, day, amount in expected:
        yield Number(
            f"S2 {plan}, {partner}, sold on {day}", amount, format_plain(got[plan, partner, day], "EUR")
        )


CLIFF = {
    "en": "The volume of the window fell from €300,000.00 to €240,000.00: out of the tier from €250,000.00, which "
    "pays 10%, into the tier from €100,000.00, which pays 7%. Every sale of the window now earns 7% instead of 10%, "
    "from the first unit; what was posted above that is taken back.",
    "ru": "Объём за период снизился с 300 000,00 € до 240 000,00 €: из ступени от 250 000,00 €, где платится 10 %, в "
    "ступень от 100 000,00 €, где платится 7 %. Теперь за каждую продажу этого периода, с первой единицы, положено 7 % "
    "вместо 10 %; проведённое сверх этого удерживается.",
}


def refund_after_the_close() -> Iterator[Number]:
    """S5: after S1's quarter is closed, April takes back 60,000.00 of March."""
    door = door_with("case-s5", ("A",))
    cases = [
        ("original", "marginal", "original_rate", "-4892.31"),
        ("again", "marginal", "recompute", "-5700.00"),
        ("cliff", "retroactive", "recompute", "-13200.00"),
    ]
    for slot, mode, policy, _expected in cases:
        door.plan(slot, tiers_component(mode), currency="EUR", days=ALWAYS, refund_policy=policy)
    days = ("2026-01-15", "2026-02-15", "2026-03-15")
    amounts = ("80000.00", "90000.00", "130000.00")
    door.sell([sale(day, day, amount, "A") for day, amount in zip(days, amounts, strict=True)])
    for month in (1, 2, 3):
        door.settle(date(2026, month, 1))
    quarter = [date(2026, month, 1) for month in (1, 2, 3)]
    before = {day: door.statement_files(day) for day in quarter}
    door.sell([refund("back", "2026-04-10", "60000.00", "2026-03-15", "A")])
    door.settle(APRIL)
    got = sums(door, APRIL, "plan")
    for slot, mode, policy, amount in cases:
        yield Number(f"S5 {mode}, {policy}", amount, format_plain(got[slot,], "EUR"))
    for first_day in quarter:
        kept = door.statement_files(first_day)
        same = [path.rpartition(".")[2] for path, file in before[first_day].items() if kept.get(path) == file]
        yield Number(
            f"S5 files of {Period.of(first_day)} that keep their bytes",
            "csv json pdf xlsx",
            " ".join(sorted(same)),
        )
    corrected = [
        entry for entry in door.entries(period_on=APRIL.isoformat()) if entry["plan_code"] == "cliff"
    ]
    for entry in corrected:
        for language, said in CLIFF.items():
            told = [text for text, _result in door.steps(entry, in_language=language)]
            name = f"S5 the cliff of {entry['line_external_id']}, {language}"
            yield Number(name, said, said if said in told else " ".join(told))


def currencies() -> Iterator[Number]:
    """S6: sold in EUR, planned in USD, paid in GBP, and taken back whole at other rates; JPY and KWD."""
    door = door_with("case-s6", ("A", "B"))
    for day, dollars, pounds in (("2026-01-05", "1.0835", "0.7912"), ("2026-02-05", "1.1", "0.8")):
        pairs = [("EUR", "USD", dollars), ("USD", "GBP", pounds)]
        rows = [
            {"base": base, "quote": quote, "published_on": day, "rate": rate} for base, quote, rate in pairs
        ]
        door.load("rates:batch", "rates", rows)
    rate = [{"id": "base", "type": "rate", "rate": "0.06"}]
    door.plan("main", rate, currency="USD", payout_currency="GBP", days=ALWAYS)
    for slot, currency, share in (("yen", "JPY", "0.07"), ("dinar", "KWD", "0.05")):
        only = [{"id": "base", "type": "rate", "rate": share, "where": {"all": [
            {"fact": "category", "op": "in", "value": [slot]}]}}]  # fmt: skip
        door.load("product-categories:batch", "product_categories", [{"code": slot, "name": slot}])
        door.load("products:batch", "products", [{"code": slot, "name": slot, "category_code": slot}])
        door.plan(slot, only, currency=currency, days=ALWAYS)
    door.sell(
        [
            sale("1", "2026-01-05", "25400.00", "A"),
            sale("2", "2026-01-05", "1234567", "B", product="yen", currency="JPY"),
            sale("3", "2026-01-05", "1000.125", "B", product="dinar", currency="KWD"),
        ]
    )
    door.settle(JANUARY)
    got = sums(door, JANUARY, "plan")
    for slot, currency, amount in (
        ("main", "GBP", "1306.47"),
        ("yen", "JPY", "86420"),
        ("dinar", "KWD", "50.006"),
    ):
        yield Number(f"S6 {currency}", amount, format_plain(got[slot,], currency))
    (earned,) = door.entries(partner="A")
    yield Number("S6 USD", "USD 1651.25", f"{earned['currency']} {earned['amount']}")
    basis = " ".join(text for text, _result in door.steps(earned) if text.startswith("6% of"))
    yield Number("S6 25,400.00 EUR in USD", "6% of US$27,520.90.", basis)
    door.sell([refund("back", "2026-02-06", "25400.00", "1", "A")])
    door.settle(date(2026, 2, 1))
    got = sums(door, date(2026, 2, 1), "plan")
    yield Number("S6 GBP, taken back whole", "-1306.47", format_plain(got["main",], "GBP"))
    (back,) = door.entries(partner="A", period_on="2026-02-01")
    yield Number("S6 USD, taken back whole", "USD -1651.25", f"{back['currency']} {back['amount']}")


def goal_and_bonus() -> Iterator[Number]:
    """S9: a quarter's goal prorated from 15 February, a bonus at 120 %, a cap of 14,000.00 in the window."""
    door = door_with("case-s9", ())
    codes = {"A": "201000.00", "B": "210000.00", "C": "179999.99"}
    told = [{"code": code, "name": f"Partner {code}", "joined_on": "2026-02-15"} for code in codes]
    door.load("partners:batch", "partners", told)
    goal = {
        "id": "goal",
        "type": "target",
        "mode": "marginal",
        "measure": "revenue",
        "window": "quarter",
        "goal": "300000",
        "steps": [
            {"from_attainment": "0", "rate": "0.05"},
            {"from_attainment": "1", "multiplier": "1.5"},
            {"from_attainment": "1.2", "rate": "0.1"},
        ],
    }
    extra = {"id": "extra", "type": "bonus", "steps": [{"from_attainment": "1.2", "amount": "2000"}]}
    door.plan(
        "main", [goal, extra], currency="EUR", days=ALWAYS, period="quarter", cap_window_beneficiary="14000"
    )
    door.sell([sale(code, "2026-02-20", amount, code) for code, amount in codes.items()])
    door.settle(JANUARY)
    door.settle(date(2026, 2, 1))
    got = sums(door, date(2026, 2, 1), "partner", "component")
    for code, own, bonus, whole in (
        ("A", "11850.00", "2000.00", "13850.00"),
        ("B", "12750.00", "1250.00", "14000.00"),
        ("C", "9750.00", "0.00", "9750.00"),
    ):
        named = f"S9 {codes[code]}"
        paid = got[code, "goal"], got[code, "extra"]
        yield Number(f"{named}, by the goal", own, format_plain(paid[0], "EUR"))
        yield Number(f"{named}, bonus", bonus, format_plain(paid[1], "EUR"))
        yield Number(f"{named}, in all", whole, format_plain(sum(paid), "EUR"))
    (of_window,) = [entry for entry in door.entries(partner="B") if entry["window_on"]]
    results = dict(door.steps(of_window))
    reached = "The goal of this window; 140% of it is reached."
    yield Number("S9 goal", "€150,000.00", results.get(reached, str(results)))
    cap = "Cut by the plan's limit of the window, €14,000.00 in all."
    yield Number("S9 cut by cap", "€750.00", results.get(cap, str(results)))
