"""Reads of notices: a person's own list and count, and who is meant by a role.

Promise: a notice is found by its reader alone; called by pages, menu and delivery."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from prm.accounts.actor import Actor
from prm.accounts.models import Membership
from prm.accounts.permissions import known, roles_with
from prm.notifications.models import Notice


def notices_of(actor: Actor) -> QuerySet[Notice]:
    if actor.kind != "person":
        return Notice.objects.none()
    return Notice.objects.filter(member_id=actor.id)


def count_unread(actor: Actor) -> int:
    return notices_of(actor).filter(read_at__isnull=True).count()


def access_notice(actor: Actor, notice_id: UUID) -> Notice:
    if actor.kind != "person":
        raise Http404
    return get_object_or_404(Notice, member_id=actor.id, id=notice_id)


def _holders(permission: str) -> QuerySet[Membership]:
    rows = Membership.objects.filter(role__in=roles_with(permission), ended_at__isnull=True)
    return rows.filter(sees_money=True) if known(permission).needs_money else rows


def partner_people(partner_id: UUID, permission: str) -> list[Membership]:
    return list(_holders(permission).filter(partner_id=partner_id))


def staff_people(permission: str, first: UUID | None) -> list[Membership]:
    """The one in charge if there is one who holds the permission, else everybody of the staff who does."""
    staff = _holders(permission).filter(partner_id__isnull=True)
    in_charge = list(staff.filter(id=first)) if first else []
    return in_charge or list(staff)


def one_person(membership_id: UUID) -> list[Membership]:
    return list(Membership.objects.filter(id=membership_id, ended_at__isnull=True))
