"""What stands in the trail, as a reader sees it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from prm.web import format as formats
from prm.web.history import steps_of

NAMES = {"words": {"food": "Food", "energy": "Energy"}}


@dataclass
class Told:
    after: dict[str, Any]
    before: dict[str, Any] = field(default_factory=dict)
    recorded_at: datetime = datetime(2026, 3, 5, tzinfo=UTC)
    actor_label: str = "Vera"
    action: str = "thing.changed"
    reason: str = ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-11-29", "29 Nov 2026"),
        ("2026-11-29T19:06+00:00", "29 Nov 2026, 19:06 UTC"),
        ("food, energy", "Food, Energy"),
        ("food, tea", "Food, tea"),
        (7, "7"),
    ],
)
def test_a_value_is_said_as_people_say_it(value: Any, text: str) -> None:
    with translation.override("en"):
        [step] = steps_of([Told({"words": value})], {"words": "Words"}, NAMES)
    [change] = step.changes
    assert change.after.replace(formats.GAP, " ") == text
