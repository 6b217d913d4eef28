"""One timeline of a record: what was changed, what was said, and what other rooms add.

Promise: a source is asked only for actors that hold its permission; newest first, of all sources together.
Called by: catalogues (add) and record pages (read)."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prm.accounts.actor import Actor
from prm.comments.models import Comment
from prm.web.history import FieldChange, Step, Text

SHOWN = 60


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


Source = Callable[[Actor, UUID], list[Moment]]
_sources: defaultdict[str, list[tuple[str, Source]]] = defaultdict(list)


def add_timeline(place: str, source: Source, *, permission: str) -> None:
    """`source(actor, record_id)` answers its newest moments for a record of the place ("partner")."""
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
) -> list[Moment]:
    """Everything of a record, newest first; `kind` keeps one kind alone."""
    moments = [moment_of_step(step) for step in steps] + [moment_of_comment(comment) for comment in comments]
    for permission, source in _sources[place]:
        if actor.can(permission):
            moments += source(actor, record_id)
    kept = [moment for moment in moments if not kind or moment.kind == kind]
    return sorted(kept, key=lambda moment: moment.at, reverse=True)[:SHOWN]


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
