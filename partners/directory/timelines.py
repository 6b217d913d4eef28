"""Writing dated rows so that they say what a line of spans says.

Promise: rows that stay true are left alone, a closed row keeps its id; called by directory actions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from partners.directory.models import Partner, PartnerParent, PartnerStanding, StatusSpan
from partners.directory.rules import FIRST_DAY, STANDING_FIELDS, Span, with_change

V = TypeVar("V")


def standing_spans(partner: Partner) -> list[Span[Mapping[str, str]]]:
    rows = PartnerStanding.objects.filter(partner=partner).order_by("starts_on")
    return [Span(_standing_of(row), row.starts_on, row.ends_on) for row in rows]


def write_standings(partner: Partner, spans: Sequence[Span[Mapping[str, str]]]) -> None:
    rows = list(PartnerStanding.objects.filter(partner=partner))
    _write(rows, spans, _standing_of, lambda value: PartnerStanding(partner=partner, **value))


def write_parents(partner: Partner, spans: Sequence[Span[Any]]) -> None:
    rows = list(PartnerParent.objects.filter(partner=partner))
    _write(
        rows, spans, lambda row: row.parent_id, lambda value: PartnerParent(partner=partner, parent_id=value)
    )


def note_status(partner: Partner, status: str, on: date) -> None:
    """Remember what the status was until this day: `partner.status` is still the one before."""
    rows = list(StatusSpan.objects.filter(partner=partner))
    spans = [Span(row.status, row.starts_on, row.ends_on) for row in rows]
    told = with_change(spans or [Span(partner.status, FIRST_DAY)], status, on)
    _write(rows, told, lambda row: row.status, lambda value: StatusSpan(partner=partner, status=value))


def _standing_of(row: PartnerStanding) -> dict[str, str]:
    return {name: getattr(row, name) for name in STANDING_FIELDS}


def _write(
    rows: Sequence[Any], spans: Sequence[Span[V]], value_of: Callable[[Any], V], new_row: Callable[[V], Any]
) -> None:
    """Delete what is no longer said, close or open what is said for other days, add the rest: never two at once."""
    wanted = {span.starts_on: span for span in spans}
    kept = {}
    for row in rows:
        span = wanted.get(row.starts_on)
        if span is None or value_of(row) != span.value:
            row.delete()
        else:
            kept[row.starts_on] = row
    for starts_on, row in kept.items():
        if row.ends_on != wanted[starts_on].ends_on:
            row.ends_on = wanted[starts_on].ends_on
            row.save(update_fields=["ends_on"])
    for starts_on, span in wanted.items():
        if starts_on not in kept:
            row = new_row(span.value)
            row.starts_on, row.ends_on = span.starts_on, span.ends_on
            row.save(force_insert=True)
