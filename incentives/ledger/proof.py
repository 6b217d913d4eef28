"""Proving the books: each invariant as one query whose answer must be empty.

Promise: prints nothing, changes nothing; called by `prove_ledger` and the nightly task.
"""

from dataclasses import dataclass

from django.db import connection

from prm.tenancy.context import require_context

CHECKS: dict[str, str] = {
    "debits equal credits per currency": """
        SELECT currency, sum(signed) FROM (
            SELECT a.currency, -t.amount_minor AS signed FROM incentives_transfer t
                JOIN incentives_ledgeraccount a ON a.tenant_id = %(tenant)s AND a.id = t.debit_id
                WHERE t.tenant_id = %(tenant)s
            UNION ALL SELECT a.currency, t.amount_minor FROM incentives_transfer t
                JOIN incentives_ledgeraccount a ON a.tenant_id = %(tenant)s AND a.id = t.credit_id
                WHERE t.tenant_id = %(tenant)s) s GROUP BY currency HAVING sum(signed) <> 0""",
    "the subledger equals the expense per partner and currency": """
        SELECT coalesce(e.partner_id, l.partner_id), coalesce(e.currency, l.currency), e.total, l.total FROM (
            SELECT e.partner_id, e.payout_currency AS currency, sum(e.payout_amount_minor) AS total
            FROM incentives_entry e
            JOIN incentives_calculationrun r ON r.tenant_id = %(tenant)s AND r.id = e.run_id
                AND r.state IN ('calculated', 'failed')
            WHERE e.tenant_id = %(tenant)s GROUP BY 1, 2) e
        FULL JOIN (
            SELECT a.partner_id, a.currency, sum(CASE WHEN t.debit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)
                AS total
            FROM incentives_ledgeraccount a
            JOIN incentives_transfer t ON t.tenant_id = %(tenant)s AND a.id IN (t.debit_id, t.credit_id)
            WHERE a.tenant_id = %(tenant)s AND a.code = 'expense' GROUP BY 1, 2) l
            ON l.partner_id = e.partner_id AND l.currency = e.currency
        WHERE coalesce(e.total, 0) <> coalesce(l.total, 0)""",
    "an entry is in one live allocation at most": """
        SELECT entry_id, count(*) FROM incentives_payoutallocation
        WHERE tenant_id = %(tenant)s AND released_at IS NULL GROUP BY 1 HAVING count(*) > 1""",
    "an item is the sum of its allocations": """
        SELECT i.id FROM incentives_payoutitem i
        LEFT JOIN incentives_payoutallocation a ON a.tenant_id = %(tenant)s AND a.item_id = i.id
        WHERE i.tenant_id = %(tenant)s AND i.state <> 'held'
        GROUP BY i.id, i.gross_minor HAVING i.gross_minor <> coalesce(sum(a.amount_minor), 0)""",
    "in transit equals the exported items that are not final": """
        SELECT coalesce(i.partner_id, l.partner_id) FROM (
            SELECT partner_id, currency, sum(amount_minor) AS total FROM incentives_payoutitem
            WHERE tenant_id = %(tenant)s AND state IN ('sent', 'unknown') GROUP BY 1, 2) i
        FULL JOIN (
            SELECT a.partner_id, a.currency, sum(CASE WHEN t.credit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)
                AS total
            FROM incentives_ledgeraccount a
            JOIN incentives_transfer t ON t.tenant_id = %(tenant)s AND a.id IN (t.debit_id, t.credit_id)
            WHERE a.tenant_id = %(tenant)s AND a.code = 'in_transit' GROUP BY 1, 2) l
            ON l.partner_id = i.partner_id AND l.currency = i.currency
        WHERE coalesce(i.total, 0) <> coalesce(l.total, 0)""",
    "an exported run has an approval of its content by another person": """
        SELECT r.id FROM incentives_payoutrun r WHERE r.tenant_id = %(tenant)s
            AND r.state IN ('exporting', 'exported', 'settled', 'partly_settled') AND NOT EXISTS (
                SELECT FROM incentives_payoutapproval a WHERE a.tenant_id = %(tenant)s AND a.run_id = r.id
                AND a.content_hash = r.content_hash AND a.voided_at IS NULL
                AND a.approver_user_id <> r.created_by_user_id)""",
    "nothing was posted into a closed month after its closing": """
        SELECT t.id FROM incentives_transfer t
        JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = t.period_on
        WHERE t.tenant_id = %(tenant)s AND p.closed_at IS NOT NULL AND t.recorded_at > p.closed_at""",
    "a file's total is what left for the bank": """
        SELECT f.id FROM incentives_payoutfile f WHERE f.tenant_id = %(tenant)s AND f.total_minor <> (
            SELECT coalesce(sum(t.amount_minor), 0) FROM incentives_transfer t
            WHERE t.tenant_id = %(tenant)s AND t.kind = 'reserve' AND t.source_id = f.run_id)""",
}


@dataclass(frozen=True)
class Verdict:
    """An invariant, and how many rows speak against it."""

    promise: str
    offenders: int

    @property
    def holds(self) -> bool:
        return self.offenders == 0


def prove_books() -> list[Verdict]:
    """Every invariant of the tenant in context."""
    verdicts = []
    with connection.cursor() as cursor:
        for promise, query in CHECKS.items():
            cursor.execute(query, {"tenant": require_context().tenant_id})
            verdicts.append(Verdict(promise, len(cursor.fetchall())))
    return verdicts
