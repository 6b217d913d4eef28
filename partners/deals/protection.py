"""The queue of one customer and line: who is protected from which day until which.

Promise: under the claim's lock; a claim becomes live on the day the one before it ends, and its own days count from
then, whenever this is run. Called by deals actions and tasks."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from partners.deals.models import CLAIMING, Deal, DealState, Protection
from partners.deals.rules import due_reminder, protected_until
from partners.deals.stakes import domains_of, keys_of_customer, keys_of_partner
from partners.deals.terms import current_terms
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, StaffPeople, notify
from prm.outbox.actions import emit
from prm.tenancy.locks import hold
from prm.tenancy.queries import current_tenant

OWN_DEALS = "own_deals.view"
DECIDE = "deals.decide"
SETTLE = "deals.settle"
GIVEN_UP = (DealState.REJECTED, DealState.WITHDRAWN, DealState.LOST, DealState.LAPSED)


def lock_claim(key: str, line_id: UUID) -> None:
    """One at a time per customer and line, before its claims are looked at."""
    hold(f"claim:{key}:{line_id}")


def lock_claims(claims: Iterable[tuple[str, UUID]]) -> None:
    """Several, in one order for everybody, so that two who want the same never wait for each other."""
    for key, line_id in sorted(claims, key=str):
        lock_claim(key, line_id)


def settle_claims(
    *, actor: Actor, key: str, line_id: UUID, today: date, at: datetime, since: date | None = None
) -> None:
    """Let ended protections end and the next in the queue become live, as often as days have passed.

    Not before `since`: the day on which a claim left for another customer or line.
    """
    while True:
        _end_passed(actor, key, line_id, today, at)
        if Protection.objects.filter(claim_key=key, line_id=line_id, ends_on__gt=today).exists():
            return
        first = _first_in_queue(key, line_id)
        if first is None or first.state != DealState.QUEUED:
            return
        free_from = _free_from(first, at)
        _begin(actor, first, max(free_from, since) if since else free_from, at)


def end_protection(deal: Deal, today: date) -> None:
    """The claim is given up: its protection ends with today's beginning, or never was."""
    held = Protection.objects.filter(deal=deal).order_by("-starts_on").first()
    if held is None or held.ends_on <= today:
        return
    if held.starts_on >= today:
        held.delete()
        return
    held.ends_on = today
    held.save(update_fields=["ends_on"])


def remind_of_ends(*, today: date) -> int:
    """Tell both sides of protections that are about to end, once for each of 14, 7 and 1 days."""
    told = 0
    rows = Protection.objects.select_for_update(of=("self",)).select_related("deal__partner")
    for held in rows.filter(ends_on__gt=today, deal__state=DealState.PROTECTED).order_by("ends_on"):
        days = due_reminder(held.ends_on, today)
        if days is None or (held.reminded_days is not None and held.reminded_days <= days):
            continue
        held.reminded_days = days
        held.save(update_fields=["reminded_days"])
        _tell_both(held.deal, "deal.ending", {"until": held.last_day})
        told += 1
    return told


def tell_partner(deal: Deal, kind: str, **params: str | int | date) -> None:
    notify(
        kind,
        to=PartnerPeople(deal.partner_id, OWN_DEALS),
        params={"number": str(deal), "customer": deal.customer, **params},
        link=("portal-deal", [deal.id]),
    )


def tell_staff(deal: Deal, kind: str, **params: str | int | date) -> None:
    """The partner's manager; where that person has a stake, everybody who may decide."""
    notify(
        kind,
        to=StaffPeople(DECIDE, first=_impartial_manager(deal)),
        params={"number": str(deal), "customer": deal.customer, "partner": deal.partner.name, **params},
        link=("deal-detail", [deal.id]),
    )


def _impartial_manager(deal: Deal) -> UUID | None:
    """A partner's own work cannot read the vendor's declarations: there the guard answers."""
    partner = deal.partner
    keys = [*keys_of_partner(partner), *keys_of_customer(deal)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guard.is_impartial(%s, %s, %s::text[], %s::text[])",
            [partner.manager_id, partner.id, keys, sorted(domains_of(partner))],
        )
        impartial = cursor.fetchone()[0]
    return partner.manager_id if impartial else None


def tell_admins(deal: Deal, kind: str) -> None:
    notify(
        kind,
        to=StaffPeople(SETTLE),
        params={"number": str(deal), "customer": deal.customer, "partner": deal.partner.name},
        link=("deal-detail", [deal.id]),
    )


def _tell_both(deal: Deal, kind: str, params: dict[str, date]) -> None:
    tell_partner(deal, kind, **params)
    tell_staff(deal, f"{kind}_staff", **params)


def _end_passed(actor: Actor, key: str, line_id: UUID, today: date, at: datetime) -> None:
    held = Protection.objects.filter(deal=OuterRef("id"), ends_on__gt=today)
    passed = Deal.objects.select_related("partner").filter(
        ~Exists(held), claim_key=key, line_id=line_id, state=DealState.PROTECTED
    )
    for deal in passed:
        deal.state = DealState.EXPIRED
        deal.version += 1
        deal.changed_at = at
        deal.save(update_fields=["state", "version", "changed_at"])
        record(actor=actor, action="deal.expired", subject=deal, at=at)
        emit("deal.expired", deal_id=deal.id, partner_id=deal.partner_id)
        tell_partner(deal, "deal.ended")


def _first_in_queue(key: str, line_id: UUID) -> Deal | None:
    rows = Deal.objects.select_related("partner").filter(claim_key=key, line_id=line_id, state__in=CLAIMING)
    return rows.order_by("submitted_at", "id").first()


def _free_from(deal: Deal, at: datetime) -> date:
    """The day it was approved, or the last day on which a protection or a claim before it ended, whichever is later."""
    zone = current_tenant().zone
    days = [(deal.decided_at or at).astimezone(zone).date()]
    held = Protection.objects.filter(claim_key=deal.claim_key, line_id=deal.line_id)
    days += held.order_by("-ends_on").values_list("ends_on", flat=True)[:1]
    before = Q(submitted_at__lt=deal.submitted_at) | Q(submitted_at=deal.submitted_at, id__lt=deal.id)
    gone = Deal.objects.filter(before, claim_key=deal.claim_key, line_id=deal.line_id)
    for other in gone.filter(state__in=GIVEN_UP).only("state", "decided_at", "closed_on", "answer_by"):
        if other.state == DealState.REJECTED and other.decided_at:
            days.append(other.decided_at.astimezone(zone).date())
        elif other.state == DealState.LAPSED and other.answer_by:
            days.append(other.answer_by + timedelta(days=1))
        elif other.closed_on:
            days.append(other.closed_on)
    return max(days)


def _begin(actor: Actor, deal: Deal, starts_on: date, at: datetime) -> None:
    held = Protection.objects.create(
        deal=deal,
        partner_id=deal.partner_id,
        claim_key=deal.claim_key,
        line_id=deal.line_id,
        starts_on=starts_on,
        ends_on=protected_until(starts_on, deal.own_days or current_terms().protection_days),
    )
    deal.state = DealState.PROTECTED
    deal.version += 1
    deal.changed_at = at
    deal.save(update_fields=["state", "version", "changed_at"])
    told = {"starts_on": held.starts_on, "ends_on": held.ends_on}
    record(actor=actor, action="deal.protected", subject=deal, at=at, after=told)
    emit("deal.protected", deal_id=deal.id, partner_id=deal.partner_id, ends_on=held.ends_on)
    tell_partner(deal, "deal.protected", until=held.last_day)
