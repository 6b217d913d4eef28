"""The demo's adjustments: posted ones up and down, one taken back, one that waits for a second person.

Called by the demo's story, after its books."""

from typing import Any

from analytics.demo.stage import Stage
from incentives.adjustments import actions
from incentives.adjustments.models import Adjustment
from incentives.adjustments.terms import set_limit
from incentives.earnings.models import Entry
from incentives.ledger.queries import open_month_for
from partners.directory.models import Partner

REASONS = {
    "en": {
        "more": "Order 4711 was booked to the wrong partner in spring; agreed on the phone with Ms Keller.",
        "less": "The demonstration unit was not returned by the agreed day.",
        "wrong": "Help with the trade fair, as promised in the meeting of May.",
        "back": "The fair was paid from marketing funds already.",
        "large": "Launch bonus promised by the regional director before the plan was published.",
    },
    "ru": {
        "more": "Весной заказ 4711 записали на другого партнёра; согласовано по телефону с Е. Котовой.",
        "less": "Демонстрационный образец не вернули к согласованному дню.",
        "wrong": "Помощь на выставке, как обещали на встрече в мае.",
        "back": "Выставку уже оплатили из маркетингового фонда.",
        "large": "Премия за запуск, которую региональный директор обещал до публикации плана.",
    },
}
ROUBLES = 80
HUNDRED = 10_000


def add_adjustments(stage: Stage) -> None:
    """What the first partner reads, and what waits for the vendor's people."""
    words = REASONS[stage.vendor.language]
    set_limit(actor=stage.first("programme_admin"), amount_minor=_minor(stage, 10), at=stage.moment())
    own, other = stage.partners[0], stage.partners[1]
    entry = (
        Entry.objects.filter(partner_id=own.id, payout_currency=stage.vendor.currency).order_by("id").last()
    )
    _adjust(stage, own, 4, words["more"], entry=entry)
    _adjust(stage, own, -2, words["less"])
    wrong = _adjust(stage, own, 3, words["wrong"])
    told: dict[str, Any] = {"actor": stage.second("finance"), "at": stage.moment()}
    actions.take_back_adjustment(adjustment=wrong, reason=words["back"], **told)
    _adjust(stage, other, 25, words["large"])


def _minor(stage: Stage, hundreds: int) -> int:
    return hundreds * HUNDRED * (ROUBLES if stage.vendor.currency == "RUB" else 1)


def _adjust(
    stage: Stage, partner: Partner, hundreds: int, reason: str, *, entry: Entry | None = None
) -> Adjustment:
    proposal = actions.Proposal(
        partner=partner,
        currency=stage.vendor.currency,
        amount_minor=_minor(stage, hundreds),
        reason=reason,
        belongs_on=entry.belongs_on if entry else open_month_for(stage.today),
        entry=entry,
    )
    return actions.propose_adjustment(actor=stage.first("finance"), proposal=proposal, at=stage.moment())
