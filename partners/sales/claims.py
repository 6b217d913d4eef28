"""What the vendor itself sold to the customers of claims in the twelve months before: in lists and on a deal's page.

Promise: a customer is found by every key it is known by; a line without a partner that is split counts for partners and
is not direct; shown to the vendor's staff alone. Called by sales.catalogue, the conflict desk."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partners.deals.models import LIVE, Deal
from partners.deals.queries import access_deal
from partners.deals.steps import today_of
from partners.sales.models import LineKind, SaleLine
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web import format as formats
from prm.web.panels import Panel

LINES_SHOWN = 10

_LAST_DIRECT = """
SELECT d.id, max(l.occurred_on) FROM unnest(%(deals)s::uuid[], %(since)s::date[], %(until)s::date[])
    AS asked(deal_id, since, until)
JOIN partners_deal d ON d.tenant_id = %(tenant)s AND d.id = asked.deal_id
JOIN partners_customer c ON c.tenant_id = %(tenant)s
    AND (c.match_key = d.claim_key OR c.web_key = d.claim_key OR c.fold_key = d.claim_key)
JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.customer_id = c.id
    AND l.occurred_on BETWEEN asked.since AND asked.until
WHERE l.partner_id IS NULL AND l.split_terms = '[]' AND l.kind = 'sale' AND NOT l.voided
GROUP BY d.id
"""


def sold_to(claim_key: str) -> QuerySet[SaleLine]:
    """Sales in force to the customers that a claim meets."""
    met = Q(customer__match_key=claim_key) | Q(customer__web_key=claim_key) | Q(customer__fold_key=claim_key)
    return SaleLine.objects.filter(met, kind=LineKind.SALE, voided=False)


def sold_directly(claim_key: str) -> QuerySet[SaleLine]:
    """The vendor's own among them."""
    return sold_to(claim_key).filter(partner__isnull=True, split_terms=[])


def a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)


def direct_sale_flags(deals: Sequence[Deal]) -> Mapping[UUID, str]:
    """Live claims of a list whose customer the vendor sold to itself in the twelve months before."""
    days = {deal.id: today_of(deal.submitted_at) for deal in deals if deal.state in LIVE}
    if not days:
        return {}
    parameters: dict[str, Any] = {
        "tenant": current_tenant().id,
        "deals": list(days),
        "since": [a_year_before(day) for day in days.values()],
        "until": list(days.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LAST_DIRECT, parameters)
        found = cursor.fetchall()
    return {deal_id: _("We sold to them: %(day)s") % {"day": formats.day(last)} for deal_id, last in found}


def direct_sales_panel(actor: Actor, deal_id: UUID) -> Panel | None:
    """None where there was none: then nothing speaks against the claim."""
    deal = access_deal(actor, deal_id)
    until = today_of(deal.submitted_at)
    rows = sold_directly(deal.claim_key).filter(occurred_on__gte=a_year_before(until), occurred_on__lte=until)
    lines = list(rows.select_related("product", "customer").order_by("-occurred_on", "-id")[:LINES_SHOWN])
    if not lines:
        return None
    content = {"lines": lines, "hidden": rows.count() - len(lines)}
    return Panel(_("We sold to this customer ourselves"), "components/partners/direct_sales.html", content)
