"""What a deal is about to sell, told for its estimate by either side.

Promises: replaced as a whole, audited; a deal that is over takes none; a worker estimates it anew after commit.
Called by: trials.{offer_pages,deal_estimates}."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from incentives.trials.estimates import OfferedLine
from incentives.trials.models import DealProduct
from incentives.trials.refusals import DealIsOver
from partners.deals.models import LIVE, Deal
from partners.products.models import Product
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.money import format_plain
from prm.outbox.actions import enqueue

ESTIMATE = "incentives.trials.estimate_deal"
MOST_PRODUCTS = 12


def products_of(deal: Deal) -> QuerySet[DealProduct]:
    return DealProduct.objects.filter(deal=deal).select_related("product").order_by("place")


def products_on_offer(deal: Deal) -> list[Product]:
    """Those of the deal's product line that earn, by code."""
    return list(Product.objects.filter(category=deal.line_id, earns=True).order_by("code"))


def tell_products(*, actor: Actor, deal: Deal, lines: Sequence[OfferedLine], at: datetime) -> None:
    """Each product once; no line: nothing is known but the deal itself. Raises `DealIsOver`."""
    deal = Deal.objects.select_for_update(no_key=True).get(id=deal.id)
    if deal.state not in LIVE:
        raise DealIsOver
    before = _told(deal)
    DealProduct.objects.filter(deal=deal).delete()
    DealProduct.objects.bulk_create(
        DealProduct(
            deal=deal,
            partner_id=deal.partner_id,
            product_id=line.product_id,
            place=place,
            amount_minor=line.amount_minor,
            quantity=line.quantity,
            cost_minor=line.cost_minor,
            months=line.months,
        )
        for place, line in enumerate(lines)
    )
    record(actor=actor, action="deal.products_told", subject=deal, at=at, before=before, after=_told(deal))
    enqueue(ESTIMATE, deal_id=deal.id)


def _told(deal: Deal) -> dict[str, Any]:
    return {
        row.product.code: f"{format_plain(row.amount_minor, deal.currency)} {deal.currency}"
        for row in products_of(deal)
    }
