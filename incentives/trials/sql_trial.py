"""What a trial reads before it is rolled back; called by trials.rehearsal.

Parameters: tenant, slot, first_on and until (the months), old_run and new_run; for `VOLUMES` the components."""

# Of the plans of the slot, per partner, month and currency: what was posted, then with what each run added.
AMOUNTS = """
SELECT e.partner_id, e.belongs_on, e.currency,
    coalesce(sum(e.amount_minor) FILTER (WHERE e.run_id NOT IN (%(old_run)s, %(new_run)s)), 0)::bigint,
    coalesce(sum(e.amount_minor) FILTER (WHERE e.run_id <> %(new_run)s), 0)::bigint, sum(e.amount_minor)::bigint
FROM incentives_entry e JOIN incentives_plan p ON p.tenant_id = %(tenant)s AND p.id = e.plan_id AND p.slot = %(slot)s
WHERE e.tenant_id = %(tenant)s AND e.belongs_on >= %(first_on)s AND e.belongs_on < %(until)s
GROUP BY e.partner_id, e.belongs_on, e.currency
HAVING bool_or(e.amount_minor <> 0)
ORDER BY e.partner_id, e.belongs_on, e.currency
"""

# Where each partner's volume came to in each window of a retroactive table, and what of it is paid.
VOLUMES = """
SELECT t.component_no, t.partner_id, (t.volume ->> 'window_starts_on')::date AS window_on,
    max((t.volume ->> 'deciding')::numeric), max((t.volume ->> 'row')::int), max((t.volume ->> 'goal')::numeric),
    sum(t.basis_value)
FROM calc_target t
WHERE t.component_no = ANY (%(components)s) AND t.original_minor IS NULL AND t.volume IS NOT NULL
    AND (t.volume ->> 'window_ends_on')::date > %(first_on)s AND (t.volume ->> 'window_starts_on')::date < %(until)s
GROUP BY 1, 2, 3
"""
