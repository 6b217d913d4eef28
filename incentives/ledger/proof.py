"""Proving the books: each invariant as one query whose answer must be empty.

Promise: prints nothing, changes nothing; called by `prove_ledger` and the nightly task. The entries of a
calculation count from its end, money counts as sent from its export.
"""

from dataclasses import dataclass

from django.db import connection

from incentives.ledger.seals import find_broken_seal
from incentives.ledger.sql_balances import SENT_STATES
from prm.tenancy.context import require_context

# Per partner and currency, what stands in each purse: credits minus debits.
_PURSES = """
    SELECT a.partner_id, a.currency,
        coalesce(sum(t.signed) FILTER (WHERE a.code = 'expense'), 0) AS expense,
        coalesce(sum(t.signed) FILTER (WHERE a.code = 'funds_expense'), 0) AS funds,
        coalesce(sum(t.signed) FILTER (WHERE a.code = 'adjustment_expense'), 0) AS adjustments,
        coalesce(sum(t.signed) FILTER (WHERE a.code IN ('payable_pending', 'payable_available', 'clawback_due')), 0)
            AS owed,
        coalesce(sum(t.signed) FILTER (WHERE a.code = 'in_transit'), 0) AS in_transit,
        coalesce(sum(t.signed) FILTER (WHERE a.code IN ('in_transit', 'bank', 'withholding')), 0) AS gone
    FROM incentives_ledgeraccount a
    JOIN (
        SELECT debit_id AS account_id, -amount_minor AS signed FROM incentives_transfer WHERE tenant_id = %(tenant)s
        UNION ALL
        SELECT credit_id, amount_minor FROM incentives_transfer WHERE tenant_id = %(tenant)s
    ) t ON t.account_id = a.id
    WHERE a.tenant_id = %(tenant)s GROUP BY a.partner_id, a.currency"""

_ENTRIES = f"""
    SELECT e.partner_id, e.currency, coalesce(sum(e.amount_minor) FILTER (WHERE e.beside = ''), 0) AS earned,
        coalesce(sum(e.amount_minor) FILTER (WHERE e.beside NOT IN ('', 'adjustment')), 0) AS reimbursed,
        coalesce(sum(e.amount_minor) FILTER (WHERE e.beside = 'adjustment'), 0) AS adjusted,
        coalesce(sum(e.amount_minor) FILTER (WHERE a.entry_id IS NULL), 0) AS unpaid
    FROM (
        SELECT e.id, e.partner_id, e.payout_currency AS currency, e.payout_amount_minor AS amount_minor, '' AS beside
        FROM incentives_entry e
        JOIN incentives_calculationrun r ON r.tenant_id = %(tenant)s AND r.id = e.run_id AND r.finished_at IS NOT NULL
        WHERE e.tenant_id = %(tenant)s
        UNION ALL
        SELECT id, partner_id, currency, amount_minor, source_type FROM incentives_reimbursement
        WHERE tenant_id = %(tenant)s) e
    LEFT JOIN (
        SELECT a.entry_id FROM incentives_payoutallocation a
        JOIN incentives_payoutrun p ON p.tenant_id = %(tenant)s AND p.id = a.run_id AND p.state IN {SENT_STATES}
        WHERE a.tenant_id = %(tenant)s AND a.released_at IS NULL) a ON a.entry_id = e.id
    GROUP BY 1, 2"""

_ITEMS = """
    SELECT partner_id, currency,
        coalesce(sum(amount_minor) FILTER (WHERE state IN ('sent', 'unknown')), 0) AS open,
        coalesce(sum(gross_minor) FILTER (WHERE state IN ('sent', 'unknown', 'paid')), 0) AS gone
    FROM incentives_payoutitem WHERE tenant_id = %(tenant)s AND state <> 'held' GROUP BY 1, 2"""

