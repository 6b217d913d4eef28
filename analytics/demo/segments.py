"""The demo's segments: by volume, by change, by region, and one fixed list; called by the demo's story."""

from datetime import date, timedelta
from typing import Any

from analytics.demo.stage import Stage
from partners.deals.models import Deal
from partners.directory.actions import change_partner
from partners.directory.models import Partner
from partners.segments.actions import add_members, create_segment
from partners.segments.engagement import SIGN_IN, note_engagement
from partners.segments.quadrants import plan_quadrants
from partners.tiers.actions import define_tier, pin_tier
from partners.tiers.reviewing import review_tiers
from partners.tiers.rules import Calendar, next_review

LARGE, MEDIUM = "150000", "50000"
DAYS_OF_STEPS = 160  # since when partners stand on their steps
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


QUADRANTS: dict[str, dict[str, tuple[str, str, int, int, int]]] = {
    "en": {
        "grow": ("Joint business plan, own manager", "Launches first, reference stories", 45, 40, 6),
        "activate": ("A call a month, a first deal together", "Short product training", 30, 35, 4),
        "maintain": ("Keep what works, by mail", "Webinars, ready campaigns", 20, 20, 1),
        "review": ("Talk once a year about staying", "Newsletter", 5, 5, 0),
    },
    "ru": {
        "grow": ("Общий план развития, личный менеджер", "Новинки раньше всех, истории успеха", 45, 40, 6),
        "activate": ("Звонок раз в месяц, первая сделка вместе", "Короткое обучение продуктам", 30, 35, 4),
        "maintain": ("Поддерживать по почте", "Вебинары, готовые кампании", 20, 20, 1),
        "review": ("Раз в год решать, продолжать ли", "Рассылка новостей", 5, 5, 0),
    },
}
PLANNED = ("approach", "content", "funds_percent", "leads_percent", "hours_a_month")


def add_engagement(stage: Stage) -> None:
    """Days on which partners came in, deals they registered, and what each quadrant gets."""
    for place, partner in enumerate(stage.partners):
        for visit in range(stage.random.randint(0, 12) if place % 4 else 20):
            day = stage.today - timedelta(days=visit * stage.random.randint(1, 9))
            note_engagement(kind=SIGN_IN, partner_id=partner.id, happened_on=day, reference=day.isoformat())
    for deal in Deal.objects.all():
        note_engagement(
            kind="deal_registered",
            partner_id=deal.partner_id,
            happened_on=deal.submitted_at.date(),
            reference=str(deal.id),
        )
    plans = {
        quadrant: dict(zip(PLANNED, told, strict=True))
        for quadrant, told in QUADRANTS[stage.vendor.language].items()
    }
    plan_quadrants(actor=stage.first("programme_admin"), plans=plans, at=stage.moment())


TIERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "en": (
        ("Silver", "20000", "Marketing material\nWebinars"),
        (
            "Gold",
            "60000",
            "A manager of your own\nLeads from our site\nMarketing funds up to 3,000 a quarter",
        ),
        ("Platinum", "300000", "Launches first\nJoint business plan"),
    ),
    "ru": (
        ("Серебро", "20000", "Рекламные материалы\nВебинары"),
        ("Золото", "60000", "Личный менеджер\nЛиды с нашего сайта\nМаркетинг-бюджет до 200 000 в квартал"),
        ("Платина", "300000", "Новинки раньше всех\nОбщий план развития"),
    ),
}


def add_tiers(stage: Stage) -> None:
    """Three steps by sales; most partners stand where they belong, two fall at the next review, one is pinned."""
    scale = 1 if stage.vendor.currency == "EUR" else 50
    admin, steps = stage.first("programme_admin"), TIERS[stage.vendor.language]
    for rank, (name, amount, benefits) in enumerate(steps, 1):
        rule = {"all": [_fact("sales_volume", "gte", str(int(amount) * scale), over="12m")]}
        facts: Any = {"name": name, "rank": rank, "rule": rule, "benefits": benefits}
        define_tier(actor=admin, facts=facts, at=stage.moment(300))
    for days_ago in (DAYS_OF_STEPS, 0):
        review_tiers(actor=admin, today=_days_ago(stage, days_ago), at=stage.moment(days_ago))
    low = list(Partner.objects.filter(tier="").order_by("code")[:3])
    warned = next_review(Calendar(), stage.today) - timedelta(days=Calendar().warn_days + 1)
    days_of_warning = max((stage.today - warned).days, 1)
    since = _days_ago(stage, days_of_warning)
    for partner in low:
        held: Any = {"tier": steps[0][0]}
        change_partner(actor=admin, partner=partner, changes=held, standing_from=since, at=stage.moment())
    for days_ago in (days_of_warning, 0):
        review_tiers(actor=admin, today=_days_ago(stage, days_ago), at=stage.moment(days_ago))
    if low:
        ends_on = stage.today + timedelta(days=90)
        reason = {"en": "Merges with another partner", "ru": "Объединяется с другим партнёром"}
        pin_tier(
            actor=admin,
            partner=low[0],
            ends_on=ends_on,
            reason=reason[stage.vendor.language],
            at=stage.moment(),
        )


def _days_ago(stage: Stage, days: int) -> date:
    return stage.today - timedelta(days=days)


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
