"""The catalogue of API scopes: each room declares what a token may be allowed to do with its resources.

Promise: a scope that no room declared can be neither given nor asked for.
Called by: catalogues, accounts actions, prm.api.
"""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Scope:
    """`resource:read` or `resource:write`, and the line people see when they make a key."""

    code: str
    label: str | Promise


_catalogue: dict[str, Scope] = {}


def declare_scope(code: str, label: str | Promise = "") -> None:
    """Add a scope at start, as `declare_scope("sales:write", _("Send sales"))`; repeating it changes nothing."""
    resource, _, verb = code.partition(":")
    if not resource or verb not in ("read", "write"):
        raise ValueError(f"a scope is called resource:read or resource:write, not {code!r}")
    _catalogue.setdefault(code, Scope(code, label or code))


def known_scopes() -> list[Scope]:
    return sorted(_catalogue.values(), key=lambda scope: scope.code)


def unknown_among(codes: set[str]) -> set[str]:
    return codes - set(_catalogue)