CHECKS: dict[str, str] = {
    "I1 debits equal credits in each currency": """
        SELECT t.id FROM incentives_transfer t
        LEFT JOIN incentives_ledgeraccount d ON d.tenant_id = %(tenant)s AND d.id = t.debit_id
            AND d.currency = t.currency
        LEFT JOIN incentives_ledgeraccount c ON c.tenant_id = %(tenant)s AND c.id = t.credit_id
            AND c.currency = t.currency
        WHERE t.tenant_id = %(tenant)s AND (d.id IS NULL OR c.id IS NULL OR t.amount_minor <= 0)""",
    "I2 an entry is in one live allocation at most": """
        SELECT entry_id FROM incentives_payoutallocation
        WHERE tenant_id = %(tenant)s AND released_at IS NULL GROUP BY 1 HAVING count(*) > 1""",
    "I2 an item is the sum of the entries it took": """
        SELECT i.id FROM incentives_payoutitem i
        LEFT JOIN incentives_payoutallocation a ON a.tenant_id = %(tenant)s AND a.item_id = i.id
        WHERE i.tenant_id = %(tenant)s AND i.state <> 'held'
        GROUP BY i.id, i.gross_minor, i.amount_minor, i.withheld_minor
        HAVING i.gross_minor <> coalesce(sum(a.amount_minor), 0)
            OR i.gross_minor <> i.amount_minor + i.withheld_minor""",
    "I3 in transit equals the exported items that are not final": f"""
        SELECT 1 FROM ({_PURSES}) p FULL JOIN ({_ITEMS}) i USING (partner_id, currency)
        WHERE coalesce(p.in_transit, 0) <> coalesce(i.open, 0)""",
    "I4 the expense equals the entries, per partner": f"""
        SELECT 1 FROM ({_PURSES}) p FULL JOIN ({_ENTRIES}) e USING (partner_id, currency)
        WHERE coalesce(-p.expense, 0) <> coalesce(e.earned, 0)""",
    "I4 the expense of marketing funds equals the reimbursements, per partner": f"""
        SELECT 1 FROM ({_PURSES}) p FULL JOIN ({_ENTRIES}) e USING (partner_id, currency)
        WHERE coalesce(-p.funds, 0) <> coalesce(e.reimbursed, 0)""",
    "I4 the expense of adjustments equals the adjustments, per partner": f"""
        SELECT 1 FROM ({_PURSES}) p FULL JOIN ({_ENTRIES}) e USING (partner_id, currency)
        WHERE coalesce(-p.adjustments, 0) <> coalesce(e.adjusted, 0)""",
    "I4 what is owed equals what was not sent, per partner": f"""
        SELECT 1 FROM ({_PURSES}) p FULL JOIN ({_ENTRIES}) e USING (partner_id, currency)
        WHERE coalesce(p.owed, 0) <> coalesce(e.unpaid, 0)""",
    "I4 what has gone equals the items sent and not returned, per partner": f"""
        SELECT 1 FROM ({_PURSES}) p FULL JOIN ({_ITEMS}) i USING (partner_id, currency)
        WHERE coalesce(p.gone, 0) <> coalesce(i.gone, 0)""",
    "I5 an exported run has an approval of its content by another person": f"""
        SELECT r.id FROM incentives_payoutrun r WHERE r.tenant_id = %(tenant)s
            AND r.state IN {SENT_STATES} AND NOT EXISTS (
                SELECT FROM incentives_payoutapproval a WHERE a.tenant_id = %(tenant)s AND a.run_id = r.id
                AND a.content_hash = r.content_hash AND a.voided_at IS NULL
                AND a.approver_user_id <> r.created_by_user_id)""",
    "I6 nothing was posted into a month after its closing": """
        SELECT t.id FROM incentives_transfer t
        JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = t.period_on
        WHERE t.tenant_id = %(tenant)s AND t.recorded_at > p.closed_at
        UNION ALL SELECT e.id FROM incentives_entry e
        JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = e.period_on
        WHERE e.tenant_id = %(tenant)s AND e.recorded_at > p.closed_at
        UNION ALL SELECT e.id FROM incentives_reimbursement e
        JOIN incentives_period p ON p.tenant_id = %(tenant)s AND p.starts_on = e.period_on
        WHERE e.tenant_id = %(tenant)s AND e.recorded_at > p.closed_at""",
    "I7 each source posts once": """
        SELECT source_id FROM incentives_transfer WHERE tenant_id = %(tenant)s
        GROUP BY kind, source_type, source_id, leg HAVING count(*) > 1""",
    "I7 a calculation posts a target once": """
        SELECT run_id FROM incentives_entry WHERE tenant_id = %(tenant)s
        GROUP BY run_id, partner_id, plan_id, component_id, line_id, window_on, credited_partner_id, depth, belongs_on
        HAVING count(*) > 1""",
    "I8 a file's total is what left for the bank": """
        SELECT f.id FROM incentives_payoutfile f WHERE f.tenant_id = %(tenant)s AND f.total_minor <> (
            SELECT coalesce(sum(t.amount_minor), 0) FROM incentives_transfer t
            WHERE t.tenant_id = %(tenant)s AND t.kind = 'reserve' AND t.source_id = f.run_id AND NOT EXISTS (
                SELECT FROM incentives_transfer r WHERE r.tenant_id = %(tenant)s AND r.reverses_id = t.id))""",
    "a reversal is the mirror of one transfer": """
        SELECT r.id FROM incentives_transfer r
        LEFT JOIN incentives_transfer t ON t.tenant_id = %(tenant)s AND t.id = r.reverses_id
        WHERE r.tenant_id = %(tenant)s AND r.kind = 'reversal' AND (t.id IS NULL OR t.kind = 'reversal'
            OR (t.debit_id, t.credit_id, t.amount_minor, t.currency)
                IS DISTINCT FROM (r.credit_id, r.debit_id, r.amount_minor, r.currency))""",
    "every seal that the audit trail names is there": """
        SELECT a.id FROM prm_auditrecord a
        WHERE a.tenant_id = %(tenant)s AND a.action = 'ledger.sealed' AND NOT EXISTS (
            SELECT FROM incentives_ledgerseal s WHERE s.tenant_id = %(tenant)s
            AND s.number = (a.after ->> 'number')::bigint AND s.chain_hash = a.after ->> 'hash')""",
}
SEALED = "what was sealed is as it was"


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
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        for promise, query in CHECKS.items():
            cursor.execute(query, {"tenant": require_context().tenant_id})
            verdicts.append(Verdict(promise, len(cursor.fetchall())))
    return [*verdicts, Verdict(SEALED, int(find_broken_seal() is not None))]
