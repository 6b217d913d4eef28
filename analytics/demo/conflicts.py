"""The demo's conflicts: one that waits for a ruling, one that was ruled on and can be appealed.

Called by the demo's story, after its deals."""

from datetime import timedelta

from analytics.demo.stage import Stage
from partners.conflicts import actions
from partners.conflicts.models import ConflictSide, Outcome
from partners.deals.models import Deal
from prm.accounts.actor import system_actor

WORDS = {
    "en": {
        "first": "Showed the product to the head of purchasing.",
        "offer": "Sent the offer; they asked for better delivery terms.",
        "other": "Wrote the customer's requirements together with them.",
        "ruling": "The other side registered four days earlier and its offer was accepted. Your work is noted.",
    },
    "ru": {
        "first": "Показали продукт начальнику отдела закупок.",
        "offer": "Отправили предложение; попросили лучшие условия поставки.",
        "other": "Вместе с клиентом написали его требования.",
        "ruling": "Другая сторона зарегистрировала на четыре дня раньше, её предложение принято. Ваша работа учтена.",
    },
}


def add_conflicts(stage: Stage) -> None:
    """About customers that two partners registered; told by both, ruled on in one."""
    words, admin = WORDS[stage.vendor.language], stage.first("programme_admin")
    first = stage.partners[0]
    waiting, decided = _contested(stage)
    _open(stage, waiting, days_ago=3)
    _open(stage, decided, days_ago=9)
    for days, text, side in (
        (30, "first", _side(waiting)),
        (6, "offer", _side(waiting)),
        (24, "other", _rival(waiting)),
        (20, "first", _side(decided)),
    ):
        facts = actions.EvidenceFacts(stage.today - timedelta(days=days), words[text])
        person = system_actor(stage.tenant.id, side.partner.name)
        actions.add_evidence(actor=person, side=side, evidence=facts, at=stage.moment(2))
    assert _side(decided).partner_id == first.id
    ruling = actions.Ruling(Outcome.AWARD, words["ruling"], _rival(decided).id)
    conflict = _side(decided).conflict
    assert conflict is not None
    actions.rule(actor=admin, conflict=conflict, ruling=ruling, at=stage.moment(1))


def _contested(stage: Stage) -> list[Deal]:
    """Two deals of the first partner that somebody else claims too."""
    own = Deal.objects.filter(partner=stage.partners[0]).order_by("number")
    rivals = Deal.objects.exclude(partner=stage.partners[0])
    pairs = [deal for deal in own if rivals.filter(claim_key=deal.claim_key, line=deal.line).exists()]
    return pairs[:2]


def _open(stage: Stage, deal: Deal, *, days_ago: int) -> None:
    actions.open_conflict(actor=stage.first("programme_admin"), deal=deal, at=stage.moment(days_ago))


def _side(deal: Deal) -> ConflictSide:
    return ConflictSide.objects.select_related("deal", "partner").get(deal=deal)


def _rival(deal: Deal) -> ConflictSide:
    sides = ConflictSide.objects.select_related("deal", "partner").filter(conflict=_side(deal).conflict)
    other = sides.exclude(deal=deal).first()
    assert other is not None
    return other
