"""What conditions ask of one credit, for its own partner too, from whom most of the rows behind it are walled off."""

from typing import ClassVar

from django.db import migrations

from prm.tenancy.operations import GuardFunction

# The last three are asked in the others.
PARTS = {
    "PRODUCT": """(SELECT jsonb_build_object('id', p.id, 'code', p.code, 'category', k.code, 'earns', p.earns)
    FROM public.partners_product p
        LEFT JOIN public.partners_productcategory k ON k.tenant_id = {TENANT} AND k.id = p.category_id
    WHERE p.tenant_id = {TENANT} AND p.id = l.product_id)""",
    "CUSTOMER": """(SELECT jsonb_build_object('id', q.id, 'industry', q.industry,
        'claim_keys', jsonb_build_array(q.match_key, q.web_key, q.fold_key))
    FROM public.partners_customer q WHERE q.tenant_id = {TENANT} AND q.id = l.customer_id)""",
    "BOUGHT_BEFORE": """(SELECT max(o.occurred_on) FROM public.partners_saleline o
    WHERE o.tenant_id = {TENANT} AND o.customer_id = l.customer_id AND NOT o.voided AND o.occurred_on < l.occurred_on)""",
    "BEGUN": """(SELECT min(o.occurred_on) FROM public.partners_saleline o
    WHERE o.tenant_id = {TENANT} AND o.subscription_ref = l.subscription_ref AND o.subscription_ref <> ''
        AND o.refunded_external_id = '' AND NOT o.voided)""",
    "REFUNDS": """(SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'external_id', r.external_id,
        'occurred_on', r.occurred_on, 'amount_minor', r.amount_minor, 'currency', r.currency,
        'recorded_at', r.first_recorded_at)), '[]')
    FROM public.partners_saleline r WHERE r.tenant_id = {TENANT} AND r.refunded_line_id = l.id
        AND r.kind = 'refund' AND NOT r.voided)""",
    "PAYMENTS": """(SELECT coalesce(jsonb_agg(jsonb_build_object('paid_on', m.paid_on, 'amount_minor', m.amount_minor,
        'currency', m.currency)), '[]')
    FROM public.partners_salepayment m WHERE m.tenant_id = {TENANT} AND m.line_id = l.id AND NOT m.voided)""",
    "PROTECTIONS": """(SELECT coalesce(jsonb_agg(jsonb_build_object('deal_id', h.deal_id, 'partner_id', h.partner_id,
        'claim_key', h.claim_key, 'category', k.code, 'starts_on', h.starts_on, 'ends_on', h.ends_on)), '[]')
    FROM public.partners_protection h
        JOIN public.partners_productcategory k ON k.tenant_id = {TENANT} AND k.id = h.line_id
        LEFT JOIN public.partners_customer q ON q.tenant_id = {TENANT} AND q.id = l.customer_id
    WHERE h.tenant_id = {TENANT} AND h.starts_on <= l.occurred_on AND h.ends_on > l.occurred_on
        AND (h.deal_id = l.deal_id OR h.claim_key IN (q.match_key, q.web_key, q.fold_key)))""",
    "STANDING": """(SELECT jsonb_build_object('partner_type', s.partner_type, 'country', s.country, 'region', s.region,
        'tier', s.tier)
    FROM public.partners_partnerstanding s WHERE s.tenant_id = {TENANT} AND s.partner_id = c.id
        AND s.starts_on <= l.occurred_on AND (s.ends_on IS NULL OR s.ends_on > l.occurred_on))""",
    "SEGMENTS": """(SELECT coalesce(jsonb_agg(DISTINCT s.code), '[]') FROM public.partners_segmentmember h
        JOIN public.partners_segment s ON s.tenant_id = {TENANT} AND s.id = h.segment_id
    WHERE h.tenant_id = {TENANT} AND h.partner_id = c.id
        AND h.starts_on <= l.occurred_on AND (h.ends_on IS NULL OR h.ends_on > l.occurred_on))""",
    "CERTIFICATES": """(SELECT coalesce(jsonb_agg(DISTINCT k.code), '[]') FROM public.partners_certificate h
        JOIN public.partners_course k ON k.tenant_id = {TENANT} AND k.id = h.course_id
    WHERE h.tenant_id = {TENANT} AND h.partner_id = coalesce(c.merged_into_id, c.id) AND h.issued_on <= l.occurred_on
        AND (least(h.valid_until, h.revoked_on) IS NULL OR least(h.valid_until, h.revoked_on) > l.occurred_on))""",
    "LEVELS_ABOVE": """(WITH RECURSIVE up AS (
        SELECT p.parent_id, 1 AS level FROM public.partners_partnerparent p
        WHERE p.tenant_id = {TENANT} AND p.partner_id = c.id
            AND p.starts_on <= l.occurred_on AND (p.ends_on IS NULL OR p.ends_on > l.occurred_on)
        UNION ALL
        SELECT p.parent_id, u.level + 1 FROM up u JOIN public.partners_partnerparent p
            ON p.tenant_id = {TENANT} AND p.partner_id = u.parent_id
            AND p.starts_on <= l.occurred_on AND (p.ends_on IS NULL OR p.ends_on > l.occurred_on)
        WHERE u.level < 1000)
    SELECT count(*) FROM up)""",
    "TENANT": "NULLIF(current_setting('app.tenant_id', true), '')::uuid",
    "READERS": "NULLIF(current_setting('app.partner_ids', true), '')::uuid[]",
    "READS_ALL": "current_setting('app.scope', true) = 'tenant'",
}
BODY = """
SELECT jsonb_build_object('line', jsonb_build_object('id', l.id, 'source', l.source, 'external_id', l.external_id,
        'kind', l.kind, 'occurred_on', l.occurred_on, 'order_number', l.order_number, 'quantity', l.quantity::text,
        'amount_minor', l.amount_minor, 'currency', l.currency, 'cost_minor', l.cost_minor, 'deal_id', l.deal_id,
        'subscription_ref', l.subscription_ref, 'refunded_external_id', l.refunded_external_id,
        'invoiced_on', l.invoiced_on, 'recorded_at', l.first_recorded_at),
    'partner', jsonb_build_object('id', c.id, 'code', c.code, 'joined_on', c.joined_on),
    'product', {PRODUCT}, 'customer', {CUSTOMER}, 'bought_before', {BOUGHT_BEFORE}, 'begun_on', {BEGUN},
    'refunds', {REFUNDS}, 'payments', {PAYMENTS}, 'protections', {PROTECTIONS}, 'standing', {STANDING},
    'segments', {SEGMENTS}, 'certificates', {CERTIFICATES}, 'levels_above', {LEVELS_ABOVE})
FROM public.partners_saleline l
    JOIN public.partners_partner c ON c.tenant_id = {TENANT} AND c.id = of_partner
WHERE l.tenant_id = {TENANT} AND l.id = of_line AND NOT l.voided AND ({READS_ALL} OR of_partner = ANY ({READERS}))
    AND (EXISTS (SELECT FROM public.partners_salesplit s WHERE s.tenant_id = {TENANT} AND s.line_id = l.id
            AND s.partner_id = of_partner)
        OR (l.partner_id = of_partner AND NOT EXISTS (SELECT FROM public.partners_salesplit s
            WHERE s.tenant_id = {TENANT} AND s.line_id = l.id)))
"""

for name, text in PARTS.items():
    BODY = BODY.replace(f"{{{name}}}", text)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("incentives", "0022_barriers_and_dues"), ("partners", "0022_sale_payments")]

    operations: ClassVar = [GuardFunction("credit_facts(of_line uuid, of_partner uuid)", "jsonb", BODY)]
