"""What of disputes follows a merged partner: nothing moves, and none may be open. Called by: disputes catalogue."""

from django.utils.translation import gettext_lazy as _

from incentives.disputes.models import Dispute
from incentives.disputes.rules import LIVE
from partners.directory.followers import STAYS, Follower, Merge, Objection


def forbid_while_open(merge: Merge) -> Objection | None:
    """Its people would lose sight of what they asked."""
    if not Dispute.objects.filter(partner_id=merge.merged.id, state__in=LIVE).exists():
        return None
    return Objection("dispute_open", _("A dispute of the partner to be merged is open. Decide it first."))


def disputes_followers() -> list[Follower]:
    return [
        Follower(
            "disputes",
            _("Disputes"),
            STAYS,
            lambda key: Dispute.objects.filter(partner_id=key).count(),
            note=_("The survivor's people see them."),
            order=68,
        ),
    ]
