"""Certificates on the page of a partner: who holds what today, and when each was issued or revoked.

Called by: training catalogue."""

from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.training import queries
from partners.training.models import Certificate
from partners.training.presentation import certificate_rows
from prm.accounts.actor import Actor
from prm.comments.timeline import ASKED, Moment, last_day_before, on_day
from prm.tenancy.queries import current_tenant
from prm.web.panels import Panel

LISTED = 8


def training_panel(actor: Actor, partner_id: UUID) -> Panel:
    """How many people are certified, and the latest certificates with their standing."""
    today = timezone.localtime(timezone=current_tenant().zone).date()
    rows = queries.visible_certificates(actor).filter(partner_id=partner_id)
    valid = queries.valid_certificates(today).filter(partner_id=partner_id)
    people = {member_id or person for member_id, person in valid.values_list("member_id", "person")}
    content = {
        "people": len(people),
        "rows": certificate_rows(list(rows.order_by("-issued_on", "-number")[:LISTED]), today),
        "more": max(0, rows.count() - LISTED),
        "may_issue": actor.can("certificates.issue"),
    }
    return Panel(gettext_lazy("Training"), "components/partners/training_panel.html", content)


def certificate_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    last = last_day_before(before)
    rows = queries.visible_certificates(actor).filter(partner_id=partner_id)
    issued = rows.filter(issued_on__lte=last).order_by("-issued_on", "-number")[:ASKED]
    revoked = rows.filter(revoked_on__lte=last).order_by("-revoked_on", "-number")[:ASKED]
    return [_said(one, one.issued_on, _("Certificate issued: %(course)s")) for one in issued] + [
        _said(one, one.revoked_on, _("Certificate revoked: %(course)s"), one.revoked_why)
        for one in revoked
        if one.revoked_on
    ]


def _said(certificate: Certificate, day: date, what: str, why: str = "") -> Moment:
    told = {"course": certificate.course.title}
    return Moment(
        on_day(day), what % told, who=certificate.person, text=why or str(certificate), icon="certificate"
    )
