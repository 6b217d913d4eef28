"""The weights of a deal as the split of the sales that follow: whose deal a line belongs to, and the terms it gets.

Promise: a fixed number of statements whatever the count of lines; an explicit split is never touched; a line that names
a deal belongs to that one alone, within its protection; of several protections the one by the strongest key counts; a
linked refund has the terms of its sale. Called by partners.sales.actions between stage and table.

Like `ingest`, a reviewed place of raw SQL: values go in as parameters, every statement names the tenant."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import connection

from partners.sales.ingest import ANSWER, KEPT, OLD, TOLD, ChangedLine, by_itself, changed_by

# Protections that a line meets by its customer's keys, the strongest first, or by the deal it names. `l` is the line.
_MEETS = """
SELECT h.deal_id, 0 AS strength FROM partners_protection h
WHERE h.tenant_id = %(tenant)s AND h.deal_id = l.deal_id AND h.starts_on <= l.occurred_on AND h.ends_on > l.occurred_on
UNION ALL
SELECT h.deal_id, k.strength FROM partners_customer c
CROSS JOIN LATERAL unnest(ARRAY[c.match_key, c.web_key, c.fold_key]) WITH ORDINALITY AS k(key, strength)
JOIN partners_product w ON w.tenant_id = %(tenant)s AND w.id = l.product_id
JOIN partners_protection h ON h.tenant_id = %(tenant)s AND h.claim_key = k.key AND h.line_id = w.category_id
    AND h.starts_on <= l.occurred_on AND h.ends_on > l.occurred_on
WHERE c.tenant_id = %(tenant)s AND c.id = l.customer_id AND l.deal_id IS NULL
"""
_HAS_PARTS = "SELECT EXISTS (SELECT FROM partners_dealpart WHERE tenant_id = %(tenant)s)"
# The seller under its name of today, since the parts of a merged partner are its survivor's.
_SPLIT = f"""
WITH share AS (
    SELECT d.deal_id, d.partner_id, p.code, sum(d.percent) AS percent
    FROM partners_dealpart d JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = d.partner_id
    WHERE d.tenant_id = %(tenant)s GROUP BY 1, 2, 3
), scale AS (
    SELECT deal_id, CASE WHEN bool_and(percent = trunc(percent)) THEN 1 ELSE 100 END AS factor FROM share GROUP BY 1
), weights AS (
    SELECT s.deal_id, array_agg(s.partner_id) AS partners, jsonb_agg(jsonb_build_object(
        'partner_id', s.partner_id, 'parts', (s.percent * c.factor)::int, 'deal_id', s.deal_id)
        ORDER BY s.code COLLATE "C") AS terms
    FROM share s JOIN scale c ON c.deal_id = s.deal_id GROUP BY 1
), met AS (
    SELECT l.place, found.deal_id, coalesce(p.merged_into_id, p.id) AS seller_id
    FROM sales_stage l
    JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = l.partner_id
    CROSS JOIN LATERAL (SELECT m.deal_id FROM ({_MEETS}) m ORDER BY m.strength LIMIT 1) AS found
    WHERE l.split_terms = '[]' AND (l.kind = 'sale' OR l.refunded_external_id = '')
)
UPDATE sales_stage s SET split_terms = w.terms
FROM met JOIN weights w ON w.deal_id = met.deal_id
JOIN partners_deal d ON d.tenant_id = %(tenant)s AND d.id = met.deal_id
WHERE s.place = met.place AND (met.seller_id = d.partner_id OR met.seller_id = ANY (w.partners))
    AND w.partners <> ARRAY[met.seller_id]
"""  # noqa: S608 - texts of this module alone
# A refund of a staged or a standing sale; what the sale says in this batch comes first.
_STAGED_REFUNDS = """
UPDATE sales_stage r SET split_terms = told.terms
FROM (
    SELECT r.place, coalesce(s.split_terms, l.split_terms) AS terms FROM sales_stage r
    LEFT JOIN sales_stage s ON s.source = r.source AND s.external_id = r.refunded_external_id
    LEFT JOIN partners_saleline l ON l.tenant_id = %(tenant)s AND l.source = r.source
        AND l.external_id = r.refunded_external_id AND NOT l.voided
    WHERE r.kind = 'refund' AND r.refunded_external_id <> '' AND r.split_terms = '[]'
) told
WHERE r.place = told.place AND told.terms #> '{0,deal_id}' IS NOT NULL
"""
# What the batch could not know: a refund that waited for its sale, a sale that kept or changed its split.
_MIRROR = f"""
WITH wanted AS (
    SELECT r.id, CASE WHEN s.split_terms #> '{{0,deal_id}}' IS NULL THEN '[]' ELSE s.split_terms END AS terms
    FROM partners_saleline r
    JOIN partners_saleline s ON s.tenant_id = %(tenant)s AND s.id = r.refunded_line_id
    WHERE r.tenant_id = %(tenant)s AND r.kind = 'refund' AND NOT r.voided AND {by_itself("r.split_terms")}
        AND (r.id = ANY(%(ids)s) OR r.refunded_line_id = ANY(%(ids)s))
), changed AS (
    UPDATE partners_saleline AS line SET revision = line.revision + 1, split_terms = wanted.terms, recorded_at = %(at)s
    FROM wanted WHERE line.tenant_id = %(tenant)s AND line.id = wanted.id AND line.split_terms <> wanted.terms
    RETURNING {TOLD}, {OLD}
), kept AS ({KEPT})
{ANSWER}
"""  # noqa: S608 - texts of this module alone


def split_staged(tenant_id: UUID, *, with_refunds: bool) -> None:
    """Give the staged lines that tell no split the weights of the deals they belong to; refunds that of their sales."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_PARTS, {"tenant": tenant_id})
        if cursor.fetchone()[0]:
            cursor.execute(_SPLIT, {"tenant": tenant_id})
        if with_refunds:
            cursor.execute(_STAGED_REFUNDS, {"tenant": tenant_id})


def mirror_refunds(tenant_id: UUID, ids: Collection[UUID], *, at: datetime) -> list[ChangedLine]:
    """Let the refunds among these lines, and those of the sales among them, be split as their sales are."""
    return changed_by(_MIRROR, {"tenant": tenant_id, "ids": list(ids), "at": at})


_DEALS_BY_NUMBER = "SELECT number, id FROM partners_deal WHERE tenant_id = %s AND number = ANY(%s)"


def deals_by_number(tenant_id: UUID, numbers: Collection[int]) -> dict[int, UUID]:
    """Ids of the tenant's deals; unknown numbers are absent."""
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_DEALS_BY_NUMBER, [tenant_id, sorted(numbers)])
        return dict(cursor.fetchall())
