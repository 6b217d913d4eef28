"""The first steps this room can see done: profile, agreement, team; and when a partner first came in.

Promise: one question per kind whatever the number of partners; called by onboarding.catalogue."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef

from partners.directory.models import Contact, Partner
from partners.onboarding.models import Acceptance, DocumentKind, DocumentVersion
from prm.accounts.models import Invitation, Membership

TEAM_OF = 2


def with_profile(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """A website and somebody who can be phoned."""
    reachable = Contact.objects.filter(partner_id=OuterRef("id")).exclude(phone="").exclude(email="")
    rows = Partner.objects.filter(Exists(reachable), id__in=partner_ids).exclude(website="")
    return dict.fromkeys(rows.values_list("id", flat=True), True)


def with_agreement(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """An agreement was accepted, by a partner merged into this one too, or there is none to accept. Later versions ask
    on their own page."""
    if not DocumentVersion.objects.filter(kind=DocumentKind.AGREEMENT).exists():
        return dict.fromkeys(partner_ids, True)
    rows = Acceptance.objects.filter(kind=DocumentKind.AGREEMENT)
    of_merged = Partner.objects.filter(merged_into_id__in=partner_ids)
    survivors = dict(of_merged.values_list("id", "merged_into_id"))
    signed = rows.filter(partner_id__in=[*partner_ids, *survivors]).values_list("partner_id", flat=True)
    return {survivors.get(partner_id, partner_id): True for partner_id in signed}


def with_team(partner_ids: Collection[UUID]) -> dict[UUID, bool]:
    """Two people have a login, or a second one was invited."""
    members = _counted(Membership.objects.filter(partner_id__in=partner_ids, ended_at__isnull=True))
    invited = _counted(
        Invitation.objects.filter(
            partner_id__in=partner_ids, accepted_at__isnull=True, withdrawn_at__isnull=True
        )
    )
    return {
        partner_id: True
        for partner_id in partner_ids
        if members.get(partner_id, 0) + invited.get(partner_id, 0) >= TEAM_OF
    }


def first_entrances(partner_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the first person of each partner came into the portal: accepting the invitation leads straight in."""
    rows = Membership.objects.filter(partner_id__in=partner_ids).values("partner_id")
    return {row["partner_id"]: row["first"] for row in rows.annotate(first=Min("created_at"))}  # type: ignore[misc]


def _counted(rows: object) -> dict[UUID, int]:
    counted = rows.values("partner_id").annotate(count=Count("id"))  # type: ignore[attr-defined]
    return dict(counted.values_list("partner_id", "count"))
