"""Working tables of a shard: its partners, their attributes by date, the plan and version in force, the calendar.

Promise: says of every partner and day what `plans.selection` says; called by earnings.calculation.

Parameters: tenant, run, shard, volume_from (first day whose credits count), due_from, until, rules and windows (JSON),
segments (codes that plans ask for), asks_certificate and levels_up (how many steps up anybody is asked for)."""

# What was booked to a partner before it was merged stays there; its people, and what they proved, are the survivor's.
MEMBERS = """
CREATE TEMP TABLE calc_member ON COMMIT DROP AS
SELECT m.partner_id, p.code, p.joined_on, coalesce(p.merged_into_id, p.id) AS people_of
FROM incentives_calculationmember m JOIN partners_partner p ON p.tenant_id = %(tenant)s AND p.id = m.partner_id
WHERE m.tenant_id = %(tenant)s AND m.run_id = %(run)s AND m.shard_number = %(shard)s
"""

# Who stood `up` steps above a partner, on [starts_on, ends_on): as high as overrides and volumes of groups reach.
ABOVE = """
CREATE TEMP TABLE calc_above ON COMMIT DROP AS
WITH RECURSIVE link AS (
    SELECT p.partner_id, p.parent_id, p.starts_on, coalesce(p.ends_on, 'infinity') AS ends_on
    FROM partners_partnerparent p JOIN calc_member m ON m.partner_id = p.partner_id
    WHERE p.tenant_id = %(tenant)s AND p.starts_on < %(until)s AND (p.ends_on IS NULL OR p.ends_on > %(volume_from)s)
), above AS (
    SELECT partner_id, 1 AS up, parent_id AS above_id, starts_on, ends_on FROM link WHERE %(levels_up)s > 0
    UNION ALL
    SELECT a.partner_id, a.up + 1, l.parent_id, greatest(a.starts_on, l.starts_on), least(a.ends_on, l.ends_on)
    FROM above a JOIN link l ON l.partner_id = a.above_id AND l.starts_on < a.ends_on AND l.ends_on > a.starts_on
    WHERE a.up < %(levels_up)s
)
SELECT * FROM above
"""

# Of the versions of a plan the spans in which each is in force; the spans of one plan never overlap.
RULES = """
CREATE TEMP TABLE calc_rule ON COMMIT DROP AS
SELECT * FROM jsonb_to_recordset(%(rules)s::jsonb)
    AS r(plan_id uuid, version_id uuid, starts_on date, ends_on date)
"""

CALENDAR = """
CREATE TEMP TABLE calc_calendar ON COMMIT DROP AS
SELECT w.window_kind, d::date AS day, w.starts_on, w.ends_on, p.closed_at
FROM jsonb_to_recordset(%(windows)s::jsonb) AS w(window_kind text, starts_on date, ends_on date)
CROSS JOIN LATERAL generate_series(w.starts_on, w.ends_on - 1, interval '1 day') AS d
LEFT JOIN incentives_period p ON p.tenant_id = %(tenant)s
    AND p.starts_on = (w.ends_on - interval '1 month')::date
"""

# Segments that a partner was in and certificates that its people held, on [starts_on, ends_on).
HELD = """
CREATE TEMP TABLE calc_held ON COMMIT DROP AS
SELECT m.partner_id, 'segment' AS kind, s.code::text COLLATE "C" AS code, h.starts_on, h.ends_on
FROM calc_member m
    JOIN partners_segmentmember h ON h.tenant_id = %(tenant)s AND h.partner_id = m.partner_id
    JOIN partners_segment s ON s.tenant_id = %(tenant)s AND s.id = h.segment_id AND s.code = ANY (%(segments)s)
WHERE h.starts_on < %(until)s AND (h.ends_on IS NULL OR h.ends_on > %(volume_from)s)
UNION
SELECT m.partner_id, 'certificate', k.code, c.issued_on, least(c.valid_until, c.revoked_on)
FROM calc_member m
    JOIN partners_certificate c ON c.tenant_id = %(tenant)s AND c.partner_id = m.people_of
    JOIN partners_course k ON k.tenant_id = %(tenant)s AND k.id = c.course_id
WHERE %(asks_certificate)s AND c.issued_on < %(until)s AND (least(c.valid_until, c.revoked_on) IS NULL
    OR least(c.valid_until, c.revoked_on) > greatest(c.issued_on, %(volume_from)s))
"""

