"""On the page of a deal: what the vendor itself sold to this customer in the twelve months before.

Promise: the customer is found by the claim's own key; shown to the vendor's staff alone. Called by sales.catalogue."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partners.deals.queries import access_deal
from partners.sales.models import LineKind, SaleLine
from prm.accounts.actor import Actor
from prm.web.panels import Panel

LINES_SHOWN = 10
A_YEAR = timedelta(days=365)


def direct_sales_panel(actor: Actor, deal_id: UUID) -> Panel | None:
    """None where there was none: then nothing speaks against the claim."""
    lines = list(_direct_sales(actor, deal_id)[:LINES_SHOWN])
    if not lines:
        return None
    return Panel(
        _("We sold to this customer ourselves"), "components/partners/direct_sales.html", {"lines": lines}
    )


def _direct_sales(actor: Actor, deal_id: UUID) -> QuerySet[SaleLine]:
    deal = access_deal(actor, deal_id)
    until = deal.submitted_at.date()
    rows = SaleLine.objects.select_related("product", "customer").filter(
        partner__isnull=True,
        customer__match_key=deal.claim_key,
        kind=LineKind.SALE,
        voided=False,
        occurred_on__gte=until - A_YEAR,
        occurred_on__lte=until,
    )
    return rows.order_by("-occurred_on", "-id")
