"""What of holds follows a merged partner: they move to the survivor. Called by: the catalogue."""

from django.utils.translation import gettext_lazy as _

from incentives.holds.models import Hold
from partners.directory.followers import MOVES, Follower, Merge


def move_holds(merge: Merge) -> None:
    """Holds of all money; those of a deal or a sale stay with it."""
    Hold.objects.filter(
        partner=merge.merged, released_at__isnull=True, deal__isnull=True, entry_id__isnull=True
    ).update(partner=merge.survivor)


def holds_followers() -> list[Follower]:
    return [
        Follower(
            "holds",
            _("Holds of money"),
            MOVES,
            lambda key: Hold.objects.filter(partner_id=key, released_at__isnull=True).count(),
            move_holds,
            order=67,
        ),
    ]
