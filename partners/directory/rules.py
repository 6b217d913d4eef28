"""Decisions about partners: how dated facts follow each other, what makes a tree.

Pure; called by directory actions and queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

V = TypeVar("V")
P = TypeVar("P")

# What a partner is first known as also holds for the days before: a late line must find a type and a region.
FIRST_DAY = date(2000, 1, 1)
STANDING_FIELDS = ("partner_type", "country", "region", "tier")


@dataclass(frozen=True)
class Span(Generic[V]):
    """A value from `starts_on` until before `ends_on` (open: None)."""

    value: V
    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


def with_change(spans: Iterable[Span[V]], value: V | None, starts_on: date) -> list[Span[V]]:
    """The line of spans after `value` (None: nothing) holds from `starts_on` until the next change already in it."""
    ordered = sorted(spans, key=lambda span: span.starts_on)
    ends_on = _next_change(ordered, starts_on)
    kept: list[Span[V]] = []
    for span in ordered:
        if span.covers(starts_on):
            if span.starts_on < starts_on:
                kept.append(Span(span.value, span.starts_on, starts_on))
        else:
            kept.append(span)
    if value is not None:
        kept.append(Span(value, starts_on, ends_on))
    return _joined(sorted(kept, key=lambda span: span.starts_on))


def _next_change(ordered: Sequence[Span[V]], starts_on: date) -> date | None:
    covering = next((span for span in ordered if span.covers(starts_on)), None)
    if covering is not None:
        return covering.ends_on
    return next((span.starts_on for span in ordered if span.starts_on > starts_on), None)


def _joined(ordered: Sequence[Span[V]]) -> list[Span[V]]:
    """Neighbours of equal value as one span."""
    joined: list[Span[V]] = []
    for span in ordered:
        if joined and joined[-1].value == span.value and joined[-1].ends_on == span.starts_on:
            joined[-1] = Span(span.value, joined[-1].starts_on, span.ends_on)
        else:
            joined.append(span)
    return joined


def first_cycle_day(links: Mapping[P, Sequence[Span[P]]], partner: P) -> date | None:
    """The first day on which going up from `partner` comes back to it, or None.

    `links` holds the parents of each partner by date. Nothing changes between two bounds of the spans, so looking
    at each bound is looking at every day.
    """
    bounds = sorted(
        {
            bound
            for spans in links.values()
            for span in spans
            for bound in (span.starts_on, span.ends_on)
            if bound
        }
    )
    return next((day for day in bounds if partner in ancestors_on(links, partner, day)), None)


def ancestors_on(links: Mapping[P, Sequence[Span[P]]], partner: P, day: date) -> list[P]:
    """Who stands above on the day, nearest first; in a circle, each once."""
    above: list[P] = []
    parent = _parent_on(links, partner, day)
    while parent is not None and parent not in above:
        above.append(parent)
        parent = _parent_on(links, parent, day)
    return above


def _parent_on(links: Mapping[P, Sequence[Span[P]]], partner: P, day: date) -> P | None:
    return next((span.value for span in links.get(partner, ()) if span.covers(day)), None)


def with_fields(
    spans: Iterable[Span[Mapping[str, str]]], changes: Mapping[str, str], starts_on: date
) -> list[Span[Mapping[str, str]]]:
    """The spans after `changes` hold from `starts_on` on, for good; fields not named keep their own history."""
    changed: list[Span[Mapping[str, str]]] = []
    for span in sorted(spans, key=lambda span: span.starts_on):
        if span.starts_on < starts_on:
            cut = span.covers(starts_on)
            changed.append(Span(span.value, span.starts_on, starts_on if cut else span.ends_on))
            if not cut:
                continue
        later = max(span.starts_on, starts_on)
        changed.append(Span({**span.value, **changes}, later, span.ends_on))
    return _joined(changed)


def parents_first(named: Sequence[tuple[str, str]]) -> list[int]:
    """Places of (code, parent code) rows in an order in which a parent comes before those below it.

    Parents that are not among the rows are known already; rows of a circle keep their order among themselves.
    """
    place = {code: index for index, (code, _parent) in enumerate(named)}
    ordered: list[int] = []
    done: set[int] = set()
    for index in range(len(named)):
        path = []
        at: int | None = index
        while at is not None and at not in done:
            done.add(at)
            path.append(at)
            at = place.get(named[at][1])
        ordered.extend(reversed(path))
    return ordered
