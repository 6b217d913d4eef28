"""A partner together with those that were merged into it: whose past is read as its own.

Promise: what was booked to a merged partner stays there and is found with its survivor; called by queries of every room
that lists what belongs to a partner, and by the catalogue."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.http import Http404

from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.tenancy.context import require_context


def merged_ids(tenant_id: UUID, partner_id: UUID) -> list[UUID]:
    """Those merged into a partner, asked before a context is opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM guard.merged_partners(%s, %s)", [tenant_id, partner_id])
        return [row[0] for row in cursor.fetchall()]


def family_ids(partner_id: UUID) -> list[UUID]:
    """The partner, and those merged into it."""
    rows = Partner.objects.filter(merged_into_id=partner_id).order_by("id")
    return [partner_id, *rows.values_list("id", flat=True)]


def own_ids(actor: Actor) -> list[UUID]:
    """The same for a partner's person, without a question where the context says it; anybody else answers 404."""
    if actor.partner_id is None:
        raise Http404
    context = require_context()
    return list(context.partner_ids) if context.scope == "partner" else family_ids(actor.partner_id)


def list_merged(partner_id: UUID) -> list[Partner]:
    """Those merged into a partner, the latest first."""
    return list(Partner.objects.filter(merged_into_id=partner_id).order_by("-merged_at", "id"))


def surviving_ids(partner_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of partners that were merged, their survivors."""
    rows = Partner.objects.filter(id__in=set(partner_ids), merged_into__isnull=False)
    return dict(rows.values_list("id", "merged_into_id"))


def surviving_id(partner_id: UUID) -> UUID:
    return surviving_ids([partner_id]).get(partner_id, partner_id)


def led_to_by(matching: Q) -> Q:
    """Partners that match, or into which one that matches was merged."""
    absorbed = Partner.objects.filter(matching, merged_into__isnull=False).values("merged_into_id")
    return matching | Q(id__in=absorbed)
