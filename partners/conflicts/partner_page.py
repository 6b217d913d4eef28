"""Conflicts on the page of a partner: those it is in, and when each was opened and ruled on.

Promise: a channel manager reads of the own portfolio's sides alone. Called by: conflicts catalogue."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.conflicts.models import ConflictSide, Verdict
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.comments.timeline import ASKED, Moment
from prm.web.panels import Panel

LISTED = 5
VERDICTS = {
    Verdict.AWARDED: gettext_lazy("Awarded to this partner"),
    Verdict.SHARED: gettext_lazy("Shared with other partners"),
    Verdict.REFUSED: gettext_lazy("Not awarded to this partner"),
}


def sides_of_partner(actor: Actor, partner_id: UUID) -> QuerySet[ConflictSide]:
    """Those that the desk has taken up."""
    rows = ConflictSide.objects.filter(partner_id=partner_id, conflict__isnull=False)
    return rows.filter(partner__in=visible_partners(actor)).select_related("conflict__line", "deal")


def conflicts_panel(actor: Actor, partner_id: UUID) -> Panel | None:
    """The newest; a partner that was never in one has no panel."""
    sides = sides_of_partner(actor, partner_id)
    count = sides.count()
    if not count:
        return None
    newest = sides.order_by("-opened_at", "-id")[:LISTED]
    content = {
        "sides": [(side, _verdict(side)) for side in newest],
        "waiting": sides.filter(verdict="").count(),
        "more": max(0, count - LISTED),
    }
    return Panel(gettext_lazy("Conflicts"), "components/partners/conflicts_panel.html", content)


def _verdict(side: ConflictSide) -> Promise | str:
    """What the ruling says, in staff's words; the choices speak to the partner."""
    return VERDICTS[Verdict(side.verdict)] if side.verdict else ""


def conflict_moments(actor: Actor, partner_id: UUID, before: datetime | None) -> list[Moment]:
    sides = sides_of_partner(actor, partner_id)
    opened, ruled = sides, sides.filter(ruled_at__isnull=False)
    if before is not None:
        opened, ruled = opened.filter(opened_at__lt=before), ruled.filter(ruled_at__lt=before)
    told = [
        _said(side, side.opened_at, _("Conflict opened: %(customer)s"))
        for side in opened.order_by("-opened_at")[:ASKED]
    ]
    return told + [
        _said(side, side.ruled_at, _("Conflict ruled on: %(customer)s"), str(_verdict(side)))
        for side in ruled.order_by("-ruled_at")[:ASKED]
        if side.ruled_at
    ]


def _said(side: ConflictSide, at: datetime, what: str, text: str = "") -> Moment:
    assert side.conflict is not None
    told = {"customer": side.deal.customer}
    url = reverse("conflict-detail", args=[side.conflict.id])
    return Moment(at, what % told, text=text or str(side.conflict), url=url, icon="scale")
