"""The demo's holds: a partner whose papers are missing, a deal that is being cleared up, and one that was released.

Called by the demo's story, after its deals."""

from datetime import date, timedelta

from analytics.demo.stage import Stage
from incentives.holds import actions
from incentives.holds.models import Hold
from partners.deals.models import Deal
from partners.directory.models import Partner
from partners.sales.models import SaleLine

WORDS = {
    "en": (
        "The new contract is not signed yet.",
        "The customer says that another company delivered; we are asking.",
        "We are checking a double invoice.",
        "It was one invoice after all.",
    ),
    "ru": (
        "Новый договор ещё не подписан.",
        "Клиент говорит, что поставку сделала другая компания; выясняем.",
        "Проверяем задвоенный счёт.",
        "Счёт оказался один.",
    ),
}


def add_holds(stage: Stage) -> None:
    """The first partner reads of one deal that waits; another partner waits as a whole."""
    papers, customer, double, one = WORDS[stage.vendor.language]
    own = stage.partners[0]
    deal = (
        Deal.objects.filter(partner=own, state="protected").first()
        or Deal.objects.filter(partner=own).first()
    )
    if deal is not None:
        lines = SaleLine.objects.filter(partner=own, deal_id__isnull=True).order_by("-occurred_on")
        SaleLine.objects.filter(id__in=lines.values("id")[:3]).update(deal_id=deal.id)
        _hold(stage, own, customer, deal=deal)
    _hold(stage, stage.partners[4], papers, ends_on=stage.today + timedelta(days=40))
    released = _hold(stage, stage.partners[5], double)
    actions.release_hold(actor=stage.second("finance"), hold=released, reason=one, at=stage.moment())


def _hold(
    stage: Stage, partner: Partner, reason: str, *, deal: Deal | None = None, ends_on: date | None = None
) -> Hold:
    wanted = actions.Wanted(partner, reason, deal, ends_on)
    return actions.place_hold(actor=stage.first("finance"), wanted=wanted, at=stage.moment())
