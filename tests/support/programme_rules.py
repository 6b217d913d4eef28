"""Components and caps of a made-up plan.

Promise: each kind is as likely as any other; called by tests/support/programmes.py."""

from decimal import Decimal
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
    "bonus",
    "bonus attainment",
)
ASKED = CONDITIONS + 4 * [row for row in CONDITIONS if row["fact"] == "customer_is_new"]
RATES = ["0", "0.05", "0.1", "0.1", "0.2", "0.333333", "0.5", "1"]
TARGETS = [kind for kind in KINDS if kind.startswith("target")]
AMOUNTS = ["0", "0.5", "1.5", "0.333333", "7"]


def kind_of(component: dict[str, Any]) -> str:
    told = component.get("mode") or (component["basis"] if component["type"] == "override" else "")
    if component["type"] == "bonus" and "from_attainment" in component["steps"][0]:
        told = "attainment"
    return f"{component['type']} {told}".strip()


def some_components(chance: Random, currency: str) -> list[dict[str, Any]]:
    """Two to five, of different kinds; a bonus by attainment has one target beside it."""
    kinds = chance.sample(KINDS, chance.randint(2, 5))
    if "bonus attainment" in kinds:
        targets = [kind for kind in kinds if kind.startswith("target")] or [chance.choice(TARGETS)]
        kinds = [kind for kind in kinds if not kind.startswith("target")] + [chance.choice(targets)]
    made = [_component(chance, kind, currency) for kind in kinds]
    if "bonus attainment" in kinds:
        _follow_target(made)
    chance.shuffle(made)
    return made


def _follow_target(made: list[dict[str, Any]]) -> None:
    """A bonus by attainment keeps the window of the target, in all versions too."""
    (target,) = (row for row in made if row["type"] == "target")
    (bonus,) = (row for row in made if row["type"] == "bonus" and "from_attainment" in row["steps"][0])
    bonus["id"] += f"-{target['window']}"


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
    made |= _limits(chance, made["type"], currency)
    if kind == "bonus attainment":
        return made  # the rest is the target's
    if chance.random() < 0.3:
        made["where"] = _tree(chance)
    if chance.random() < 0.1:
        made["from"] = chance.choice(["2026-01-10", "2026-03-01"])
    if chance.random() < 0.1:
        made["to"] = chance.choice(["2026-04-15", "2026-06-01"])
    if "margin" in (made.get("basis"), made.get("measure")) and chance.random() < 0.5:
        made["negative"] = "zero"
    return made


def _limits(chance: Random, type_: str, currency: str) -> dict[str, dict[str, str]]:
    """Least amounts stay below the caps beside them; a bonus knows a cap of its window alone."""
    floor, cap, whole = {}, {}, currency == "JPY"
    if chance.random() < 0.15:
        floor["sale"] = "1" if whole else chance.choice(["0.07", "1.00"])
    if chance.random() < 0.2:
        floor["window"] = chance.choice(["1", "2", "3"])
    if chance.random() < 0.15:
        cap["sale"] = "4" if whole else chance.choice(["1.00", "4.50"])
    if chance.random() < 0.2:
        cap["window"] = chance.choice(["3", "9", "20"])
    if type_ == "bonus":
        floor, cap = {}, {per: amount for per, amount in cap.items() if per == "window"}
    return {name: limit for name, limit in (("floor", floor), ("cap", cap)) if limit}


def _tree(chance: Random, depth: int = 1) -> dict[str, Any]:
    members = [
        _tree(chance, depth + 1) if depth < 3 and chance.random() < 0.2 else chance.choice(ASKED)
        for _ in range(chance.randint(1, 3))
    ]
    return {chance.choice(["all", "any"]): members}


def _own(chance: Random, kind: str) -> dict[str, Any]:
    rate = chance.choice(RATES)
    match kind.split():
        case ["bonus", *told]:
            return _bonus(chance, of_target=bool(told))
        case ["rate"]:
            return {"rate": rate, "basis": chance.choice(["revenue", "revenue", "margin"])}
        case ["per_unit"]:
            return {"amount": chance.choice(AMOUNTS)}
        case ["tiers" | "target" as type_, mode]:
            return {"mode": mode} | (_tiers if type_ == "tiers" else _target)(chance)
        case ["override", basis]:
            ups = sorted(chance.sample([1, 2, 3], chance.randint(1, 3)))
            return {"basis": basis, "levels": [{"up": up, "rate": chance.choice(RATES)} for up in ups]}
        case _:
            return {"rate": rate} | ({"months": chance.randint(1, 5)} if kind == "recurring" else {})


def _tiers(chance: Random) -> dict[str, Any]:
    measure = chance.choice(["revenue", "revenue", "margin", "units"])
    pays = chance.choice(["rate", "amount"]) if measure == "units" else "rate"
    scope = chance.choice(["partner", "partner", "group"])
    bounds = [1, 5, 7, 10, 12, 15, 20, 25, 30, 40, 60]
    if scope == "group":  # sells more
        bounds = [5, 10, 20, 30, 45, 60, 80, 110, 150, 200]
    starts = sorted(chance.sample(bounds, chance.randint(1, 3)))
    values = AMOUNTS if pays == "amount" else RATES
    made: dict[str, Any] = {
        "measure": measure,
        "window": chance.choice(["month", "quarter", "year"]),
        "scope": scope,
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


def _bonus(chance: Random, *, of_target: bool) -> dict[str, Any]:
    """One that follows a target takes all but its steps from it."""
    if of_target:
        return {"steps": _bonus_steps(chance, "from_attainment", ["0.333333", "0.5", "1", "1.2"], "")}
    measure = chance.choice(["revenue", "revenue", "margin", "units"])
    return {
        "measure": measure,
        "window": chance.choice(["month", "quarter", "year"]),
        "steps": _bonus_steps(chance, "goal", ["1", "5", "7", "10", "15", "20", "30", "60"], measure),
    }


def _bonus_steps(chance: Random, start: str, starts: list[str], measure: str) -> list[dict[str, Any]]:
    """Amounts, and where money is measured also shares of it; what follows a target may measure units."""
    pays = [{"amount": "2"}, {"amount": "9"}, {"amount": "5"}]
    if measure in ("revenue", "margin"):
        pays += [{"rate": "0.05"}, {"rate": "0.333333"}]
    steps: list[dict[str, Any]] = []
    for begins in sorted(chance.sample(starts, chance.randint(1, 3)), key=Decimal):
        step: dict[str, Any] = {start: begins} | chance.choice(pays)
        if start == "goal" and chance.random() < 0.4:
            step["prorate"] = True
        steps.append(step)
    return steps
