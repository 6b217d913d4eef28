"""The catalogue of kinds of job and of the lines they log.

Promise: a job's words come from here in the reader's language, never from the row.
Called by: catalogues, queries, pages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from prm.accounts.actor import Actor

Text = str | Promise


Subjects = Callable[[Actor], QuerySet[Any] | None]


@dataclass(frozen=True)
class JobKind:
    """What the work is called, and which permission shows it. `subjects` narrows that to jobs that work on one of these
    ids; None is all of them."""

    code: str
    label: Text
    permission: str = "jobs.view"
    subjects: Subjects | None = None


_kinds: dict[str, JobKind] = {}
_lines: dict[str, Text] = {}
_counts: dict[str, Text] = {}
_failures: dict[str, Text] = {}


def declare_job_kind(
    code: str, label: Text, *, permission: str = "jobs.view", subjects: Subjects | None = None
) -> None:
    _kinds[code] = JobKind(code, label, permission, subjects)


def declare_job_line(code: str, template: Text) -> None:
    """A line of a log: `declare_job_line("import.rows_read", _("%(count)s rows read"))`."""
    _lines[code] = template


def declare_job_count(code: str, label: Text) -> None:
    """What one of a job's counts is called: `declare_job_count("created", _("created"))`."""
    _counts[code] = label


def declare_job_failure(code: str, template: Text) -> None:
    """Why a job broke: `declare_job_failure("import.broke", _("It broke (%(detail)s)."))`, stored as `code: detail`."""
    _failures[code] = template


def failure_text(failure: str) -> str:
    """A declared failure in words; what nobody declared is shown as it was stored."""
    code, _colon, detail = failure.partition(": ")
    template = _failures.get(code)
    return failure if template is None else str(template) % {"detail": detail}


def counts_in_words(counts: Mapping[str, int]) -> list[tuple[Text, int]]:
    return [(_counts.get(code, code), count) for code, count in counts.items()]


def kind_of(code: str) -> JobKind:
    return _kinds.get(code, JobKind(code, code))


def known_kinds() -> list[JobKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.code)


def line_text(code: str, params: Mapping[str, Any]) -> str:
    """The line in words; an undeclared one shows its code."""
    template = str(_lines.get(code, code))
    try:
        return template % params
    except (KeyError, TypeError, ValueError):
        return template
