"""Pure decisions of a calculation: which version rules when, which windows are walked.

Promise: no database, no clock; called by earnings.scope and earnings.queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from prm.kit.periods import Window, WindowKind, window_of


@dataclass(frozen=True, slots=True)
class DatedVersion:
    """A published version of one plan, in force on [starts_on, ends_on) unless a later published one covers the day."""

    id: str
    starts_on: date
    ends_on: date | None
    published_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Reign:
    """A span of days in which one version is in force."""

    version_id: str
    starts_on: date
    ends_on: date | None


def reigns(versions: Sequence[DatedVersion]) -> Iterator[Reign]:
    """The spans of one plan, in order and without overlap: of the versions that cover a day, the one published last;
    after its end the one before rules again."""
    bounds = sorted({v.starts_on for v in versions} | {v.ends_on for v in versions if v.ends_on is not None})
    open_reign: Reign | None = None
    for place, starts_on in enumerate(bounds):
        ends_on = bounds[place + 1] if place + 1 < len(bounds) else None
        ruling = _ruling(versions, starts_on)
        if ruling is not None and open_reign is not None and open_reign.version_id == ruling.id:
            open_reign = Reign(ruling.id, open_reign.starts_on, ends_on)
            continue
        if open_reign is not None:
            yield open_reign
        open_reign = None if ruling is None else Reign(ruling.id, starts_on, ends_on)
    if open_reign is not None:
        yield open_reign


def _ruling(versions: Iterable[DatedVersion], day: date) -> DatedVersion | None:
    covering = [v for v in versions if v.starts_on <= day and (v.ends_on is None or day < v.ends_on)]
    return max(covering, key=lambda v: (v.published_at, v.number), default=None)


def widest_start(day: date, kinds: Iterable[WindowKind], fiscal_month: int) -> date:
    """The start of the widest of the windows that hold the day; the day's month where no kind is asked."""
    starts = [window_of(day, kind, fiscal_month).starts_on for kind in {*kinds, WindowKind.MONTH}]
    return min(starts)


def windows_between(starts_on: date, ends_on: date, kind: WindowKind, fiscal_month: int) -> Iterator[Window]:
    """Every window of the kind that meets [starts_on, ends_on)."""
    window = window_of(starts_on, kind, fiscal_month)
    while window.starts_on < ends_on:
        yield window
        window = window_of(window.ends_on, kind, fiscal_month)
