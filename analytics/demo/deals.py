"""The demo's deals: in every state, one protection that ends soon, two partners after one customer.

Called by the demo's story."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.demo.stage import Stage
from partners.deals import actions
from partners.deals.amendments import ask_amendment
from partners.deals.deadlines import lapse_unanswered
from partners.deals.interests import declare_interest
from partners.deals.models import Deal, PartIn
from partners.deals.rulings import Part, set_parts
from partners.deals.steps import today_of
from partners.directory.models import Partner
from partners.products.models import ProductCategory
from prm.accounts.actor import Actor, system_actor

WORDS = {
    "en": {
        "question": "Which department buys, and is there a budget for this year?",
        "rejected": "We serve this customer ourselves under a frame contract.",
        "why": "The customer moved the tender by a month.",
        "interest": "My sister works there.",
        "contact": "Head of purchasing",
        "note": "Pilot agreed, they compare two offers.",
        "group": "Group",
        "amend": "The parent company signs the contract.",
    },
    "ru": {
        "question": "Какой отдел покупает и есть ли бюджет на этот год?",
        "rejected": "Этого клиента мы обслуживаем сами по рамочному договору.",
        "why": "Клиент перенёс тендер на месяц.",
        "interest": "Там работает моя сестра.",
        "contact": "Начальник отдела закупок",
        "note": "Пилот согласован, сравнивают два предложения.",
        "group": "Групп",
        "amend": "Договор подписывает материнская компания.",
    },
}
STAGES = ("qualified", "proposal", "negotiation")


def add_deals(stage: Stage) -> None:
    """Told from the oldest to the newest, each at its own moment."""
    admin, words = stage.first("programme_admin"), WORDS[stage.vendor.language]
    first, others = stage.partners[0], stage.partners[1:12]
    protected = [_register(stage, first, place, days_ago=80 - 14 * place) for place in range(4)]
    for place, deal in enumerate(protected):
        actions.approve_deal(actor=admin, deal=deal, at=_moment(stage, 79 - 14 * place))
    actions.ask_extension(
        actor=_person(stage), deal=protected[0], days=30, why=words["why"], at=_moment(stage, 2)
    )
    actions.close_deal(actor=_person(stage), deal=protected[3], outcome="won", at=_moment(stage, 5))
    asked_back = _register(stage, first, 5, days_ago=4)
    actions.return_deal(
        actor=admin,
        deal=asked_back,
        fields=["contact", "note"],
        reason=words["question"],
        at=_moment(stage, 3),
    )
    waiting = [_register(stage, partner, 6 + place, days_ago=1) for place, partner in enumerate(others[:4])]
    rejected = _register(stage, others[4], 11, days_ago=30)
    actions.reject_deal(actor=admin, deal=rejected, reason=words["rejected"], at=_moment(stage, 29))
    behind = _register(stage, others[5], 1, days_ago=20, customer_of=protected[1])
    actions.approve_deal(actor=admin, deal=behind, at=_moment(stage, 19))
    _register(stage, others[6], 8, days_ago=0, customer_of=waiting[2])
    _register(stage, others[9], 0, days_ago=60, customer_of=protected[2])
    lost = _register(stage, others[7], 12, days_ago=50)
    actions.approve_deal(actor=admin, deal=lost, at=_moment(stage, 49))
    actions.close_deal(actor=_person(stage), deal=lost, outcome="lost", at=_moment(stage, 10))
    _changes(stage, protected[0], others)
    declare_interest(
        actor=admin, partner=others[8], kind="related", note=words["interest"], at=_moment(stage, 60)
    )
    company: Any = {"company": stage.vendor.customers[-1]}
    declare_interest(actor=admin, company=company, kind="ownership", note="", at=_moment(stage, 50))


def _changes(stage: Stage, deal: Deal, others: list[Partner]) -> None:
    """Wishes to amend, a claim that lapsed, and a deal of two partners."""
    admin, words = stage.first("programme_admin"), WORDS[stage.vendor.language]
    facts = {"customer": f"{deal.customer} {words['group']}"}
    ask_amendment(actor=_person(stage), deal=deal, facts=facts, why=words["amend"], at=_moment(stage, 2))
    silent = _register(stage, others[8], 13, days_ago=40)
    told: Any = {"deal": silent, "fields": ["contact"], "reason": words["question"]}
    actions.return_deal(actor=stage.second("programme_admin"), at=_moment(stage, 39), **told)
    at = _moment(stage, 20)
    lapse_unanswered(actor=system_actor(stage.tenant.id), today=today_of(at), at=at)
    parts = [Part(deal.partner, PartIn.SOLD, Decimal(75)), Part(others[2], PartIn.IMPLEMENTED, Decimal(25))]
    set_parts(actor=admin, deal=deal, parts=parts, at=at)


def _register(
    stage: Stage, partner: Partner, place: int, *, days_ago: int, customer_of: Deal | None = None
) -> Deal:
    vendor, words = stage.vendor, WORDS[stage.vendor.language]
    lines = list(ProductCategory.objects.order_by("code"))
    scale = 100 if vendor.currency == "EUR" else 8_000
    facts: Any = {
        "customer": vendor.customers[place % len(vendor.customers)],
        "line": lines[place % len(lines)],
        "amount_minor": (place % 7 + 2) * 7_500 * scale,
        "currency": vendor.currency,
        "closes_on": stage.today + timedelta(days=20 + 17 * (place % 5)),
        "stage": STAGES[place % len(STAGES)],
        "contact": words["contact"] if place % 2 else "",
        "note": words["note"] if place % 3 == 0 else "",
    }
    if customer_of is not None:
        facts |= {"customer": customer_of.customer.upper(), "line": customer_of.line}
    return actions.register_deal(
        actor=_person(stage),
        partner=partner,
        facts=facts,
        at=_moment(stage, days_ago, place),
        join_queue=True,
    )


def _person(stage: Stage) -> Actor:
    """Deals of partners without a login were registered on their behalf."""
    name = next(login.name for login in stage.vendor.logins if login.partner is not None)
    return system_actor(stage.tenant.id, name)


def _moment(stage: Stage, days_ago: int, minutes: int = 0) -> datetime:
    return stage.moment(days_ago) - timedelta(minutes=minutes if days_ago else 0)
