"""What of joining follows a merged partner: applications and first steps; called by onboarding catalogue."""

from django.utils.translation import gettext_lazy as _

from partners.directory.followers import MOVES, STAYS, Follower, Merge
from partners.onboarding.models import Acceptance, Application, Journey


def move_applications(merge: Merge) -> None:
    Application.objects.filter(partner=merge.merged).update(partner=merge.survivor)


def move_journey(merge: Merge) -> None:
    if not Journey.objects.filter(partner=merge.survivor).exists():
        Journey.objects.filter(partner=merge.merged).update(partner=merge.survivor)


def onboarding_followers() -> list[Follower]:
    return [
        Follower(
            "applications",
            _("Applications"),
            MOVES,
            lambda key: Application.objects.filter(partner_id=key).count(),
            move_applications,
            order=40,
        ),
        Follower(
            "journey",
            _("First steps"),
            MOVES,
            lambda key: Journey.objects.filter(partner_id=key).count(),
            move_journey,
            _("Where the survivor has none of its own."),
            order=41,
        ),
        Follower(
            "acceptances",
            _("Accepted agreements"),
            STAYS,
            lambda key: Acceptance.objects.filter(partner_id=key).count(),
            note=_("They count for the survivor too."),
            order=42,
        ),
    ]
