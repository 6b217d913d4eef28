"""What keeps a claim on its customer and product line: higher rooms say where they need it to stay.

Called by: catalogues (register), deals actions and amendments (ask before a claim moves)."""

from collections.abc import Callable

from partners.deals.models import Deal
from partners.deals.refusals import ClaimContested

Hold = Callable[[Deal], bool]
_holds: list[Hold] = []


def register_hold(hold: Hold) -> None:
    """`hold(deal)` says whether the claim must stay where it is."""
    if hold not in _holds:
        _holds.append(hold)


def refuse_held(deal: Deal) -> None:
    """Raises `ClaimContested` where something needs the claim to stay."""
    if any(hold(deal) for hold in _holds):
        raise ClaimContested
