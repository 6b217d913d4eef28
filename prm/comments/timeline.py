"""One timeline of a record: what was changed, what was said, and what other rooms add.

Promise: a source is asked only for actors that hold its permission; newest first, of all sources together; going on to
what is older leaves nothing out.
Called by: catalogues (add) and record pages (read)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from prm.accounts.actor import Actor
from prm.comments.models import Comment
from prm.tenancy.queries import current_tenant
from prm.web.history import FieldChange, Step, Text

SHOWN = 60
ASKED = SHOWN + 1  # one more than a page tells that there is another


@dataclass(frozen=True)
class Moment:
    """One line: `kind` is "change", "comment" or "event"; a comment carries itself, an event a page to open."""

    at: datetime
    what: Text
    kind: str = "event"
    who: str = ""
    text: Text = ""
    url: str = ""
    icon: str = "point"
    changes: Sequence[FieldChange] = ()
    comment: Comment | None = None


@dataclass(frozen=True)
class Timeline:
    """A page of moments; `older` is where the next one begins, None where there is none."""

    moments: list[Moment]
    older: datetime | None = None


Source = Callable[[Actor, UUID, datetime | None], list[Moment]]
_sources: defaultdict[str, list[tuple[str, Source]]] = defaultdict(list)


def add_timeline(place: str, source: Source, *, permission: str) -> None:
    """`source(actor, record_id, before)` answers its newest moments for a record of the place ("partner") before an
    instant (None: of all), `ASKED` of them where there are so many."""
    entry = (permission, source)
    if entry not in _sources[place]:
        _sources[place].append(entry)


def timeline_of(
    place: str,
    actor: Actor,
    record_id: UUID,
    *,
    steps: Sequence[Step] = (),
    comments: Sequence[Comment] = (),
    kind: str = "",
    before: datetime | None = None,
) -> Timeline:
    """A page of everything of a record, newest first, before an instant; `kind` keeps one kind alone.

    The caller narrows `steps` and `comments` to the same instant.
    """
    moments = [moment_of_step(step) for step in steps] + [moment_of_comment(comment) for comment in comments]
    for permission, source in _sources[place]:
        if actor.can(permission):
            moments += source(actor, record_id, before)
    kept = sorted(
        (moment for moment in moments if not kind or moment.kind == kind),
        key=lambda moment: moment.at,
        reverse=True,
    )
    if len(kept) <= SHOWN:
        return Timeline(kept)
    last = kept[SHOWN - 1].at
    page = [moment for moment in kept if moment.at >= last]  # what happened at one instant stays together
    return Timeline(page, last if len(page) < len(kept) else None)


def on_day(day: date) -> datetime:
    """The instant of what is known by its day alone: its beginning, where the tenant is."""
    return datetime.combine(day, time.min, current_tenant().zone)


def last_day_before(before: datetime | None) -> date:
    """The last day whose beginning lies before an instant, for sources that know days alone."""
    if before is None:
        return date.max
    return (before.astimezone(current_tenant().zone) - timedelta(microseconds=1)).date()


def moment_of_step(step: Step) -> Moment:
    return Moment(
        at=step.at,
        what=step.what,
        kind="change",
        who=step.who,
        text=step.reason,
        icon="pencil",
        changes=step.changes,
    )


def moment_of_comment(comment: Comment) -> Moment:
    return Moment(
        at=comment.written_at,
        what="",
        kind="comment",
        who=comment.author_label,
        icon="message",
        comment=comment,
    )
