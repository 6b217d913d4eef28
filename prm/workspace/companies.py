"""The companies at which partner people work: the low room asks for names, the app above answers.

Promise: asked inside a tenant context, answers only what the context shows.
Called by: catalogues (offer_companies), workspace pages.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

NamesOf = Callable[[Collection[UUID]], Mapping[UUID, str]]
Choices = Callable[[], list[tuple[str, str]]]


@dataclass(frozen=True)
class _Directory:
    names: NamesOf
    choices: Choices


_offered: list[_Directory] = []


def offer_companies(*, names: NamesOf, choices: Choices) -> None:
    """`names` answers the names of known ids, `choices` the companies whose people may be invited (id, label)."""
    _offered[:] = [_Directory(names, choices)]


def company_names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {key: name for directory in _offered for key, name in directory.names(ids).items()}


def company_choices() -> list[tuple[str, str]]:
    return [choice for directory in _offered for choice in directory.choices()]
