"""The catalogue of purposes: what files are kept for, who may open them, what may be in them.

Promise: a file without a declared purpose can be neither kept nor opened.
Called by: catalogues, files actions and queries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prm.accounts.actor import Actor
from prm.files.rules import KINDS, MEGABYTE

if TYPE_CHECKING:
    from prm.files.models import StoredFile

Allows = Callable[[Actor, "StoredFile"], bool]


@dataclass(frozen=True)
class Purpose:
    """`permission` opens it (any face), `scope` opens it to a key; `allows` asks the owning room about one file."""

    code: str
    permission: str
    extensions: frozenset[str]
    most_bytes: int
    scope: str | None = None
    allows: Allows | None = None


_catalogue: dict[str, Purpose] = {}


def declare_purpose(
    code: str,
    *,
    permission: str,
    extensions: Iterable[str],
    most_bytes: int = 20 * MEGABYTE,
    scope: str | None = None,
    allows: Allows | None = None,
) -> None:
    """Add a purpose at start, as `declare_purpose("import", permission="imports.view", extensions={"csv", "xlsx"})`."""
    known = frozenset(extensions)
    if not known or known - set(KINDS):
        raise ValueError(f"purpose {code} names kinds of file nobody knows: {sorted(known - set(KINDS))}")
    _catalogue[code] = Purpose(code, permission, known, most_bytes, scope, allows)


def purpose_of(code: str) -> Purpose:
    return _catalogue[code]


def known_purposes() -> list[Purpose]:
    return sorted(_catalogue.values(), key=lambda purpose: purpose.code)
