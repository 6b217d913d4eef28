"""The demo's segments: by volume, by change, by region, and one fixed list; called by the demo's story."""

from typing import Any

from analytics.demo.stage import Stage
from partners.segments.actions import add_members, create_segment

LARGE, MEDIUM = "150000", "50000"
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "large": ("Large partners", "Own manager, quarterly review"),
        "medium": ("Medium partners", "Marketing material, webinars"),
        "falling": ("Falling by more than a fifth", "Call them this month"),
        "sleeping": ("No sale for 90 days", "Ask what is missing"),
        "summit": ("Invited to the spring summit", "A list that people keep"),
    },
    "ru": {
        "large": ("Крупные партнёры", "Личный менеджер, встреча каждый квартал"),
        "medium": ("Средние партнёры", "Материалы и вебинары"),
        "falling": ("Упали больше чем на пятую часть", "Позвонить в этом месяце"),
        "sleeping": ("Без продаж 90 дней", "Узнать, чего не хватает"),
        "summit": ("Приглашены на весенний саммит", "Список, который ведут люди"),
    },
}


def _fact(name: str, op: str, value: Any, **terms: str) -> dict[str, Any]:
    return {"fact": name, **({"with": terms} if terms else {}), "op": op, "value": value}


def add_segments(stage: Stage) -> None:
    scale = 1 if stage.vendor.currency == "EUR" else 50
    large, medium = (
        _fact("sales_volume", "gte", str(int(amount) * scale), over="12m") for amount in (LARGE, MEDIUM)
    )
    rules = {
        "large": [large],
        "medium": [medium, {**large, "op": "lt"}],
        "falling": [_fact("sales_change", "lt", "-20", over="6m")],
        "sleeping": [_fact("days_since_sale", "gte", "90")],
    }
    admin, at, words = stage.first("programme_admin"), stage.moment(), WORDS[stage.vendor.language]
    for code, conditions in rules.items():
        name, purpose = words[code]
        facts: Any = {"code": code, "name": name, "purpose": purpose, "rule": {"all": conditions}}
        create_segment(actor=admin, facts=facts, at=at)
    name, purpose = words["summit"]
    facts = {"code": "summit", "name": name, "purpose": purpose, "kind": "list"}
    summit = create_segment(actor=admin, facts=facts, at=at)
    add_members(actor=admin, segment=summit, codes=[f"P{place:03}" for place in (1, 4, 9, 13)], at=at)
