"""What of marketing funds follows a merged partner: nothing moves, and nothing may wait for an answer.

Called by: funds catalogue."""

from django.utils.translation import gettext_lazy as _

from incentives.funds.models import FundsAllocation, FundsClaim, FundsRequest
from incentives.funds.rules import HALF_APPROVED, SUBMITTED, UNDECIDED_CLAIMS
from partners.directory.followers import STAYS, Follower, Merge, Objection


def forbid_while_deciding(merge: Merge) -> Objection | None:
    """Who decides must know whom it is paid to."""
    partner_id = merge.merged.id
    requests = FundsRequest.objects.filter(partner_id=partner_id, state__in=[SUBMITTED, HALF_APPROVED])
    claims = FundsClaim.objects.filter(partner_id=partner_id, state__in=UNDECIDED_CLAIMS)
    if not requests.exists() and not claims.exists():
        return None
    return Objection(
        "funds_undecided",
        _("A funds request or claim of the partner to be merged waits for a decision. Decide it first."),
    )


def funds_followers() -> list[Follower]:
    return [
        Follower(
            "funds",
            _("Marketing funds"),
            STAYS,
            lambda key: FundsAllocation.objects.filter(partner_id=key).count(),
            note=_(
                "Allocations, requests and claims stay as they are; the survivor's people go on with them."
            ),
            order=65,
        ),
    ]
