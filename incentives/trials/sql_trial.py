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
SELECT t.component_no, t.partner_id, (t.volume::json ->> 'window_starts_on')::date AS window_on,
    max((t.volume::json ->> 'deciding')::numeric), max((t.volume::json ->> 'row')::int),
    max((t.volume::json ->> 'goal')::numeric), sum(t.basis_value)
FROM calc_target t
WHERE t.component_no = ANY (%(components)s) AND t.original_minor IS NULL AND t.volume IS NOT NULL
    AND (t.volume::json ->> 'window_ends_on')::date > %(first_on)s
    AND (t.volume::json ->> 'window_starts_on')::date < %(until)s
GROUP BY 1, 2, 3
"""

# Of everybody whom such a component pays on the day: the window that holds the day, the goal in it, the volume after
# its last sale and what the component pays there. Volumes in the measured unit.
STANDINGS = """
WITH reached AS (
    SELECT t.component_no, t.partner_id, (t.volume::json ->> 'window_starts_on')::date AS window_on,
        (array_agg(CASE WHEN t.volume::json ->> 'mode' = 'retroactive' THEN (t.volume::json ->> 'deciding')::numeric
            ELSE (t.volume::json ->> 'after')::numeric END ORDER BY t.credit_id DESC))[1] AS volume,
        sum(t.amount_minor)::bigint AS earned_minor
    FROM calc_target t JOIN calc_credit c ON c.credit_id = t.credit_id
    WHERE t.component_no = ANY (%(components)s) AND t.volume IS NOT NULL GROUP BY 1, 2, 3
)
SELECT k.component_no, sp.partner_id, w.starts_on, w.ends_on, g.goal, coalesce(r.volume, 0),
    coalesce(r.earned_minor, 0)
FROM calc_component k
JOIN calc_choice ch ON ch.version_id = k.version_id
JOIN calc_span sp ON sp.span_id = ch.span_id AND sp.starts_on <= %(day)s AND sp.ends_on > %(day)s
JOIN calc_calendar w ON w.window_kind = k.window_kind AND w.day = %(day)s
LEFT JOIN calc_goal g ON g.version_id = k.version_id AND g.component_id = k.component_id
    AND g.partner_id = sp.partner_id AND g.window_on = w.starts_on
LEFT JOIN reached r ON r.component_no = k.component_no AND r.partner_id = sp.partner_id AND r.window_on = w.starts_on
WHERE k.component_no = ANY (%(components)s)
"""

# What each partner is on the day, by the names of the facts that conditions ask for.
PARTNERS = """
SELECT sp.partner_id, sp.partner_code, sp.partner_type, sp.region, sp.country, sp.tier, sp.segments, sp.certificates
FROM calc_span sp WHERE sp.starts_on <= %(day)s AND sp.ends_on > %(day)s
"""
