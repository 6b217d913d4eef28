"""The demo's marketing funds: two budgets, requests and claims in every state that somebody has to act on.

Called by the demo's story, after its segments."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from analytics.demo.stage import Stage
from incentives.funds import actions, budgets, claims, queries
from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsRequest
from partners.directory.models import Partner
from partners.segments.models import Segment
from partners.segments.queries import members_on
from prm.accounts.actor import Actor, system_actor

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "budgets": (
            ("Events and fairs", "Seminars, fairs and open days at which customers meet our products."),
            ("Joint advertising", "Advertisements and mailings that name both of us."),
        ),
        "purpose": "Thirty companies of the region that do not know our products yet.",
        "activities": (
            "Seminar for plant managers", "Stand at the regional fair", "Open day in the showroom",
            "Mailing to dental practices", "Evening for architects", "Advertisement in the trade paper",
        ),
        "costs": (("Hall and catering", "Hotel Aurora"), ("Printed invitations", "Kraft Print")),
        "back": "Please name the town and the hall.",
    },
    "ru": {
        "budgets": (
            ("Мероприятия и выставки", "Семинары, выставки и дни открытых дверей, где клиенты видят наши продукты."),
            ("Совместная реклама", "Реклама и рассылки, в которых названы мы оба."),
        ),
        "purpose": "Тридцать компаний региона, которые ещё не знают наших продуктов.",
        "activities": (
            "Семинар для руководителей заводов", "Стенд на региональной выставке", "День открытых дверей в шоуруме",
            "Рассылка по стоматологиям", "Вечер для архитекторов", "Реклама в отраслевой газете",
        ),
        "costs": (("Зал и питание", "Гостиница «Аврора»"), ("Печать приглашений", "Типография «Крафт»")),
        "back": "Укажите, пожалуйста, город и зал.",
    },
}  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ROUBLES = 80
THOUSAND = 100_000


def add_funds(stage: Stage) -> None:
    """What the first partner sees in its portal, and what waits for the vendor's people."""
    words = WORDS[stage.vendor.language]
    events, advertising = _budget(stage, 0, None), _budget(stage, 1, _largest_segment(stage))
    own = _allocate(stage, events, stage.partners[0])
    other = _allocate(stage, events, stage.partners[1])
    _allocate(stage, events, stage.partners[2])
    for key, _label in queries.partners_to_allocate(_admin(stage), advertising, stage.today)[:2]:
        _allocate(stage, advertising, Partner.objects.get(id=key))
    titles = words["activities"]
    running = _approved(stage, own, titles[0], planned=8)
    _settled(stage, running, costs=(4, 1))
    _claim(stage, running, costs=(2,))
    returned = _ask(stage, own, titles[2], planned=3)
    told: dict[str, Any] = {"actor": _admin(stage), "at": stage.moment()}
    actions.return_request(request=returned, reason=words["back"], **told)
    _ask(stage, own, titles[1], planned=5)
    _approved(stage, other, titles[4], planned=14, second=False)
    waiting = _claim(stage, _approved(stage, other, titles[3], planned=4), costs=(3, 2))
    claims.submit_claim(actor=_asker(stage, other), claim=waiting, at=stage.moment())


def _largest_segment(stage: Stage) -> Segment | None:
    segments = Segment.objects.order_by("code")
    return max(segments, key=lambda one: members_on(one, stage.today).count(), default=None)


def _admin(stage: Stage) -> Actor:
    return stage.first("programme_admin")


def _asker(stage: Stage, allocation: FundsAllocation) -> Actor:
    """A person of the partner where one has a login, else its system."""
    people = [one for one in stage.people if one.partner_id == allocation.partner_id]
    able = [one for one in people if one.can("own_funds.request")]
    return able[0] if able else system_actor(stage.tenant.id, allocation.partner.name)


def _minor(stage: Stage, thousands: int) -> int:
    return thousands * THOUSAND * (ROUBLES if stage.vendor.currency == "RUB" else 1)


def _budget(stage: Stage, place: int, segment: Segment | None) -> FundsBudget:
    name, purpose = WORDS[stage.vendor.language]["budgets"][place]
    facts: budgets.BudgetFacts = {
        "name": name,
        "purpose": purpose,
        "segment": segment,
        "currency": stage.vendor.currency,
        "amount_minor": _minor(stage, 60),
        "share_percent": Decimal(50),
        "starts_on": stage.today - timedelta(days=75),
        "ends_on": stage.today + timedelta(days=75),
        "claims_until": stage.today + timedelta(days=105),
        "second_above_minor": _minor(stage, 6),
    }
    return budgets.make_budget(actor=_admin(stage), facts=facts, at=stage.moment())


def _allocate(stage: Stage, budget: FundsBudget, partner: Partner) -> FundsAllocation:
    told: dict[str, Any] = {"actor": _admin(stage), "at": stage.moment()}
    return budgets.allocate(budget=budget, partner=partner, amount_minor=_minor(stage, 10), **told)


def _ask(stage: Stage, allocation: FundsAllocation, activity: str, *, planned: int) -> FundsRequest:
    facts: actions.RequestFacts = {
        "activity": activity,
        "purpose": WORDS[stage.vendor.language]["purpose"],
        "expected_leads": 10 * planned,
        "starts_on": stage.today + timedelta(days=20),
        "ends_on": stage.today + timedelta(days=21),
        "planned_minor": _minor(stage, planned),
    }
    actor = _asker(stage, allocation)
    return actions.ask_for_funds(actor=actor, allocation=allocation, facts=facts, at=stage.moment())


def _approved(
    stage: Stage, allocation: FundsAllocation, activity: str, *, planned: int, second: bool = True
) -> FundsRequest:
    """By an admin, and above the limit by finance as well, unless that still waits."""
    request = _ask(stage, allocation, activity, planned=planned)
    told: dict[str, Any] = {"request": request, "at": stage.moment()}
    request = actions.approve_request(actor=_admin(stage), amount_minor=None, **told)
    if request.state == "half_approved" and second:
        request = actions.second_request(actor=stage.first("finance"), **told)
    return request


def _claim(stage: Stage, request: FundsRequest, *, costs: Sequence[int]) -> FundsClaim:
    """A draft with a cost for each of these thousands."""
    actor = _asker(stage, request.allocation)
    claim = claims.start_claim(actor=actor, request=request, at=stage.moment())
    for place, thousands in enumerate(costs):
        what, supplier = WORDS[stage.vendor.language]["costs"][place]
        number = f"{claim.number}-{place + 1:03d}"
        net_minor = _minor(stage, thousands)
        facts: claims.CostFacts = {
            "description": what,
            "supplier": supplier,
            "invoice_number": number,
            "invoiced_on": stage.today - timedelta(days=5),
            "net_minor": net_minor,
            "gross_minor": net_minor * 6 // 5,
        }
        proof = claims.Proof(f"{number}.pdf", PDF + number.encode())
        claims.add_cost(actor=actor, claim=claim, facts=facts, proof=proof, at=stage.moment())
    return FundsClaim.objects.select_related("request__allocation", "partner").get(id=claim.id)


def _settled(stage: Stage, request: FundsRequest, *, costs: Sequence[int]) -> None:
    claim = _claim(stage, request, costs=costs)
    claim = claims.submit_claim(actor=_asker(stage, request.allocation), claim=claim, at=stage.moment())
    claims.approve_claim(actor=_admin(stage), claim=claim, at=stage.moment())
