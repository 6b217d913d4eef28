"""Components and caps of a made-up plan.

Promise: each kind is as likely as any other; called by tests/support/programmes.py."""

from random import Random
from typing import Any

from tests.support.generated_plans import CONDITIONS

# What is counted as a kind of its own: tiers by their mode, overrides by what they are of.
KINDS = (
    "rate",
    "per_unit",
    "tiers marginal",
    "tiers retroactive",
    "tiers whole_transaction",
    "target marginal",
    "target retroactive",
    "override revenue",
    "override commission",
    "registered_deal",
    "recurring",
)
ASKED = CONDITIONS + 4 * [row for row in CONDITIONS if row["fact"] == "customer_is_new"]
RATES = ["0", "0.05", "0.1", "0.1", "0.2", "0.333333", "0.5", "1"]
AMOUNTS = ["0", "0.5", "1.5", "0.333333", "7"]


def kind_of(component: dict[str, Any]) -> str:
    told = component.get("mode") or (component["basis"] if component["type"] == "override" else "")
    return f"{component['type']} {told}".strip()


def some_components(chance: Random, currency: str) -> list[dict[str, Any]]:
    """Two to five, of different kinds."""
    kinds = chance.sample(KINDS, chance.randint(2, 5))
    return [_component(chance, kind, currency) for kind in kinds]


def some_caps(chance: Random) -> list[dict[str, Any]]:
    if chance.random() < 0.6:
        return []
    kinds = [(per, over) for per in ("sale", "window", "life") for over in ("beneficiary", "all")]
    pays = [{"amount": "5"}, {"amount": "12"}, {"amount": "60"}, {"rate": "0.07"}, {"rate": "0.3"}]
    return [
        {"per": per, "over": over} | chance.choice(pays)
        for per, over in chance.sample(kinds, chance.randint(1, 3))
    ]


def _component(chance: Random, kind: str, currency: str) -> dict[str, Any]:
    """What an id names keeps its kind and window in all versions, as publishing demands."""
    own = _own(chance, kind)
    told = (*kind.split(), own["window"]) if "window" in own else kind.split()
    made: dict[str, Any] = {"id": "-".join(told), "type": kind.split(maxsplit=1)[0]} | own
    if chance.random() < 0.3:
        made["where"] = _tree(chance)
    whole = currency == "JPY"
    if chance.random() < 0.15:
        made["floor"] = {"sale": "1" if whole else chance.choice(["0.07", "1.00"])}
    if chance.random() < 0.15:
        made["cap"] = {"sale": "4" if whole else chance.choice(["1.00", "4.50"])}
    if chance.random() < 0.2:
        made.setdefault("cap", {})["window"] = chance.choice(["3", "9", "20"])
    if chance.random() < 0.1:
        made["from"] = chance.choice(["2026-01-10", "2026-03-01"])
    if chance.random() < 0.1:
        made["to"] = chance.choice(["2026-04-15", "2026-06-01"])
    if "margin" in (made.get("basis"), made.get("measure")) and chance.random() < 0.5:
        made["negative"] = "zero"
    return made


def _tree(chance: Random, depth: int = 1) -> dict[str, Any]:
    members = [
        _tree(chance, depth + 1) if depth < 3 and chance.random() < 0.2 else chance.choice(ASKED)
        for _ in range(chance.randint(1, 3))
    ]
    return {chance.choice(["all", "any"]): members}


def _own(chance: Random, kind: str) -> dict[str, Any]:
    rate = chance.choice(RATES)
    match kind.split():
        case ["rate"]:
            return {"rate": rate, "basis": chance.choice(["revenue", "revenue", "margin"])}
        case ["per_unit"]:
            return {"amount": chance.choice(AMOUNTS)}
        case ["tiers" | "target" as type_, mode]:
            return {"mode": mode} | (_tiers if type_ == "tiers" else _target)(chance)
        case ["override", basis]:
            ups = sorted(chance.sample([1, 2, 3], chance.randint(1, 3)))
            return {"basis": basis, "levels": [{"up": up, "rate": chance.choice(RATES)} for up in ups]}
        case ["recurring"]:
            return {"rate": rate, "months": chance.randint(1, 5)}
        case _:
            return {"rate": rate}


def _tiers(chance: Random) -> dict[str, Any]:
    measure = chance.choice(["revenue", "revenue", "margin", "units"])
    pays = chance.choice(["rate", "amount"]) if measure == "units" else "rate"
    starts = sorted(chance.sample([1, 5, 7, 10, 12, 15, 20, 25, 30, 40, 60], chance.randint(1, 3)))
    values = AMOUNTS if pays == "amount" else RATES
    made: dict[str, Any] = {
        "measure": measure,
        "window": chance.choice(["month", "quarter", "year"]),
        "tiers": [{"from": str(start), pays: chance.choice(values)} for start in (0, *starts)],
    }
    if chance.random() < 0.3:
        made["measure_where"] = chance.choice([{"all": []}, _tree(chance)])
    return made


def _target(chance: Random) -> dict[str, Any]:
    base = {"from_attainment": "0", "rate": chance.choice(["0.05", "0.1", "0.333333"])}
    pays = [{"multiplier": "1.5"}, {"multiplier": "2"}, {"multiplier": "0.333333"}, {"rate": "0.5"}]
    starts = sorted(chance.sample(["0.333333", "0.5", "1", "1.2"], chance.randint(1, 3)))
    made: dict[str, Any] = {
        "measure": chance.choice(["revenue", "revenue", "margin", "units"]),
        "window": chance.choice(["month", "quarter", "year"]),
        "steps": [base, *({"from_attainment": start} | chance.choice(pays) for start in starts)],
    }
    if chance.random() < 0.85:
        made["goal"] = chance.choice(["7", "10", "24", "50"])
    if chance.random() < 0.3:
        made["measure_where"] = chance.choice([{"all": []}, _tree(chance)])
    return made
