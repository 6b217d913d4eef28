"""Marks on deals in the lists of the vendor's staff: higher rooms say what they know of many deals at once.

Called by: catalogues (register), deals.console (asks for the deals of a page)."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from partners.deals.models import Deal
from prm.web.menu import Text

Flagger = Callable[[Sequence[Deal]], Mapping[UUID, Text]]
_flaggers: list[Flagger] = []


def register_flagger(flagger: Flagger) -> None:
    """`flagger(deals)` answers a few words by the id of each deal that is marked."""
    if flagger not in _flaggers:
        _flaggers.append(flagger)


def flags_of(deals: Sequence[Deal]) -> dict[UUID, list[Text]]:
    """The words of every flagger, by deal."""
    found: dict[UUID, list[Text]] = {}
    for flagger in _flaggers:
        for deal_id, words in flagger(deals).items():
            found.setdefault(deal_id, []).append(words)
    return found