# A span is a stretch of days in which nothing that decides on plans or attributes of a partner changes.
SPANS = """
CREATE TEMP TABLE calc_span ON COMMIT DROP AS
WITH change AS (
    SELECT partner_id, %(volume_from)s::date AS day FROM calc_member
    UNION SELECT m.partner_id, s.starts_on FROM calc_member m
        JOIN partners_partnerstanding s ON s.tenant_id = %(tenant)s AND s.partner_id = m.partner_id
    UNION SELECT m.partner_id, s.ends_on FROM calc_member m
        JOIN partners_partnerstanding s ON s.tenant_id = %(tenant)s AND s.partner_id = m.partner_id
    UNION SELECT m.partner_id, d.day FROM calc_member m
        JOIN incentives_planassignment a ON a.tenant_id = %(tenant)s AND a.audience = 'partner'
            AND a.target = m.partner_id::text
        CROSS JOIN LATERAL (VALUES (a.starts_on), (a.ends_on)) AS d(day)
    UNION SELECT h.partner_id, d.day FROM calc_held h
        CROSS JOIN LATERAL (VALUES (h.starts_on), (h.ends_on)) AS d(day)
    UNION SELECT m.partner_id, d.day FROM calc_member m CROSS JOIN (
        SELECT starts_on AS day FROM incentives_planassignment WHERE tenant_id = %(tenant)s AND audience <> 'partner'
        UNION SELECT ends_on FROM incentives_planassignment WHERE tenant_id = %(tenant)s AND audience <> 'partner'
        UNION SELECT starts_on FROM calc_rule
        UNION SELECT ends_on FROM calc_rule) d
), stretch AS (
    SELECT row_number() OVER () AS span_id, partner_id, day AS starts_on,
        lead(day, 1, %(until)s::date) OVER (PARTITION BY partner_id ORDER BY day) AS ends_on
    FROM change WHERE day >= %(volume_from)s AND day < %(until)s
), held AS (
    SELECT h.span_id, array_agg(DISTINCT d.code ORDER BY d.code) FILTER (WHERE d.kind = 'segment') AS segments,
        array_agg(DISTINCT d.code ORDER BY d.code) FILTER (WHERE d.kind = 'certificate') AS certificates
    FROM stretch h JOIN calc_held d ON d.partner_id = h.partner_id
        AND d.starts_on <= h.starts_on AND (d.ends_on IS NULL OR d.ends_on > h.starts_on)
    GROUP BY h.span_id
)
SELECT h.*, m.code AS partner_code, NULLIF(s.partner_type, '') AS partner_type, NULLIF(s.country, '') AS country,
    NULLIF(s.region, '') AS region, NULLIF(s.tier, '') AS tier, held.segments, held.certificates
FROM stretch h JOIN calc_member m ON m.partner_id = h.partner_id LEFT JOIN held ON held.span_id = h.span_id
LEFT JOIN partners_partnerstanding s ON s.tenant_id = %(tenant)s AND s.partner_id = h.partner_id
    AND s.starts_on <= h.starts_on AND (s.ends_on IS NULL OR s.ends_on > h.starts_on)
"""

