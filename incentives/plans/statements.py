"""SQL text with its parameters, as the plan compiler writes it.

Promise: a value of a plan never becomes part of the text; called by incentives.plans.compiler and its parts."""

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
        """The template of this module's house with its fragments filled in, and every value bound so far."""
        return Statement(template.format(**fragments), dict(self.params))


def quotient(numerator: str, denominator: str | None) -> str:
    """A numeric with at least 30 places behind the point; nothing is divided where there is no denominator."""
    if denominator is None:
        return numerator
    return f"CASE WHEN {denominator} = 1 THEN {numerator} ELSE round(round({numerator}, 40) / {denominator}, 30) END"


def rounded_quotient(numerator: str, denominator: str | None) -> str:
    """Half away from zero, exact for exact operands: whole division instead of a decimal expansion."""
    if denominator is None:
        return f"round({numerator})"
    whole = f"sign({numerator}) * div(2 * abs({numerator}) + {denominator}, 2 * {denominator})"
    return f"CASE WHEN {denominator} = 1 THEN round({numerator}) ELSE {whole} END"


def decimal_text(value: str) -> str:
    """As `targets.exact_text`: at most six places, half away from zero, no needless zeros."""
    return f"trim_scale(round({value}, 6))::text"
