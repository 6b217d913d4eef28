"""Reads of adjustments: who sees which, what waits for whom, what one would make of a balance.

Promise: a partner sees its own that are posted, channel managers their portfolio; a foreign or missing row answers 404.
Called by adjustments actions and interfaces, disputes."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from incentives.adjustments.models import Adjustment, AdjustmentState
from incentives.adjustments.rules import Standing
from incentives.earnings.entries import visible_entries
from incentives.earnings.models import Entry
from incentives.ledger.queries import open_month_for, partners_with_balance
from partners.directory.family import own_ids
from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import roles_with
from prm.files.models import StoredFile
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant


def visible_adjustments(actor: Actor) -> QuerySet[Adjustment]:
    rows = Adjustment.objects.select_related("partner", "file", "takes_back").order_by("-number")
    if actor.is_partner:
        return rows.filter(partner_id__in=own_ids(actor), state=AdjustmentState.POSTED)
    if actor.has_portfolio_wall:
        return rows.filter(partner_id__in=visible_partners(actor).values("id"))
    return rows


def access_adjustment(actor: Actor, adjustment_id: UUID) -> Adjustment:
    return get_object_or_404(visible_adjustments(actor), id=adjustment_id)


def access_entry(actor: Actor, entry_id: UUID) -> Entry:
    return get_object_or_404(visible_entries(actor), id=entry_id)


def entry_partner(entry: Entry) -> Partner:
    """Whose balance an entry stands in, merged or not."""
    return Partner.objects.get(id=entry.partner_id)


def adjustments_of_entries(actor: Actor, entry_ids: Iterable[UUID]) -> list[Adjustment]:
    """Those that correct these entries, oldest first."""
    return list(visible_adjustments(actor).filter(entry_id__in=list(entry_ids)).order_by("number"))


def opposite_of(adjustment: Adjustment) -> Adjustment | None:
    """What takes it back, or is proposed to."""
    live = [AdjustmentState.PROPOSED, AdjustmentState.POSTED]
    return Adjustment.objects.filter(takes_back_id=adjustment.id, state__in=live).first()


def standing_with(partner_id: UUID, currency: str, change_minor: int) -> Standing:
    """The partner's balance now, and with this change."""
    rows = partners_with_balance(partner_id)
    owed = sum(row.owed_minor for row in rows if row.currency == currency)
    return Standing(owed, change_minor)


def months_of_books(today: date) -> list[date]:
    """The months that an adjustment may be about, newest first."""
    month, first = Period.of(max(today, open_month_for(today))), Period.of(current_tenant().first_period_on)
    found = []
    while month >= first:
        found.append(month.starts_on)
        month = month.plus(-1)
    return found


def partner_choices(partners: QuerySet[Partner]) -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.name} ({one.code})") for one in partners.order_by("name_key", "id")]


def count_to_approve(actor: Actor) -> int:
    """Those that wait for a second person, and were not proposed by this one."""
    waiting = visible_adjustments(actor).filter(state=AdjustmentState.PROPOSED)
    return waiting.exclude(proposed_by_user_id__in=[actor.user_id]).count()


def approver_names(adjustment: Adjustment) -> list[str]:
    """Who may agree: everybody with the right but who proposed it."""
    members = Membership.objects.filter(
        role__in=roles_with("adjustments.approve"), partner_id__isnull=True, ended_at__isnull=True
    ).select_related("user")
    return sorted(str(member.user) for member in members if member.user_id != adjustment.proposed_by_user_id)


def may_open_paper(actor: Actor, stored: StoredFile) -> bool:
    """What proves an adjustment is opened by whoever of the vendor sees it."""
    return not actor.is_partner and visible_adjustments(actor).filter(file_id=stored.id).exists()
