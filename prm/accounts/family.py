"""Whose rows a partner's people see besides their own partner's: those of partners that were merged into it.

Promise: asked before a context is opened, answers ids alone; without an answer from above, nobody belongs along.
Called by: catalogues (offer_family), the middleware."""

from collections.abc import Callable, Iterable
from uuid import UUID

Lookup = Callable[[UUID, UUID], Iterable[UUID]]
_offered: list[Lookup] = []


def offer_family(lookup: Lookup) -> None:
    """`lookup(tenant_id, partner_id)` answers the ids of the partners that were merged into this one."""
    _offered[:] = [lookup]


def family_of(tenant_id: UUID, partner_id: UUID) -> list[UUID]:
    """The partner itself, and those merged into it."""
    return [partner_id, *(other for lookup in _offered for other in lookup(tenant_id, partner_id))]
