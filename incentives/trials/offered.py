"""What the engine says of a sale that is only offered, while its working tables stand: why a part of a plan pays
nothing for it, and which fact of the sale nobody told although a plan asks for it.

Promise: read of the rows of the offered lines alone; called by trials.estimates."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection

from incentives.earnings.scope import Scope
from incentives.plans.compiler import CompiledComponent
from incentives.plans.document import Measure, MeasuredComponent
from incentives.plans.reasons import (
    NO_COST,
    NO_SUBSCRIPTION,
    OUTSIDE_DATES,
    PRIORITY,
    WHERE_FAILED,
)


class Fact(StrEnum):
    """What a sale has and an offer may not say."""

    PRODUCT = "product"
    COST = "cost"
    QUANTITY = "quantity"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a plan of a slot pays a partner nothing for a line; of a whole slot `component` is None."""

    line_id: UUID
    partner_id: UUID
    slot: str
    component: int | None
    reason: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """`asked`: facts that a plan asks for and the line does not have, the quantity whether it has it or not. `paid`:
    per line, partner and slot; `unpaid`: the first reason of each of those that pay nothing."""

    asked: frozenset[tuple[UUID, Fact]]
    paid: frozenset[tuple[UUID, UUID, str]]
    unpaid: Sequence[Decline]


# All that is offered, so that each component says why it pays nothing, whatever others pay.
_OFFERED = """
CREATE TEMP TABLE calc_unpaid ON COMMIT DROP AS
SELECT c.credit_id, ch.slot, CASE WHEN c.earns THEN ch.version_id END AS version_id,
    CASE WHEN ch.version_id IS NULL THEN ch.reason WHEN NOT c.earns THEN 'not_earning' END AS reason,
    CASE WHEN ch.version_id IS NULL THEN ch.facts ELSE '{}'::jsonb END AS facts
FROM calc_credit c JOIN calc_choice ch ON ch.span_id = c.span_id WHERE c.line_id = ANY (%(lines)s)
"""
_VERSIONS = """
SELECT DISTINCT c.line_id, u.version_id::text FROM calc_unpaid u JOIN calc_credit c ON c.credit_id = u.credit_id
WHERE u.version_id IS NOT NULL
"""
_DECLINES = """
SELECT c.line_id, c.partner_id, u.slot, NULL::int AS component_no, u.reason, u.facts
FROM calc_unpaid u JOIN calc_credit c ON c.credit_id = u.credit_id WHERE u.reason IS NOT NULL
UNION ALL
SELECT c.line_id, c.partner_id, d.slot, d.component_no, d.reason, d.facts
FROM calc_decline d JOIN calc_credit c ON c.credit_id = d.credit_id WHERE c.line_id = ANY (%(lines)s)
"""
_PAID = """
SELECT DISTINCT t.line_id, t.partner_id, k.slot FROM calc_target t
JOIN calc_component k ON k.component_no = t.component_no
WHERE t.line_id = ANY (%(lines)s) AND t.amount_minor <> 0 AND t.depth = 0
"""
ASKED_BY = {NO_COST: Fact.COST, NO_SUBSCRIPTION: Fact.SUBSCRIPTION}
PASSED_OVER = (OUTSIDE_DATES, WHERE_FAILED)


def read_offered(scope: Scope, line_ids: Sequence[UUID]) -> Told:
    """The quantity is asked for by each component that counts units and is not passed over."""
    parameters = {"lines": list(line_ids)}
    _run(_OFFERED, parameters)
    versions: set[tuple[UUID, str]] = {(line, version) for line, version in _rows(_VERSIONS)}
    ruling = {version for _line, version in versions}
    for compiled in scope.components:
        if compiled.card.version_id in ruling:
            _run(compiled.explain.text, compiled.explain.params)
    declines = [_declined(*row) for row in _rows(_DECLINES, parameters)]
    paid = frozenset((line, partner, slot) for line, partner, slot in _rows(_PAID, parameters))
    return Told(
        asked=frozenset(
            [
                *((one.line_id, ASKED_BY[one.reason]) for one in declines if one.reason in ASKED_BY),
                *((line, Fact.QUANTITY) for line in _counted(scope.components, versions, declines)),
            ]
        ),
        paid=paid,
        unpaid=_first(one for one in declines if (one.line_id, one.partner_id, one.slot) not in paid),
    )


def _declined(
    line_id: UUID, partner_id: UUID, slot: str, component: int | None, reason: str, facts: str
) -> Decline:
    return Decline(line_id, partner_id, slot, component, reason, json.loads(facts))


def _counted(
    components: Sequence[CompiledComponent], versions: set[tuple[UUID, str]], declines: Sequence[Decline]
) -> set[UUID]:
    over = {(one.line_id, one.component) for one in declines if one.reason in PASSED_OVER}
    return {
        line
        for line, version in versions
        for compiled in components
        if compiled.card.version_id == version
        and _counts_units(compiled)
        and (line, compiled.number) not in over
    }


def _counts_units(compiled: CompiledComponent) -> bool:
    component = compiled.component
    measures = isinstance(component, MeasuredComponent) and component.measure is Measure.UNITS
    return measures or component.basis is Measure.UNITS


def _first(declines: Any) -> list[Decline]:
    found: dict[tuple[UUID, UUID, str], Decline] = {}
    for one in sorted(declines, key=lambda one: (PRIORITY[one.reason], one.component or 0)):
        found.setdefault((one.line_id, one.partner_id, one.slot), one)
    return list(found.values())


def _run(text: str, parameters: Mapping[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)


def _rows(text: str, parameters: Mapping[str, Any] | None = None) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
