"""A rule as one SELECT over all partners of the tenant: what was measured, and whether the rule holds.

Promise: one CTE per measured fact however often the rule asks for it; values are parameters. Called by selection."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from partners.segments.facts import Asking, PartnerFact, fact_of
from prm.kit.binding import Binder
from prm.kit.predicate_sql import Column, predicate_sql
from prm.kit.predicates import Condition, FactType, Group, conditions_of

Key = tuple[str, tuple[tuple[str, str], ...]]
TENANT = "(SELECT current_setting('app.tenant_id')::uuid)"

# Status, type, country, region and tier are those of the day; a partner whose status never changed has no span of it.
_BASE = """
base AS (
    SELECT p.id AS partner_id, p.code, coalesce(h.status, p.status) AS status, p.joined_on, p.manager_id,
        s.partner_type, s.country, s.region, s.tier
    FROM partners_partner p LEFT JOIN partners_partnerstanding s ON s.tenant_id = p.tenant_id AND s.partner_id = p.id
        AND s.starts_on <= {day} AND (s.ends_on IS NULL OR s.ends_on > {day})
    LEFT JOIN partners_statusspan h ON h.tenant_id = p.tenant_id AND h.partner_id = p.id
        AND h.starts_on <= {day} AND (h.ends_on IS NULL OR h.ends_on > {day})
    WHERE p.tenant_id = {tenant} AND p.joined_on <= {day} AND p.status <> 'merged'
        AND coalesce(h.status, p.status) <> 'left'
)"""


@dataclass(frozen=True)
class Measuring:
    """`ctes` end with "measured(partner_id, v0, v1, …, holds)"; `facts_json` makes its values into the stored list."""

    ctes: str
    facts_json: str


def measuring(rule: Group, as_of: date, bind: Binder) -> Measuring:
    keys = list(dict.fromkeys(_key(condition) for condition in conditions_of(rule)))
    places = {key: place for place, key in enumerate(keys)}
    facts = {name: fact_of(name) for name, _terms in keys}
    parts = [_BASE.format(day=f"{bind(as_of)}::date", tenant=TENANT)]
    joins, columns = [], []
    for (name, terms), place in places.items():
        fact = facts[name]
        if fact.sql is None:
            columns.append(f"{fact.column} AS v{place}")
            continue
        parts.append(
            f"f{place} (partner_id, value) AS MATERIALIZED ({fact.sql(Asking(as_of, dict(terms), bind))})"
        )
        joins.append(f"LEFT JOIN f{place} ON f{place}.partner_id = b.partner_id")
        columns.append(f"coalesce(f{place}.value, {fact.absent}) AS v{place}")
    parts.append(
        f"valued AS MATERIALIZED (SELECT b.partner_id, {', '.join(columns)} FROM base b {' '.join(joins)})"
    )
    holds = predicate_sql(
        rule, bind, lambda condition: Column(f"v{places[_key(condition)]}", many=_is_many(facts, condition))
    )
    parts.append(f"measured AS (SELECT v.*, {holds} AS holds FROM valued v)")
    told = ", ".join(_fact_json(facts[key[0]], key[1], place, bind) for key, place in places.items())
    return Measuring(", ".join(parts), f"jsonb_build_array({told})")


def _key(condition: Condition) -> Key:
    return condition.fact, condition.terms


def _is_many(facts: Mapping[str, PartnerFact], condition: Condition) -> bool:
    return facts[condition.fact].fact_type is FactType.TEXTS


def _fact_json(fact: PartnerFact, terms: tuple[tuple[str, str], ...], place: int, bind: Binder) -> str:
    value = f"v{place}"
    if fact.fact_type is FactType.DECIMAL:
        value = f"trim_scale(round(v{place}, 6))::text"
    told = f"jsonb_build_object('fact', {bind(fact.name)}::text, 'value', to_jsonb({value}))"
    return f"({told} || {bind(json.dumps({'with': dict(terms)}))}::jsonb)" if terms else told
