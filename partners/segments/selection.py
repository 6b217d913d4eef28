"""A rule put to all partners: who is in, a sample, the difference to the members that stand, and writing it.

Promise: each is one statement over the whole tenant; called by segments actions and queries, tiers."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from partners.segments.compiler import TENANT, Measuring, measuring
from prm.kit.binding import Binder
from prm.kit.predicates import Group

SAMPLE = 10

_MATCHES = """
WITH {ctes} SELECT partner_id, {facts} FROM measured WHERE holds ORDER BY partner_id
"""
_MEASURES = """
WITH {ctes} SELECT partner_id, holds, {facts} FROM measured
"""
_PREVIEW = """
WITH {ctes}, held AS (
    SELECT partner_id FROM partners_segmentmember
    WHERE tenant_id = {tenant} AND segment_id = {segment} AND ends_on IS NULL
), sampled AS (
    SELECT m.partner_id, {facts} AS facts, m.partner_id IN (SELECT partner_id FROM held) AS is_member
    FROM measured m JOIN partners_partner p ON p.tenant_id = {tenant} AND p.id = m.partner_id
    WHERE m.holds ORDER BY p.name_key, p.id LIMIT {sample}
)
SELECT count(*) FILTER (WHERE holds), count(*),
    count(*) FILTER (WHERE holds AND partner_id NOT IN (SELECT partner_id FROM held)),
    (SELECT count(*) FROM held h
        WHERE NOT EXISTS (SELECT 1 FROM measured m WHERE m.partner_id = h.partner_id AND m.holds)),
    (SELECT coalesce(jsonb_agg(jsonb_build_object('partner_id', partner_id, 'facts', facts, 'is_member', is_member)),
        '[]') FROM sampled)
FROM measured
"""
# Members who came on this very day never were members: their row goes, since a membership lasts a day at least.
_APPLY = """
WITH {ctes}, held AS (
    SELECT id, partner_id, starts_on FROM partners_segmentmember
    WHERE tenant_id = {tenant} AND segment_id = {segment} AND ends_on IS NULL
), gone AS (
    SELECT h.id, h.starts_on,
        coalesce((SELECT {facts} FROM measured m WHERE m.partner_id = h.partner_id), '[]') AS facts
    FROM held h WHERE NOT EXISTS (SELECT 1 FROM measured m WHERE m.partner_id = h.partner_id AND m.holds)
), ended AS (
    UPDATE partners_segmentmember s SET ends_on = {day}, left_facts = g.facts FROM gone g
    WHERE s.tenant_id = {tenant} AND s.id = g.id AND g.starts_on < {day} RETURNING 1
), undone AS (
    DELETE FROM partners_segmentmember s USING gone g
    WHERE s.tenant_id = {tenant} AND s.id = g.id AND g.starts_on >= {day} RETURNING 1
), come AS (
    INSERT INTO partners_segmentmember (id, tenant_id, segment_id, partner_id, starts_on, ends_on, facts, left_facts)
    SELECT uuidv7(), {tenant}, {segment}, m.partner_id, {day}, NULL, {facts}, '[]' FROM measured m
    WHERE m.holds AND NOT EXISTS (SELECT 1 FROM held h WHERE h.partner_id = m.partner_id) RETURNING 1
)
SELECT (SELECT count(*) FROM measured WHERE holds), (SELECT count(*) FROM come),
    (SELECT count(*) FROM ended) + (SELECT count(*) FROM undone)
"""


@dataclass(frozen=True)
class Preview:
    """What saving the rule would do; `sample` holds {partner_id, facts, is_member} of the first by name."""

    matching: int
    of: int
    enter: int
    leave: int
    sample: list[dict[str, Any]]


@dataclass(frozen=True)
class Applied:
    members: int
    entered: int
    left: int


def matching(rule: Group, as_of: date) -> dict[UUID, list[dict[str, Any]]]:
    """The partners for which the rule held on a day, each with the facts that decided."""
    return {partner_id: json.loads(facts) for partner_id, facts in _run(_MATCHES, rule, as_of)}


def measures(rule: Group, as_of: date) -> dict[UUID, tuple[bool, list[dict[str, Any]]]]:
    """Every partner with whether the rule held and what was measured."""
    rows = _run(_MEASURES, rule, as_of)
    return {partner_id: (holds, json.loads(facts)) for partner_id, holds, facts in rows}


def preview(rule: Group, as_of: date, segment_id: UUID | None) -> Preview:
    ((count, of, enter, leave, sample),) = _run(_PREVIEW, rule, as_of, segment=segment_id, sample=SAMPLE)
    return Preview(count, of, enter, leave, json.loads(sample))


def apply_rule(rule: Group, as_of: date, segment_id: UUID) -> Applied:
    """Write joins and leaves as of the day; the caller holds the segment's lock."""
    ((members, entered, left),) = _run(_APPLY, rule, as_of, segment=segment_id, day=as_of)
    return Applied(members, entered, left)


def _run(template: str, rule: Group, as_of: date, **values: Any) -> list[Any]:
    bind = Binder()
    told: Measuring = measuring(rule, as_of, bind)
    casts = {"segment": "::uuid", "day": "::date"}
    bound = {name: bind(value) + casts.get(name, "") for name, value in values.items()}
    text = template.format(ctes=told.ctes, facts=told.facts_json, tenant=TENANT, **bound)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(text, bind.params)
        return list(cursor.fetchall())
