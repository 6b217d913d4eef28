"""Why the rule of an example pays nothing for a line, read from the working tables of its shard.

Called by: trials.examples. Parameters of `REASON`: line, slot, reasons (the fixed list)."""

from incentives.earnings.sql_outcomes import UNPAID

__all__ = ["REASON", "UNPAID"]

REASON = """
SELECT c.line_id, w.reason, w.facts FROM (
    SELECT u.credit_id, u.reason, u.facts, 0 AS component_no
    FROM calc_unpaid u WHERE u.slot = %(slot)s AND u.reason IS NOT NULL
    UNION ALL
    SELECT d.credit_id, d.reason, d.facts, d.component_no FROM calc_decline d WHERE d.slot = %(slot)s) w
JOIN calc_credit c ON c.credit_id = w.credit_id
WHERE c.line_id = %(line)s
ORDER BY array_position(%(reasons)s::text[], w.reason), w.component_no
LIMIT 1
"""
