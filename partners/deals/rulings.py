"""What a ruling does to claims, and who takes what part in a deal; called by the conflict desk and deals interfaces.

Promise: under the claim's lock; protections end and begin on the day of the ruling, earlier days stay as they were;
the weights of a deal make 100 or nothing is written."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from partners.deals.models import CLAIMING, Deal, DealPart, DealState
from partners.deals.protection import end_protection, tell_partner
from partners.deals.refusals import TooManyParts, WeightsUnbalanced
from partners.deals.steps import decide, lock_deal, refuse_conflicted, settle, today_of
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit

RULABLE = (
    *CLAIMING,
    DealState.PROTECTED,
    DealState.REJECTED,
    DealState.EXPIRED,
    DealState.SHARED,
    DealState.WON,
)
WHOLE = Decimal(100)
MOST_PARTS = 20  # as many as a sale can be split between


class Part(NamedTuple):
    """A partner's part in a deal; `percent` of the whole, two decimals."""

    partner: Partner
    part: str
    percent: Decimal


def award_claim(*, actor: Actor, deal: Deal, words: str, at: datetime) -> Deal:
    """The claim holds: what is protected stays, anything else is protected from today. Overrule the others first."""
    deal = lock_deal(deal, *RULABLE)
    if deal.state not in (DealState.PROTECTED, DealState.WON):
        decide(actor, deal, DealState.QUEUED, "deal.awarded", at, words)
        settle(actor, deal, at)
        deal.refresh_from_db()
    return deal


def overrule_claim(*, actor: Actor, deal: Deal, words: str, at: datetime, shares: bool = False) -> Deal:
    """The claim does not hold, or (`shares`) lives on as a part of the one that does."""
    deal = lock_deal(deal, *RULABLE)
    end_protection(deal, today_of(at))
    decide(actor, deal, DealState.SHARED if shares else DealState.REJECTED, "deal.overruled", at, words)
    return deal


def settle_after_ruling(*, actor: Actor, deal: Deal, at: datetime) -> None:
    """Nobody was awarded the customer: the queue behind the claims goes on."""
    settle(actor, deal, at)


def set_parts(*, actor: Actor, deal: Deal, parts: list[Part], at: datetime) -> None:
    """Say anew who does what in a deal; an empty list makes it its partner's alone.

    The weights are the default split of sales to this customer. Raises `TooManyParts`, and `WeightsUnbalanced` unless
    they make 100 and each partner has each part once.
    """
    deal = lock_deal(deal, *RULABLE)
    refuse_conflicted(actor, deal.partner, *(part.partner for part in parts), deals=[deal])
    if len(parts) > MOST_PARTS:
        raise TooManyParts
    once = {(part.partner.id, part.part) for part in parts}
    balanced = sum(part.percent for part in parts) == WHOLE and all(part.percent > 0 for part in parts)
    if parts and (not balanced or len(once) < len(parts)):
        raise WeightsUnbalanced
    before = _told(DealPart.objects.filter(deal=deal).select_related("partner").order_by("-percent", "id"))
    DealPart.objects.filter(deal=deal).delete()
    DealPart.objects.bulk_create(
        DealPart(
            deal=deal, partner=part.partner, part=part.part, percent=part.percent, customer=deal.customer
        )
        for part in parts
    )
    told = _told(parts)
    record(actor=actor, action="deal.parts_set", subject=deal, at=at, before=before, after=told)
    emit("deal.parts_set", deal_id=deal.id, partner_id=deal.partner_id)
    tell_partner(deal, "deal.parts_set")


def _told(parts: object) -> dict[str, str]:
    """Parts by partner, as the trail keeps them."""
    said: dict[str, list[str]] = {}
    for part in parts:  # type: ignore[attr-defined]
        said.setdefault(part.partner.name, []).append(f"{part.part} {part.percent.normalize():f} %")
    return {name: ", ".join(words) for name, words in said.items()}
