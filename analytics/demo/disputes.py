"""The demo's disputes: one to answer, one past its day, one answered, and two that were ruled on.

Called by the demo's story, after its adjustments."""

from typing import Any

from django.utils.translation import override

from analytics.demo.stage import Stage
from incentives.disputes import actions
from incentives.disputes.models import Dispute
from incentives.earnings.models import Entry
from partners.directory.models import Partner
from prm.accounts.actor import Actor, system_actor

WORDS: dict[str, dict[str, Any]] = {
    "en": {
        "asked": (
            "The rate should be that of the upper tier: we passed it with this order.",
            "This order was delivered in the month before, please look at the delivery note.",
            "Two units are missing here.",
            "The customer is ours since last year, why is this paid as a renewal?",
            "The amount is lower than in your letter.",
        ),
        "answer": "The delivery note says the 3rd. Do you have another one?",
        "accepted": "You are right, two units were not counted. They are added by hand.",
        "rejected": "The letter named the amount before the cap of the plan.",
    },
    "ru": {
        "asked": (
            "Ставка должна быть верхней: с этим заказом мы перешли порог.",
            "Этот заказ отгрузили месяцем раньше, посмотрите накладную.",
            "Здесь не хватает двух штук.",
            "Клиент наш с прошлого года, почему оплачено как продление?",
            "Сумма меньше, чем в вашем письме.",
        ),
        "answer": "В накладной стоит 3-е число. Есть другая?",
        "accepted": "Вы правы, две штуки не учтены. Добавляем их вручную.",
        "rejected": "В письме названа сумма до предела по плану.",
    },
}
ROUBLES = 80
FORTY = 4_000


def add_disputes(stage: Stage) -> None:
    """What the first partner asked, and an older question of another one."""
    with override(stage.vendor.language):  # in which they are answered
        _add_disputes(stage)


def _add_disputes(stage: Stage) -> None:
    words = WORDS[stage.vendor.language]
    own, other = stage.partners[0], stage.partners[1]
    mine = _entries(stage, own)
    if len(mine) < len(words["asked"]):
        return
    opened = [
        _open(stage, own, entry, body, days_ago=2)
        for entry, body in zip(mine, words["asked"][:4], strict=False)
    ]
    for entry in _entries(stage, other)[:1]:
        _open(stage, other, entry, words["asked"][4], days_ago=16)
    finance: dict[str, Any] = {"actor": stage.first("finance"), "at": stage.moment()}
    actions.answer_dispute(dispute=opened[1], body=words["answer"], **finance)
    minor = FORTY * (ROUBLES if stage.vendor.currency == "RUB" else 1)
    actions.accept_dispute(dispute=opened[2], amount_minor=minor, ruling=words["accepted"], **finance)
    actions.reject_dispute(dispute=opened[3], ruling=words["rejected"], **finance)


def _entries(stage: Stage, partner: Partner) -> list[Entry]:
    """Sales that earned something in the partner's newest months, one entry of each."""
    rows = Entry.objects.filter(
        partner_id=partner.id,
        payout_currency=stage.vendor.currency,
        depth=0,
        amount_minor__gt=0,
        cause="sale",
    )
    return list({entry.line_id: entry for entry in rows.order_by("-period_on", "id")[:40]}.values())


def _open(stage: Stage, partner: Partner, entry: Entry, body: str, *, days_ago: int) -> Dispute:
    question = actions.Question(partner=partner, body=body, entry=entry)
    return actions.open_dispute(actor=_asker(stage, partner), question=question, at=stage.moment(days_ago))


def _asker(stage: Stage, partner: Partner) -> Actor:
    """A person of the partner where one has a login, else its system."""
    people = [one for one in stage.people if one.partner_id == partner.id and one.can("own_earnings.dispute")]
    return people[0] if people else system_actor(stage.tenant.id, partner.name)
