"""What deals would earn, kept beside them: made when a deal moves and each night, read by both sides.

Promises: an estimate is replaced as a whole; a partner reads its own amounts alone.
Called by: trials.{tasks,panels}."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from incentives.trials.estimates import Estimate, Estimated, Offer, OfferedLine, Unpaid, estimate
from incentives.trials.models import DealEstimate, EstimatedAmount
from incentives.trials.offered import Fact
from incentives.trials.offers import products_of, products_on_offer
from partners.customers.models import Customer
from partners.deals.models import LIVE, Deal
from partners.deals.queries import parts_of
from partners.products.models import Product
from prm.tenancy.queries import current_tenant

MOVES = (
    "deal.registered", "deal.protected", "deal.amended", "deal.parts_set", "deal.corrected", "deal.expired", "deal.won",
    "deal.lost", "deal.withdrawn", "deal.changed", "deal.rejected", "deal.lapsed",
)  # fmt: skip
"""What happens to a deal that changes what it would earn."""
HUNDREDTHS = 100


def estimate_deal(*, deal_id: UUID, at: datetime) -> DealEstimate | None:
    """Estimate it anew; of a deal that is over nothing is kept."""
    deal = (
        Deal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("line")
        .filter(id=deal_id)
        .first()
    )
    if deal is None:
        return None
    DealEstimate.objects.filter(deal=deal).delete()
    if deal.state not in LIVE:
        return None
    today = at.astimezone(current_tenant().zone).date()
    lines, missing = _lines(deal)
    found = Estimate([])
    if lines:
        offer = Offer(
            partner_id=deal.partner_id,
            lines=lines,
            currency=deal.currency,
            occurred_on=today,
            customer_id=_customer_of(deal),
            deal_id=deal.id,
            parts=_parts(deal),
        )
        found = estimate(offer, at=at)
    products = Product.objects.in_bulk({line.product_id for line in lines})
    made = DealEstimate.objects.create(
        deal=deal,
        partner_id=deal.partner_id,
        amount_minor=sum(line.amount_minor * max(line.months, 1) for line in lines) or deal.amount_minor,
        currency=deal.currency,
        occurred_on=today,
        taken=[_taken(line, products[line.product_id]) for line in lines],
        missing=[*missing, *found.missing],
        unpaid=[_unpaid(one, products[one.product_id]) for one in found.unpaid],
        made_at=at,
    )
    _keep(made, found.amounts)
    return made


def _lines(deal: Deal) -> tuple[list[OfferedLine], list[Fact]]:
    """What people told of it; else the whole of it as the first product of its line, which is said where there are
    several."""
    told = [
        OfferedLine(row.product_id, row.amount_minor, row.quantity, row.cost_minor, row.months)
        for row in products_of(deal)
    ]
    offered = [] if told else products_on_offer(deal)
    lines = told or [OfferedLine(product.id, deal.amount_minor) for product in offered[:1]]
    return lines, [Fact.PRODUCT] if len(offered) > 1 else []


def _taken(line: OfferedLine, product: Product) -> dict[str, Any]:
    return {
        "product": product.name,
        "amount_minor": line.amount_minor,
        "quantity": None if line.quantity is None else str(line.quantity),
        "months": line.months,
    }


def _unpaid(one: Unpaid, product: Product) -> dict[str, Any]:
    return {
        "partner": str(one.partner_id),
        "product": product.name,
        "reason": one.reason,
        "facts": dict(one.facts),
    }


def _keep(made: DealEstimate, amounts: Sequence[Estimated]) -> None:
    EstimatedAmount.objects.bulk_create(
        EstimatedAmount(
            estimate=made,
            partner_id=one.partner_id,
            version_id=one.version_id,
            component_id=one.component_id,
            currency=one.currency,
            amount_minor=one.amount_minor,
            earlier_minor=one.earlier_minor,
            inputs=dict(one.inputs),
        )
        for one in amounts
    )


def _customer_of(deal: Deal) -> UUID | None:
    """The known customer that the claim meets, by its strongest key."""
    key = deal.claim_key
    known = (
        Customer.objects.filter(Q(match_key=key) | Q(web_key=key) | Q(fold_key=key)).order_by("id").first()
    )
    return known.id if known else None


def _parts(deal: Deal) -> dict[UUID, int] | None:
    weights: dict[UUID, int] = defaultdict(int)
    for part in parts_of(deal):
        weights[part.partner_id] += int(part.percent * HUNDREDTHS)
    return weights or None


def live_deal_ids() -> list[UUID]:
    return list(Deal.objects.filter(state__in=LIVE).order_by("id").values_list("id", flat=True))


def estimate_of(deal_id: UUID) -> DealEstimate | None:
    return DealEstimate.objects.filter(deal_id=deal_id).first()


def amounts_of(made: DealEstimate) -> list[EstimatedAmount]:
    """Those that the reader may see, the largest first."""
    rows = EstimatedAmount.objects.filter(estimate=made).select_related("version__plan", "partner")
    return list(rows.order_by("-amount_minor", "id"))
