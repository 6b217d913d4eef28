"""The statements that write postings: the purses that are missing, then the transfers.

Promise: set-based, in the order of the postings, and what the source has posted before is left as it is; called by
ledger.actions.

Parameters: tenant, the columns of the postings as arrays of one length, and what they have in common."""

ACCOUNTS = """
INSERT INTO incentives_ledgeraccount (id, tenant_id, code, partner_id, currency)
SELECT uuidv7(), %(tenant)s, code, partner_id, currency FROM (
    SELECT DISTINCT u.code, p.partner_id, p.currency
    FROM unnest(%(debits)s::text[], %(credits)s::text[], %(partners)s::uuid[], %(currencies)s::text[])
            AS p(debit, credit, partner_id, currency)
        CROSS JOIN LATERAL unnest(ARRAY[p.debit, p.credit]) AS u(code)) purse
ON CONFLICT DO NOTHING
"""

# A purse that is not found is an error of the table, never a posting that is left out.
TRANSFERS = """
INSERT INTO incentives_transfer (id, tenant_id, journal_id, debit_id, credit_id, currency, amount_minor, kind,
    source_type, source_id, leg, actor_label, actor_id, period_on, effective_on, recorded_at)
SELECT uuidv7(), %(tenant)s, %(journal)s, d.id, c.id, p.currency, p.amount_minor, p.kind, %(source_type)s,
    %(source_id)s, p.leg, %(actor_label)s, %(actor_id)s, %(period_on)s, %(effective_on)s, %(at)s
FROM unnest(%(kinds)s::text[], %(debits)s::text[], %(credits)s::text[], %(partners)s::uuid[], %(currencies)s::text[],
        %(amounts)s::bigint[], %(legs)s::text[])
        WITH ORDINALITY AS p(kind, debit, credit, partner_id, currency, amount_minor, leg, place)
    LEFT JOIN incentives_ledgeraccount d ON d.tenant_id = %(tenant)s AND d.code = p.debit
        AND d.partner_id = p.partner_id AND d.currency = p.currency
    LEFT JOIN incentives_ledgeraccount c ON c.tenant_id = %(tenant)s AND c.code = p.credit
        AND c.partner_id = p.partner_id AND c.currency = p.currency
ORDER BY p.place
ON CONFLICT DO NOTHING
"""
