"""The demo's profiles: words of each list, custom fields, papers, and who stands in the public directory.

Called by the demo's story."""

from typing import Any

from analytics.demo.stage import Stage
from partners.profiles import actions, fields, terms

KINDS = ("industry", "specialisation", "language", "territory")
# Code, English, Russian; by list.
WORDS = (
    ("industry", "food", "Food production", "Пищевое производство"),
    ("industry", "metal", "Metal working", "Металлообработка"),
    ("industry", "logistics", "Logistics", "Логистика"),
    ("specialisation", "implementation", "Implementation", "Внедрение"),
    ("specialisation", "service", "Field service", "Выездной сервис"),
    ("specialisation", "training", "Training of users", "Обучение пользователей"),
    ("language", "en", "English", "Английский"),
    ("language", "de", "German", "Немецкий"),
    ("language", "ru", "Russian", "Русский"),
    ("territory", "north", "North", "Север"),
    ("territory", "south", "South", "Юг"),
)
FIELDS: tuple[dict[str, Any], ...] = (
    {
        "code": "engineers", "label_en": "Engineers", "label_ru": "Инженеров", "kind": "number",
        "partner_access": "fills",
    },
    {
        "code": "showroom", "label_en": "Showroom", "label_ru": "Демозал", "kind": "yes_no",
        "partner_access": "sees",
    },
    {
        "code": "risk", "label_en": "Credit risk", "label_ru": "Кредитный риск", "kind": "choice",
        "options": [
            {"code": "low", "en": "Low", "ru": "Низкий"}, {"code": "high", "en": "High", "ru": "Высокий"},
        ],
    },
)  # fmt: skip
SAID: dict[str, dict[str, str]] = {
    "en": {"about": "We plan, install and maintain measuring lines.", "paper": "Frame contract"},
    "ru": {"about": "Проектируем, ставим и обслуживаем измерительные линии.", "paper": "Рамочный договор"},
}


def add_profiles(stage: Stage) -> None:
    admin, said = stage.first("programme_admin"), SAID[stage.vendor.language]
    early = stage.moment(220)
    for kind, code, english, russian in WORDS:
        facts: Any = {"kind": kind, "code": code, "label_en": english, "label_ru": russian}
        terms.add_term(actor=admin, facts=facts, at=early)
    for told in FIELDS:
        field: Any = told
        fields.define_field(actor=admin, facts=field, at=early)
    for place, partner in enumerate(stage.partners[:9]):
        actions.write_profile(actor=admin, partner=partner, told=_told(place), at=stage.moment(120))
        if place % 2 == 0:
            about = said["about"] if place == 0 else ""
            actions.list_publicly(actor=admin, partner=partner, about=about, at=stage.moment(90))
    paper: actions.DocumentFacts = {
        "kind": "contract", "title": said["paper"], "valid_until": None, "shared": True,
    }  # fmt: skip
    actions.add_document(
        actor=admin,
        company=stage.partners[0],
        facts=paper,
        name="contract.pdf",
        content=b"%PDF-1.4 demo",
        at=stage.moment(80),
    )


def _told(place: int) -> dict[str, Any]:
    return {
        "industries": [("food", "metal", "logistics")[place % 3]],
        "specialisations": ["implementation", "service"] if place % 2 == 0 else ["training"],
        "languages": ["en", "ru"],
        "territories": ["north" if place % 2 else "south"],
        "custom_fields": {"engineers": 4 + place, "showroom": place % 2 == 0, "risk": "low"},
    }