# Per span and slot: the one plan of the best rank and its version, or the reason why there is none.
CHOICES = """
CREATE TEMP TABLE calc_choice ON COMMIT DROP AS
WITH reached AS (
    SELECT sp.span_id, a.plan_id, 0 AS rank
    FROM calc_span sp JOIN incentives_planassignment a ON a.tenant_id = %(tenant)s AND a.audience = 'partner'
        AND a.target = sp.partner_id::text
        AND a.starts_on <= sp.starts_on AND (a.ends_on IS NULL OR a.ends_on > sp.starts_on)
    UNION ALL
    SELECT sp.span_id, a.plan_id, 1
    FROM calc_span sp JOIN incentives_planassignment a ON a.tenant_id = %(tenant)s AND a.audience = 'segment'
        AND a.target = ANY (sp.segments)
        AND a.starts_on <= sp.starts_on AND (a.ends_on IS NULL OR a.ends_on > sp.starts_on)
    UNION ALL
    SELECT sp.span_id, a.plan_id, CASE a.audience WHEN 'tier' THEN 2 WHEN 'type' THEN 3 ELSE 4 END
    FROM calc_span sp JOIN incentives_planassignment a ON a.tenant_id = %(tenant)s
        AND a.starts_on <= sp.starts_on AND (a.ends_on IS NULL OR a.ends_on > sp.starts_on)
        AND CASE a.audience WHEN 'tier' THEN a.target = sp.tier WHEN 'type' THEN a.target = sp.partner_type
            WHEN 'everyone' THEN TRUE ELSE FALSE END
), ranked AS (
    SELECT DISTINCT r.span_id, p.slot, p.id AS plan_id, p.code, r.rank,
        min(r.rank) OVER (PARTITION BY r.span_id, p.slot) AS best_rank
    FROM reached r JOIN incentives_plan p ON p.tenant_id = %(tenant)s AND p.id = r.plan_id
), best AS (
    SELECT span_id, slot, count(*) AS plans, (array_agg(plan_id))[1] AS plan_id,
        string_agg(code, ', ' ORDER BY code) AS codes
    FROM ranked WHERE rank = best_rank GROUP BY span_id, slot
)
SELECT b.span_id, b.slot, CASE WHEN b.plans = 1 THEN b.plan_id END AS plan_id, u.version_id,
    CASE WHEN b.plans > 1 THEN 'plan_conflict' WHEN u.version_id IS NULL THEN 'outside_dates' END AS reason,
    jsonb_build_object('plans', b.codes) AS facts
FROM best b JOIN calc_span sp ON sp.span_id = b.span_id
LEFT JOIN calc_rule u ON b.plans = 1 AND u.plan_id = b.plan_id
    AND u.starts_on <= sp.starts_on AND (u.ends_on IS NULL OR u.ends_on > sp.starts_on)
UNION ALL
SELECT sp.span_id, 'main', NULL, NULL, 'no_plan', '{}'::jsonb
FROM calc_span sp WHERE NOT EXISTS (SELECT FROM best b WHERE b.span_id = sp.span_id AND b.slot = 'main')
"""

# What each target measures each partner against in each window, in minor units of the plan currency or in units: the
# partner's own goal, else everyone's from the first day on which the partner has joined and the plan pays it. Of a
# bonus the days alone are asked, which prorate each of its steps; its goal is one.
GOALS = """
CREATE TEMP TABLE calc_goal ON COMMIT DROP AS
WITH calendar AS (SELECT DISTINCT window_kind, starts_on, ends_on FROM calc_calendar
), had AS (
    SELECT k.component_no, m.partner_id, w.starts_on AS window_on,
        w.ends_on - min(greatest(sp.starts_on, w.starts_on, m.joined_on)) AS days_left, w.ends_on - w.starts_on AS days
    FROM calc_component k JOIN calc_choice ch ON ch.plan_id = k.plan_id AND ch.version_id IS NOT NULL
        JOIN calc_span sp ON sp.span_id = ch.span_id JOIN calc_member m ON m.partner_id = sp.partner_id
        JOIN calendar w ON w.window_kind = k.window_kind
    WHERE k.goal IS NOT NULL
        AND greatest(sp.starts_on, w.starts_on, m.joined_on) < least(sp.ends_on, w.ends_on)
    GROUP BY k.component_no, m.partner_id, w.starts_on, w.ends_on
), own AS (
    SELECT k.component_no, g.partner_id, g.window_on, g.amount * k.goal_unit AS goal
    FROM incentives_partnergoal g JOIN calc_member m ON m.partner_id = g.partner_id
        JOIN calc_component k ON k.plan_id = g.plan_id AND k.component_id = g.component_id AND k.goal_unit IS NOT NULL
    WHERE g.tenant_id = %(tenant)s AND g.amount IS NOT NULL
), found AS (
    SELECT coalesce(o.component_no, h.component_no) AS component_no, coalesce(o.partner_id, h.partner_id) AS partner_id,
        coalesce(o.window_on, h.window_on) AS window_on,
        coalesce(o.goal, round(k.goal * h.days_left / h.days, k.goal_places)) AS goal, h.days_left, h.days
    FROM had h FULL JOIN own o USING (component_no, partner_id, window_on)
        LEFT JOIN calc_component k ON k.component_no = h.component_no
)
SELECT k.version_id, k.component_id, f.partner_id, f.window_on, f.goal, f.days_left, f.days
FROM found f JOIN calc_component k ON k.component_no = f.component_no
WHERE f.goal > 0
"""
