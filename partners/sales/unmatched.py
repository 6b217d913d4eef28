"""Sales that met a protection of their customer and did not match it: other product line, no category, another seller.

Promise: none is left out, whatever their number; a customer is found by every key; a manager sees what touches the own
partners. Called by conflicts queries.

Like `ingest`, a reviewed place of raw SQL: values go in as parameters, every statement names the tenant."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from partners.sales.models import SaleLine
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant

# Protections by customer, whichever of its keys the claim has.
_HELD = """
SELECT p.id, p.deal_id, p.partner_id, p.line_id, p.starts_on, p.ends_on, c.id AS customer_id
FROM partners_protection p JOIN partners_customer c ON c.tenant_id = p.tenant_id
    AND (c.match_key = p.claim_key OR c.web_key = p.claim_key OR c.fold_key = p.claim_key)
WHERE p.tenant_id = %s
"""
# Whom a line counts for, under their names of today: the partner of the protection, or one with a part in its deal.
_SOLD_BY_IT = """
EXISTS (
    SELECT FROM (
        SELECT l.partner_id AS id WHERE l.split_terms = '[]'
        UNION ALL SELECT (e.term ->> 'partner_id')::uuid FROM jsonb_array_elements(l.split_terms) AS e(term)
    ) who JOIN partners_partner p ON p.tenant_id = l.tenant_id AND p.id = who.id
    WHERE coalesce(p.merged_into_id, p.id) = h.partner_id OR coalesce(p.merged_into_id, p.id) IN (
        SELECT d.partner_id FROM partners_dealpart d WHERE d.tenant_id = l.tenant_id AND d.deal_id = h.deal_id))
"""
_MEETING = f"""
FROM ({_HELD}) h
JOIN partners_saleline l ON l.tenant_id = %s AND l.customer_id = h.customer_id
    AND l.occurred_on >= h.starts_on AND l.occurred_on < h.ends_on
JOIN partners_product w ON w.tenant_id = l.tenant_id AND w.id = l.product_id
JOIN partners_partner m ON m.tenant_id = l.tenant_id AND m.id = h.partner_id
WHERE l.kind = 'sale' AND NOT l.voided
"""
_UNMATCHED = f"""
SELECT l.id {_MEETING} GROUP BY l.id
HAVING bool_or(%s::uuid IS NULL OR m.manager_id = %s::uuid)
    AND NOT bool_or(h.line_id IS NOT DISTINCT FROM w.category_id AND (l.deal_id IS NULL OR l.deal_id = h.deal_id)
        AND {_SOLD_BY_IT})
"""  # noqa: S608 - texts of this module alone
_MET = f"""
SELECT l.id, h.deal_id, h.partner_id, m.name, h.line_id {_MEETING} AND l.id = ANY(%s) ORDER BY h.starts_on
"""


@dataclass(frozen=True)
class Met:
    """A protection that a line met: its deal, whose it is, and its product line."""

    deal_id: UUID
    partner_id: UUID
    partner: str
    line_id: UUID


def unmatched_sales(actor: Actor) -> QuerySet[SaleLine]:
    """All of them; the caller orders, counts and pages."""
    tenant_id = current_tenant().id
    manager_id = actor.id if actor.has_portfolio_wall else None
    ids = RawSQL(_UNMATCHED, [tenant_id, tenant_id, manager_id, manager_id])  # noqa: S611 - no text from outside
    rows = SaleLine.objects.filter(id__in=ids)
    return rows.select_related("partner", "customer", "product__category")


def protections_met(lines: Sequence[SaleLine]) -> dict[UUID, list[Met]]:
    """What each of these lines met, the oldest first."""
    found: defaultdict[UUID, list[Met]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_MET, [*[current_tenant().id] * 2, [line.id for line in lines]])
        for line_id, *met in cursor.fetchall():
            found[line_id].append(Met(*met))
    return found
