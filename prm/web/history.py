"""The audit trail of one record in words: who did what, from what to what.

Promise: an action without a name of its own is still shown, by its code; called by record pages and catalogues.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.functional import Promise

from prm.web import format as formats

Text = str | Promise
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")
_names: dict[str, Text] = {}


class Told(Protocol):
    """A row of the trail."""

    recorded_at: datetime
    actor_label: str
    action: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


@dataclass(frozen=True)
class FieldChange:
    """One field's old and new value, as a reader sees them."""

    label: Text
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One line of a history."""

    at: datetime
    who: str
    what: Text
    changes: list[FieldChange]
    reason: str


def name_action(code: str, label: Text) -> None:
    """Give an audit action its words; declared in a room's catalogue."""
    _names[code] = label


def action_name(code: str) -> Text:
    return _names.get(code, code)


def named_actions() -> dict[str, Text]:
    """Every action that has words, for filters."""
    return dict(_names)


def steps_of(
    records: Iterable[Told],
    labels: Mapping[str, Text],
    values: Mapping[str, Mapping[str, Text]] | None = None,
) -> list[Step]:
    """The records as lines. `labels` names fields, `values` the codes of a field; other fields keep their own names."""
    return [
        Step(
            at=record.recorded_at,
            who=formats.who(record.actor_label),
            what=action_name(record.action),
            changes=_changes(record, labels, values or {}),
            reason=record.reason,
        )
        for record in records
    ]


def _changes(
    record: Told, labels: Mapping[str, Text], values: Mapping[str, Mapping[str, Text]]
) -> list[FieldChange]:
    def shown(field: str, value: Any) -> str:
        if value is None:
            return ""
        names, text = values.get(field, {}), str(value)
        if text in names:
            return str(names[text])
        if isinstance(value, str) and _DAY.fullmatch(value):
            return formats.day(date.fromisoformat(value))
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            return formats.moment(datetime.fromisoformat(value))
        return ", ".join(str(names.get(word, word)) for word in text.split(", "))

    fields = [name for name in labels if name in record.before or name in record.after]
    changes = [
        FieldChange(labels[name], shown(name, record.before.get(name)), shown(name, record.after.get(name)))
        for name in fields
    ]
    return [change for change in changes if change.before or change.after]
