"""How a partner joined, for the timeline of its page: sent, asked, answered, decided.

Called by: onboarding catalogue."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners.onboarding.queries import visible_applications
from prm.accounts.actor import Actor
from prm.comments.timeline import ASKED, Moment
from prm.web import format as formats

STEPS = (
    ("submitted_at", _("Applied to become a partner")),
    ("asked_at", _("The applicant was asked for more")),
    ("answered_at", _("The applicant answered")),
    ("decided_at", _("The application was decided")),
)


def application_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    moments = []
    for application in visible_applications(actor).filter(partner_id=partner_id):
        url = reverse("application-detail", args=[application.id])
        for name, what in STEPS:
            at = getattr(application, name)
            if at is None or (before is not None and at >= before):
                continue
            decided = name == "decided_at"
            text = application.get_state_display() if decided else application.reference
            who = formats.who(application.decided_by_label) if decided else ""
            moments.append(Moment(at, what, who=who, text=text, url=url, icon="inbox"))
    return sorted(moments, key=lambda moment: moment.at, reverse=True)[:ASKED]
