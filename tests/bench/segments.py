"""Bench of segments: recalculating one over 100,000 partners beside the SQL a specialist would write over the rollup.

Promise: both write the same members before their times are compared; called by the bench command."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection, connections

from tests.bench.ratio import Ratio

PARTNERS, MONTHS, ROUNDS = 100_000, 12, 3
DAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 20, tzinfo=UTC)
SLOWEST_TO_HAND = 2.0
RULE = {
    "all": [
        {"fact": "sales_volume", "with": {"over": "12m"}, "op": "gte", "value": "15000"},
        {"fact": "country", "op": "in", "value": ["DE", "FR"]},
    ]
}
_PARTNERS = """
INSERT INTO partners_partner (id, tenant_id, number, code, name, name_key, legal_name, tax_id, partner_type, country,
    region, tier, status, joined_on, website, version, created_at, changed_at)
SELECT uuidv7(), %(tenant)s, n, 'P' || n, 'P' || n, 'p' || n, '', '', 'reseller', (ARRAY['DE', 'FR', 'IT'])[1 + n %% 3],
    '', '', 'active', '2020-01-01', '', 1, %(at)s, %(at)s FROM generate_series(1, %(partners)s) AS n
"""
_STANDINGS = """
INSERT INTO partners_partnerstanding (id, tenant_id, partner_id, starts_on, partner_type, country, region, tier)
SELECT uuidv7(), tenant_id, id, '2000-01-01', partner_type, country, '', '' FROM partners_partner
WHERE tenant_id = %(tenant)s
"""
_MONTHS = """
INSERT INTO analytics_partnermonth (id, tenant_id, partner_id, month_on, currency, amount_minor, cost_minor, line_count,
    first_sold_on, last_sold_on)
SELECT uuidv7(), %(tenant)s, p.id, m::date, 'EUR', 1 + (hashtextextended(p.code || m, 7) & 262143), 0, 1,
    m::date, m::date
FROM partners_partner p
CROSS JOIN generate_series('2025-07-01'::date, '2026-06-01'::date, '1 month') AS m
WHERE p.tenant_id = %(tenant)s
"""
_BY_HAND = """
INSERT INTO bench_member (id, tenant_id, segment_id, partner_id, starts_on, ends_on, facts, left_facts)
SELECT uuidv7(), %(tenant)s, %(segment)s, p.id, %(day)s, NULL,
    jsonb_build_array(jsonb_build_object('volume', v.volume, 'country', p.country)), '[]'
FROM partners_partner p JOIN (
    SELECT partner_id, sum(amount_minor) / 100.0 AS volume FROM analytics_partnermonth
    WHERE tenant_id = %(tenant)s AND month_on >= '2025-07-01' AND month_on < '2026-07-01' AND currency = 'EUR'
    GROUP BY partner_id) v ON v.partner_id = p.id
WHERE p.tenant_id = %(tenant)s AND v.volume >= 15000 AND p.country IN ('DE', 'FR')
    AND NOT EXISTS (SELECT 1 FROM bench_member b WHERE b.tenant_id = %(tenant)s AND b.segment_id = %(segment)s
        AND b.partner_id = p.id AND b.ends_on IS NULL)
"""


def segment_ratios() -> Iterator[Ratio]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_member")
        cursor.execute("CREATE TABLE bench_member (LIKE partners_segmentmember INCLUDING ALL)")
        cursor.execute("GRANT SELECT, INSERT ON bench_member TO prm_app")
    tenant_id = _rows()
    ours: list[float] = []
    theirs: list[float] = []
    for place in range(ROUNDS):
        sides = (_recalculate, _by_hand) if place % 2 else (_by_hand, _recalculate)
        segment_id = _segment(tenant_id, place)
        for side in sides:
            started = time.perf_counter()
            side(tenant_id, segment_id)
            (ours if side is _recalculate else theirs).append(time.perf_counter() - started)
        _refuse_different_members(tenant_id, segment_id)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE bench_member")
    what = "segments: seconds, a rule over 100,000 partners, to hand-written SQL"
    yield Ratio("S1", what, median(ours), median(theirs), SLOWEST_TO_HAND)


def _rows() -> UUID:
    from prm.tenancy.context import tenant_context
    from tests.support.cast import make_tenant
    from tests.support.stored_sales import analyze

    slug = f"segments{time.monotonic_ns()}"
    tenant = make_tenant(slug, slug)
    assert tenant.id is not None
    parameters: dict[str, Any] = {"tenant": tenant.id, "partners": PARTNERS, "at": NOW}
    with tenant_context(tenant.id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'")
        for statement in (_PARTNERS, _STANDINGS, _MONTHS):
            cursor.execute(statement, parameters)
    analyze("partners_partner", "partners_partnerstanding", "analytics_partnermonth")
    return tenant.id


def _segment(tenant_id: UUID, place: int) -> UUID:
    """A segment that is empty so far: both sides write every member."""
    from partners.segments.models import Segment
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id):
        made = Segment.objects.create(
            code=f"s{place}", name=f"s{place}", rule=RULE, created_at=NOW, changed_at=NOW
        )
        return made.id


def _recalculate(tenant_id: UUID, segment_id: UUID) -> None:
    from partners.segments.actions import recalculate_segment
    from partners.segments.models import Segment
    from prm.accounts.actor import system_actor
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '300s'")
        segment = Segment.objects.get(id=segment_id)
        recalculate_segment(actor=system_actor(tenant_id), segment=segment, as_of=DAY, at=NOW)


def _by_hand(tenant_id: UUID, segment_id: UUID) -> None:
    from prm.tenancy.context import tenant_context

    with tenant_context(tenant_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300s'; SET LOCAL jit = off")
        cursor.execute(_BY_HAND, {"tenant": tenant_id, "segment": segment_id, "day": DAY})


def _refuse_different_members(tenant_id: UUID, segment_id: UUID) -> None:
    from prm.tenancy.context import tenant_context

    def members(table: str) -> str:
        return f"SELECT partner_id FROM {table} WHERE tenant_id = %(tenant)s AND segment_id = %(segment)s"

    with tenant_context(tenant_id), connection.cursor() as cursor:
        ours, theirs = members("partners_segmentmember"), members("bench_member")
        parameters = {"tenant": tenant_id, "segment": segment_id}
        cursor.execute(f"({ours} EXCEPT {theirs}) UNION ALL ({theirs} EXCEPT {ours}) LIMIT 5", parameters)
        different = cursor.fetchall()
        cursor.execute(f"SELECT count(*) FROM ({theirs}) t", parameters)
        (compared,) = cursor.fetchone()
    assert compared > PARTNERS // 10, compared
    if different:
        raise AssertionError(f"the segment and the hand-written SQL disagree: {different}")
