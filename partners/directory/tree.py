"""Who stands under whom, by date.

Promise: answers are those of the asked day; a path counts only over the days on which all its links held.
Called by: directory actions and interfaces, sales, incentives."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery

from partners.directory.models import Partner, PartnerParent
from partners.directory.rules import Span
from prm.tenancy.context import require_context

SUBTREE = """
WITH RECURSIVE below (partner_id) AS (
    SELECT %(partner)s::uuid
    UNION
    SELECT link.partner_id FROM partners_partnerparent link JOIN below ON link.parent_id = below.partner_id
    WHERE link.tenant_id = %(tenant)s AND link.starts_on <= %(day)s
      AND (link.ends_on IS NULL OR %(day)s < link.ends_on)
)
SELECT partner_id FROM below
"""
# LEAST and GREATEST pass over nulls, so an open end gives way to a closed one.
EVER_BELOW = """
WITH RECURSIVE below (partner_id, starts_on, ends_on) AS (
    SELECT link.partner_id, link.starts_on, link.ends_on FROM partners_partnerparent link
    WHERE link.tenant_id = %(tenant)s AND link.parent_id = %(partner)s
    UNION
    SELECT link.partner_id, GREATEST(below.starts_on, link.starts_on), LEAST(below.ends_on, link.ends_on)
    FROM partners_partnerparent link JOIN below ON link.parent_id = below.partner_id
    WHERE link.tenant_id = %(tenant)s AND link.starts_on < COALESCE(below.ends_on, 'infinity')
      AND below.starts_on < COALESCE(link.ends_on, 'infinity')
)
SELECT partner_id, starts_on, ends_on FROM below ORDER BY starts_on, partner_id
"""
LINKS_ABOVE = """
WITH RECURSIVE above (partner_id) AS (
    SELECT unnest(%(partners)s::uuid[])
    UNION
    SELECT link.parent_id FROM partners_partnerparent link JOIN above ON link.partner_id = above.partner_id
    WHERE link.tenant_id = %(tenant)s
)
SELECT link.partner_id, link.parent_id, link.starts_on, link.ends_on
FROM partners_partnerparent link JOIN above ON link.partner_id = above.partner_id
WHERE link.tenant_id = %(tenant)s ORDER BY link.starts_on
"""


@dataclass(frozen=True)
class Below:
    """A partner and the days on which it stood below, at whatever depth."""

    partner_id: UUID
    starts_on: date
    ends_on: date | None


def links_on(on: date) -> QuerySet[PartnerParent]:
    return PartnerParent.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on), starts_on__lte=on)


def partner_parents(on: date) -> dict[UUID, UUID]:
    """Parent of each partner that has one on the day, in one query."""
    return dict(links_on(on).values_list("partner_id", "parent_id"))


def parent_id_on(partner_id: UUID, on: date) -> UUID | None:
    """Who stands right above one partner on the day."""
    return links_on(on).filter(partner_id=partner_id).values_list("parent_id", flat=True).first()


def with_parent_codes(rows: QuerySet[Partner], on: date) -> QuerySet[Partner]:
    """The rows with `parent_code`: the code of the partner above on the day, or None."""
    parents = links_on(on).filter(partner_id=OuterRef("id")).values("parent__code")
    return rows.annotate(parent_code=Subquery(parents[:1]))


def subtree_ids(partner_id: UUID, on: date) -> set[UUID]:
    """The partner itself and all below it on the day."""
    return {row[0] for row in _rows(SUBTREE, partner=partner_id, day=on)}


def ancestor_ids(partner_id: UUID, on: date) -> list[UUID]:
    """Who stands above on the day, nearest first."""
    parents = partner_parents(on)
    above: list[UUID] = []
    while (parent := parents.get(above[-1] if above else partner_id)) is not None and parent not in above:
        above.append(parent)
    return above


def below_spans(partner_id: UUID) -> list[Below]:
    """Everyone who is or ever was below, with the days: what a distributor may see of whom."""
    return [Below(*row) for row in _rows(EVER_BELOW, partner=partner_id)]


def ever_below_ids(partner_id: UUID) -> set[UUID]:
    return {below.partner_id for below in below_spans(partner_id)}


def parent_links(partner_id: UUID) -> QuerySet[PartnerParent]:
    """Parents of one partner over time; the caller orders."""
    return PartnerParent.objects.filter(partner_id=partner_id).select_related("parent")


def list_parent_links(partner_id: UUID) -> list[PartnerParent]:
    return list(parent_links(partner_id).order_by("-starts_on"))


def list_child_links(partner_id: UUID) -> list[PartnerParent]:
    """Children of one partner over time, newest first."""
    rows = PartnerParent.objects.filter(parent_id=partner_id).select_related("partner")
    return list(rows.order_by("-starts_on", "partner__name_key"))


def links_above(*partner_ids: UUID) -> dict[UUID, list[Span[UUID]]]:
    """Parents by date of the partners and of everyone who ever stood above them: all that a circle could go through."""
    links: dict[UUID, list[Span[UUID]]] = {}
    for partner_id, parent_id, starts_on, ends_on in _rows(LINKS_ABOVE, partners=list(partner_ids)):
        links.setdefault(partner_id, []).append(Span(parent_id, starts_on, ends_on))
    return links


def _rows(statement: str, **parameters: UUID | date | list[UUID]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": require_context().tenant_id, **parameters})
        rows: list[Any] = cursor.fetchall()
        return rows
