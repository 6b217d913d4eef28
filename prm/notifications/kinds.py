"""The kinds of notices: each room declares its own with the words, at start.

Promise: a kind that nobody declared cannot be sent; called by catalogues (declare) and wording."""

from dataclasses import dataclass

from prm.web.menu import Text


@dataclass(frozen=True)
class Kind:
    """`title` is the line in the list and the mail's subject, `text` what it means; both take named parameters."""

    name: str
    title: Text
    text: Text


_kinds: dict[str, Kind] = {}


def declare_notice(name: str, *, title: Text, text: Text) -> None:
    kind = Kind(name, title, text)
    if _kinds.setdefault(name, kind) != kind:
        raise ValueError(f"notice {name} is declared twice")


def kind_of(name: str) -> Kind:
    return _kinds[name]


def kinds() -> list[Kind]:
    return list(_kinds.values())
