"""Files that lessons give along: kept by the vendor, read by every partner once the course is published.

Promise: a partner reads the file through a guard, and only of a course that is out; called by training interfaces."""

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.http import Http404

from partners.training.models import Lesson
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.files.actions import store_file
from prm.files.models import StoredFile

PURPOSE = "handout"
KINDS_TAKEN = frozenset({"pdf", "png", "jpg", "jpeg", "xlsx", "csv", "txt", "zip"})


def give_along(*, actor: Actor, lesson: Lesson, name: str, content: bytes, at: datetime) -> StoredFile:
    """Keep the file and hang it on the lesson, in the place of what hung there. Raises what `store_file` raises."""
    stored = store_file(actor=actor, purpose=PURPOSE, name=name, content=content, at=at)
    lesson.handout, lesson.handout_name = stored, stored.name
    lesson.save(update_fields=["handout", "handout_name"])
    record(
        actor=actor, action="course.handout_added", subject=lesson.course, at=at, after={"file": stored.name}
    )
    return stored


def take_away(*, actor: Actor, lesson: Lesson, at: datetime) -> None:
    """The lesson gives no file any more; a lesson without one stays as it is."""
    if lesson.handout_id is None:
        return
    before = {"file": lesson.handout_name}
    lesson.handout, lesson.handout_name = None, ""
    lesson.save(update_fields=["handout", "handout_name"])
    record(actor=actor, action="course.handout_removed", subject=lesson.course, at=at, before=before)


def handout_of(lesson_id: UUID) -> StoredFile:
    """What a partner may open, as a file that is nowhere stored under this row; otherwise 404."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, media_type, path FROM guard.handout_of(%s)", [lesson_id])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    return StoredFile(name=row[0], media_type=row[1], path=row[2])
