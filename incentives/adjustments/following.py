"""What of adjustments follows a merged partner: nothing moves, and nothing may wait for an answer.

Called by: adjustments catalogue."""

from django.utils.translation import gettext_lazy as _

from incentives.adjustments.models import Adjustment, AdjustmentState
from partners.directory.followers import STAYS, Follower, Merge, Objection


def forbid_while_deciding(merge: Merge) -> Objection | None:
    """Who decides must know whose balance it changes."""
    waiting = Adjustment.objects.filter(partner_id=merge.merged.id, state=AdjustmentState.PROPOSED)
    if not waiting.exists():
        return None
    return Objection(
        "adjustment_undecided",
        _("An adjustment of the partner to be merged waits for a second person. Decide it first."),
    )


def adjustments_followers() -> list[Follower]:
    return [
        Follower(
            "adjustments",
            _("Adjustments"),
            STAYS,
            lambda key: Adjustment.objects.filter(partner_id=key).count(),
            note=_("They stay in the balance that they changed; the survivor's people see them."),
            order=66,
        ),
    ]
