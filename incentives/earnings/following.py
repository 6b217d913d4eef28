"""What of earnings follows a merged partner: nothing moves; a calculation that goes on forbids the merge.

Called by: earnings catalogue."""

from django.utils.translation import gettext_lazy as _

from incentives.earnings.models import Entry, LineOutcome
from incentives.earnings.queries import open_run
from incentives.plans.models import Audience, PlanAssignment
from partners.directory.followers import STAYS, Follower, Merge, Objection


def forbid_while_calculating(_merge: Merge) -> Objection | None:
    """A calculation holds every partner of the tenant from its start to its end."""
    run = open_run()
    if run is None:
        return None
    return Objection("calculation_open", _("A calculation is going on. Wait until it has finished."))


def earnings_followers() -> list[Follower]:
    return [
        Follower(
            "assignments",
            _("Plans assigned to it alone"),
            STAYS,
            lambda key: PlanAssignment.objects.filter(audience=Audience.PARTNER, target=str(key)).count(),
            note=_("They pay what was booked to it; the survivor is paid by its own plans."),
            order=60,
        ),
        Follower(
            "entries",
            _("Commission entries"),
            STAYS,
            lambda key: Entry.objects.filter(partner_id=key).count(),
            note=_("Entries are never rewritten; the survivor's people see them."),
            order=61,
        ),
        Follower(
            "outcomes",
            _("Sales that earned nothing"),
            STAYS,
            lambda key: LineOutcome.objects.filter(partner_id=key).count(),
            order=62,
        ),
    ]
