"""Reads of sales that tell no partners apart: of spans, and through partners by month, in the programme currency.

Promise: they come from a few rows a day in one statement, so that neither partners nor sales make them slower; a part
of a month too. Called by analytics.dashboards."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from analytics.facts.conversion import converted, worth_of
from analytics.facts.rules import Span
from prm.kit.rounding import round_half_away
from prm.tenancy.context import require_context

_BY_MONTH = """
SELECT span.place, date_trunc('month', d.sold_on)::date, d.currency, d.through_partners, sum(d.amount_minor)::bigint,
    t.currency
FROM unnest(%(starts)s::date[], %(ends)s::date[]) WITH ORDINALITY AS span(starts_on, ends_on, place)
JOIN analytics_daysales d ON d.tenant_id = %(tenant)s AND d.sold_on >= span.starts_on AND d.sold_on < span.ends_on
JOIN prm_tenant t ON t.id = d.tenant_id
GROUP BY span.place, 2, d.currency, d.through_partners, t.currency
"""


class Sold(NamedTuple):
    """Net sales of one month of the span at `place` (from 1) in one currency; `own` is the programme's."""

    place: int
    month_on: date
    currency: str
    through_partners: bool
    amount_minor: int
    own: str


@dataclass(frozen=True)
class Totals:
    """Net of refunds; `unconverted` are currencies without a rate in some month of the span, left out of the sums."""

    through_partners: int
    sold: int
    unconverted: list[str]


def totals_of(*spans: Span) -> list[Totals]:
    """For each span all that the vendor sold, direct sales included, and what of it went through partners."""
    rows = _by_month(*spans)
    return [
        _total(span, [row for row in rows if row.place == place]) for place, span in enumerate(spans, start=1)
    ]


def _total(span: Span, rows: list[Sold]) -> Totals:
    worth, missing = _worth(rows, span)
    through, sold = (
        round_half_away(converted(((row.month_on, row.currency, row.amount_minor) for row in of), worth))
        for of in ([row for row in rows if row.through_partners], rows)
    )
    return Totals(through, sold, missing)


def through_partners_by_month(span: Span) -> dict[date, int]:
    """Months without any are absent."""
    rows = [row for row in _by_month(span) if row.through_partners]
    worth, _missing = _worth(rows, span)
    months: dict[date, list[tuple[date, str, int]]] = defaultdict(list)
    for row in rows:
        if (row.month_on, row.currency) in worth:
            months[row.month_on].append((row.month_on, row.currency, row.amount_minor))
    return {month_on: round_half_away(converted(amounts, worth)) for month_on, amounts in months.items()}


def _worth(rows: Iterable[Sold], span: Span) -> tuple[dict[tuple[date, str], str], list[str]]:
    return worth_of({row.currency for row in rows}, span, own=next((row.own for row in rows), ""))


def _by_month(*spans: Span) -> list[Sold]:
    parameters: dict[str, Any] = {
        "tenant": require_context().tenant_id,
        "starts": [span.starts_on for span in spans],
        "ends": [span.ends_on for span in spans],
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_MONTH, parameters)
        return [Sold(*row) for row in cursor.fetchall()]
