"""SQL text with its parameters, as the compilers of plans and of segments write it.

Promise: a value never becomes part of the text; called by incentives.plans and partners.segments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement for a cursor: `cursor.execute(statement.text, statement.params)`."""

    text: str
    params: Mapping[str, Any]


class Binder:
    """Turns each value into a named parameter and remembers it."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def __call__(self, value: Any) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def statement(self, template: str, **fragments: str) -> Statement:
        """The template of the caller's own with its fragments filled in, and every value bound so far."""
        return Statement(template.format(**fragments), dict(self.params))
