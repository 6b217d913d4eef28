"""What of conflicts follows a merged partner: its sides and their evidence; called by conflicts catalogue."""

from django.utils.translation import gettext_lazy as _

from partners.conflicts.models import ConflictSide, ConflictState, Evidence
from partners.directory.followers import MOVES, Follower, Merge, Objection


def move_sides(merge: Merge) -> None:
    ConflictSide.objects.filter(partner=merge.merged).update(partner=merge.survivor)
    Evidence.objects.filter(partner_id=merge.merged.id).update(partner_id=merge.survivor.id)


def forbid_both_sides(merge: Merge) -> Objection | None:
    """Two sides of one conflict cannot be one company while it goes on."""
    going_on = ConflictSide.objects.filter(conflict__isnull=False).exclude(
        conflict__state=ConflictState.CLOSED
    )
    against = going_on.filter(partner=merge.survivor).values("conflict_id")
    if not going_on.filter(partner=merge.merged, conflict_id__in=against).exists():
        return None
    return Objection(
        "conflict_between_them", _("Both are sides of one conflict that is not closed. Close it first.")
    )


def conflicts_followers() -> list[Follower]:
    return [
        Follower(
            "conflicts",
            _("Sides in conflicts"),
            MOVES,
            lambda key: ConflictSide.objects.filter(partner_id=key).count(),
            move_sides,
            order=25,
        )
    ]
