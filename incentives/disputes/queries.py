"""Reads of disputes: who sees which, what each is about, what waits for whom and how long.

Promise: a partner sees its own, channel managers their portfolio; a foreign or missing row answers 404.
Called by disputes actions and interfaces."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from incentives.disputes.models import Dispute
from incentives.disputes.rules import LIVE, OPEN
from incentives.earnings.entries import list_outcomes, visible_entries
from incentives.earnings.models import Entry, LineOutcome
from partners.directory.family import own_ids, surviving_id
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.sales.models import SaleLine
from prm.accounts.actor import Actor
from prm.comments.models import Comment
from prm.comments.queries import list_comments
from prm.comments.subjects import Commented
from prm.tenancy.queries import current_tenant

SUBJECT = "dispute"


def balance_of(dispute: Dispute) -> Partner:
    """In whose balance its adjustment is posted: where the entry stands, which may be that of a partner merged into the
    one that disputes it."""
    entry = Entry.objects.filter(id=dispute.entry_id).first() if dispute.entry_id else None
    return Partner.objects.get(id=entry.partner_id) if entry else dispute.partner


def visible_disputes(actor: Actor) -> QuerySet[Dispute]:
    rows = Dispute.objects.select_related("partner", "hold", "adjustment").order_by("-number")
    if actor.is_partner:
        return rows.filter(partner_id__in=own_ids(actor))
    if actor.has_portfolio_wall:
        return rows.filter(partner_id__in=visible_partners(actor).values("id"))
    return rows


def access_dispute(actor: Actor, dispute_id: UUID) -> Dispute:
    return get_object_or_404(visible_disputes(actor), id=dispute_id)


def commented_dispute(actor: Actor, dispute_id: UUID) -> Commented:
    """A dispute as its comments need it."""
    row = access_dispute(actor, dispute_id)
    return Commented(row, row.partner_id, row.partner.manager_id, name=str(row))


def access_entry(actor: Actor, entry_id: UUID) -> Entry:
    return get_object_or_404(visible_entries(actor), id=entry_id)


def access_outcome(actor: Actor, line_id: UUID) -> LineOutcome:
    """That a credited line earned nothing, in whatever slot."""
    rows = list_outcomes(actor).filter(line_id=line_id).order_by("slot")
    outcome = rows.first()
    return outcome if outcome is not None else get_object_or_404(rows, line_id=line_id)


def own_partner(actor: Actor) -> Partner:
    return get_object_or_404(Partner, id__in=[actor.partner_id])


def partner_of_entry(entry: Entry) -> Partner:
    """Whose people may question it: those of the survivor, where its partner was merged."""
    return Partner.objects.get(id=surviving_id(entry.partner_id))


def currency_of_line(line_id: UUID) -> str:
    """That of the sale; the programme's where this reader does not see it."""
    line = SaleLine.objects.filter(id=line_id).first()
    return str(line.currency) if line else current_tenant().currency


def live_about(actor: Actor, **about: Any) -> Dispute | None:
    return visible_disputes(actor).filter(state__in=LIVE, **about).first()


def disputes_about(actor: Actor, entry_id: UUID) -> list[Dispute]:
    return list(visible_disputes(actor).filter(entry_id=entry_id))


def live_before(actor: Actor, day: date) -> QuerySet[Dispute]:
    """Undecided ones about entries and sales dated before a day."""
    entries = Entry.objects.filter(occurred_on__lt=day).values("id")
    lines = SaleLine.objects.filter(occurred_on__lt=day).values("id")
    rows = visible_disputes(actor).filter(state__in=LIVE)
    return rows.filter(Q(entry_id__in=entries) | Q(line_id__in=lines))


def messages_of(actor: Actor, dispute: Dispute) -> list[Comment]:
    """Oldest first; a partner reads the shared ones."""
    return list_comments(actor, SUBJECT, dispute.id)[::-1]


def with_subjects(disputes: Iterable[Dispute]) -> list[dict[str, Any]]:
    """Each dispute with the entry or the sale line it is about, looked up once for the whole page."""
    listed = list(disputes)
    entries = Entry.objects.in_bulk({row.entry_id for row in listed if row.entry_id})
    lines = {row.line_id for row in listed if row.line_id}
    lines |= {entry.line_id for entry in entries.values() if entry.line_id}
    sales = SaleLine.objects.select_related("product").in_bulk(lines)
    today = _today()
    return [
        {
            "dispute": row,
            "entry": entries.get(row.entry_id),
            "line": sales.get(row.line_id or getattr(entries.get(row.entry_id), "line_id", None)),
            "overdue": row.state == OPEN and row.answer_by < today,
        }
        for row in listed
    ]


def overdue(rows: QuerySet[Dispute]) -> QuerySet[Dispute]:
    return rows.filter(state=OPEN, answer_by__lt=_today())


def count_open(actor: Actor) -> int:
    return visible_disputes(actor).filter(state=OPEN).count()


def count_overdue(actor: Actor) -> int:
    return overdue(visible_disputes(actor)).count()


def _today() -> date:
    return timezone.localdate(timezone=current_tenant().zone)
