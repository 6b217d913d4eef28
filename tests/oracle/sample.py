"""Short ways to write plain data: a line, a plan for everyone, and the whole with its defaults. Days are of 2026."""

from typing import Any

from tests.oracle.book import Row
from tests.oracle.evaluate import evaluate

LADDER = (("0", "0.05"), ("100000", "0.07"), ("250000", "0.10"))


def line(name: str, on: str, amount_minor: int, partner: str | None = "R", **more: Any) -> Row:
    given: Row = {
        "id": name,
        "source": "erp",
        "external_id": name,
        "kind": "sale",
        "on": f"2026-{on}",
        "recorded": f"2026-{on}T12:00:00+00:00",
        "product": "bike",
        "amount_minor": amount_minor,
        "currency": "EUR",
        "partner": partner,
    }
    return given | more


def refund(name: str, on: str, amount_minor: int, of: str = "", **more: Any) -> Row:
    return line(name, on, amount_minor, **({"kind": "refund", "refunds": of} | more))


def tiers(mode: str, rows: tuple[tuple[str, str], ...] = LADDER, **more: Any) -> Row:
    written = [{"from": start, "rate": rate} for start, rate in rows]
    return {"id": "base", "type": "tiers", "mode": mode, "window": "quarter", "tiers": written} | more


def rate(value: str, **more: Any) -> Row:
    return {"id": "base", "type": "rate", "rate": value} | more


def override(*rates: str, **more: Any) -> Row:
    levels = [{"up": up, "rate": value} for up, value in enumerate(rates, 1)]
    return {"id": "above", "type": "override", "levels": levels} | more


def document(*components: Row, **settings: Any) -> Row:
    return {"currency": "EUR", "period": "quarter"} | settings | {"components": list(components)}


def version(
    raw: Row, start: str = "2020-01-01", published: str = "2020-01-01", end: str | None = None
) -> Row:
    return {"from": start, "to": end, "published": f"{published}T12:00:00+00:00", "document": raw}


def partner(name: str, *parents: tuple[str, str, str | None], **more: Any) -> Row:
    links = [{"value": above, "from": start, "to": end} for above, start, end in parents]
    return {"id": name, "code": name, "parents": links} | more


def everything(lines: list[Row], *versions: Row, **more: Any) -> Row:
    """One plan for everyone."""
    given: Row = {
        "lines": lines,
        "partners": [partner(name) for name in ("R", "D", "M")],
        "products": [{"id": "bike", "code": "BIKE", "category": "bikes"}],
        "plans": [{"id": "plan", "versions": list(versions)}],
        "assignments": [{"plan": "plan", "audience": "everyone", "from": "2020-01-01"}],
    }
    return given | more


def by_line(data: Row, until: str = "2027-01-01") -> dict[str, int]:
    """Minor units of each line, all beneficiaries together."""
    found: dict[str, int] = {}
    for key, (minor, _) in evaluate(data, "2026-01-01", until).items():
        found[key[2]] = found.get(key[2], 0) + minor
    return found


def by_beneficiary(data: Row) -> dict[tuple[str, str], int]:
    """Minor units of each line and beneficiary."""
    found: dict[tuple[str, str], int] = {}
    for key, (minor, _) in evaluate(data, "2026-01-01", "2027-01-01").items():
        found[key[2], key[4]] = found.get((key[2], key[4]), 0) + minor
    return found
