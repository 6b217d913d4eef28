"""What of tiers follows a merged partner: a pin where the survivor has none; called by tiers catalogue."""

from django.utils.translation import gettext_lazy as _

from partners.directory.followers import ENDS, MOVES, Follower, Merge
from partners.tiers.models import TierPin, TierWarning


def move_pin(merge: Merge) -> None:
    theirs = TierPin.objects.filter(partner=merge.merged)
    if TierPin.objects.filter(partner=merge.survivor).exists():
        theirs.delete()
    else:
        theirs.update(partner=merge.survivor)


def drop_warning(merge: Merge) -> None:
    """The next review measures the survivor with the sales of both."""
    TierWarning.objects.filter(partner=merge.merged).delete()


def tiers_followers() -> list[Follower]:
    return [
        Follower(
            "tier_pin",
            _("Pinned tier"),
            MOVES,
            lambda key: TierPin.objects.filter(partner_id=key).count(),
            move_pin,
            _("Where the survivor has none of its own."),
            order=35,
        ),
        Follower(
            "tier_warning",
            _("Warning of a lower tier"),
            ENDS,
            lambda key: TierWarning.objects.filter(partner_id=key).count(),
            drop_warning,
            order=36,
        ),
    ]
