"""What of terms follows a merged partner. Called by: the catalogue."""

from django.utils.translation import gettext_lazy as _

from incentives.terms.models import TermsAcceptance, TermsRequest
from partners.directory.followers import MOVES, STAYS, Follower, Merge


def move_requests(merge: Merge) -> None:
    """What the survivor is asked for already is not asked for twice."""
    asked = set(TermsRequest.objects.filter(partner=merge.survivor).values_list("version_id", flat=True))
    rows = TermsRequest.objects.filter(partner=merge.merged).exclude(version_id__in=asked)
    rows.update(partner=merge.survivor)


def terms_followers() -> list[Follower]:
    return [
        Follower(
            "terms_requests",
            _("Terms of plans to accept"),
            MOVES,
            lambda key: TermsRequest.objects.filter(partner_id=key).count(),
            move_requests,
            order=68,
        ),
        Follower(
            "terms_acceptances",
            _("Accepted terms of plans"),
            STAYS,
            lambda key: TermsAcceptance.objects.filter(partner_id=key).count(),
            note=_("They count for the survivor too."),
            order=69,
        ),
    ]
