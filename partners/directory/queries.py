"""Reads of the directory: who may see which partner, look-ups in sets, and the pages' lists.

Promise: a foreign, missing or walled-off partner answers 404 alike; every list is one query whatever its length.
Called by: directory actions and interfaces, sales, incentives. The tree has its own module, `tree`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from partners.directory.family import led_to_by
from partners.directory.models import Contact, Partner, PartnerStanding, PartnerStatus
from prm.accounts.actor import Actor
from prm.accounts.models import Invitation, Membership
from prm.accounts.permissions import CHANNEL_MANAGER, PROGRAMME_ADMIN
from prm.comments.subjects import Commented
from prm.kit.searching import key_span

LONGEST_NUMBER = 18  # digits that fit a bigint
MANAGING_ROLES = (CHANNEL_MANAGER, PROGRAMME_ADMIN)


class PartnerMerged(Exception):
    """The partner was merged into another and cannot be used any more; `survivor` is that other."""

    code = "partner_merged"
    field = "code"

    def __init__(self, partner: Partner) -> None:
        super().__init__(self.code)
        assert partner.merged_into is not None
        self.partner, self.survivor = partner, partner.merged_into

    @property
    def message(self) -> str:
        told = {
            "name": self.partner.name,
            "survivor": self.survivor.name,
            "code": self.survivor.code,
        }
        return _("%(name)s was merged into %(survivor)s (%(code)s). Use that one.") % told


@dataclass(frozen=True)
class PartnerFilter:
    """What a list was narrowed to; empty values narrow nothing. `manager` "none": partners without one. `also`: the
    conditions of filters that rooms above added (extras)."""

    q: str = ""
    partner_type: str = ""
    status: str = ""
    region: str = ""
    tier: str = ""
    country: str = ""
    manager: str = ""
    also: tuple[Q, ...] = ()

    @property
    def is_set(self) -> bool:
        return any(vars(self).values())


def visible_partners(actor: Actor) -> QuerySet[Partner]:
    """The partners that the actor may know of: the own one, the own portfolio, or the whole tenant; merged ones too."""
    rows = Partner.objects.all()
    if actor.partner_id is not None:
        return rows.filter(id=actor.partner_id)
    if actor.has_portfolio_wall:
        return rows.filter(manager_id=actor.id)
    return rows


def usable_partners(actor: Actor) -> QuerySet[Partner]:
    """Of the visible ones those that something new can be written for."""
    return visible_partners(actor).exclude(status=PartnerStatus.MERGED)


def access_partner(actor: Actor, partner_id: UUID) -> Partner:
    """Raises `PartnerMerged` for one that was merged: pages then lead to its survivor."""
    partner = access_even_merged(actor, partner_id)
    if partner.merged_into_id is not None:
        raise PartnerMerged(partner)
    return partner


def access_even_merged(actor: Actor, partner_id: UUID) -> Partner:
    rows = visible_partners(actor).select_related("manager__user", "merged_into")
    return get_object_or_404(rows, id=partner_id)


def find_visible_partner(actor: Actor, asked: str) -> Partner | None:
    """The partner that a link names by its id; None where it names none that the actor may know of."""
    try:
        return visible_partners(actor).filter(id=UUID(asked)).first()
    except ValueError:
        return None


def access_partner_by_code(actor: Actor, code: str) -> Partner:
    """The code of a merged partner leads to its survivor."""
    rows = usable_partners(actor).select_related("manager__user")
    return get_object_or_404(rows, led_to_by(Q(code=code)))


def commented_partner(actor: Actor, partner_id: UUID) -> Commented:
    """A partner as its comments need it."""
    partner = access_partner(actor, partner_id)
    return Commented(partner, partner.id, partner.manager_id)


def access_own_company(actor: Actor) -> Partner:
    """The company of a partner's person."""
    if actor.partner_id is None:
        raise Http404
    return access_partner(actor, actor.partner_id)


def list_partners(actor: Actor, wanted: PartnerFilter) -> QuerySet[Partner]:
    """Visible partners that pass the filter, with their managers' names; the caller orders and cuts."""
    hidden = wanted.status != PartnerStatus.MERGED
    rows = (usable_partners if hidden else visible_partners)(actor).select_related("manager__user")
    exact = {
        name: value
        for name in ("partner_type", "status", "region", "tier", "country")
        if (value := getattr(wanted, name))
    }
    rows = rows.filter(*wanted.also, **exact)
    if wanted.manager == "none":
        rows = rows.filter(manager__isnull=True)
    elif wanted.manager:
        rows = rows.filter(manager_id=UUID(wanted.manager))
    return rows.filter(_matches(wanted.q)) if wanted.q.strip() else rows


def _matches(typed: str) -> Q:
    """The beginning of the name, or exactly the code, the tax id or the short number; those of a merged partner too."""
    typed = typed.strip()
    start, end = key_span(typed)
    found = Q(code=typed) | Q(tax_id=typed)
    if start:
        found |= Q(name_key__gte=start, name_key__lt=end)
    number = typed.upper().removeprefix("P-")
    if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER:
        found |= Q(number=int(number))
    return led_to_by(found)


def partners_by_code(codes: Iterable[str]) -> dict[str, Partner]:
    """Partners of the tenant by code, in one query; unknown codes are absent, those of merged partners name their
    survivors. For imports and sales."""
    rows = Partner.objects.filter(code__in=set(codes)).select_related("merged_into")
    return {partner.code: partner.merged_into or partner for partner in rows}


def partner_ids_by_code(codes: Iterable[str]) -> dict[str, UUID]:
    return {code: partner.id for code, partner in partners_by_code(codes).items()}


def partner_names(ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(Partner.objects.filter(id__in=ids).values_list("id", "name"))


def active_partner_choices() -> list[tuple[str, str]]:
    """For `choices=`: partners that people may be invited to, by name."""
    rows = (
        Partner.objects.filter(status="active").order_by("name_key", "id").values_list("id", "name", "code")
    )
    return [(str(key), f"{name} ({code})") for key, name, code in rows]


def list_regions() -> list[str]:
    """Regions in use, for suggestions and filters."""
    return list(
        Partner.objects.exclude(region="").order_by("region").values_list("region", flat=True).distinct()
    )


def list_tiers() -> list[str]:
    return list(Partner.objects.exclude(tier="").order_by("tier").values_list("tier", flat=True).distinct())


def list_managers() -> list[Membership]:
    """The vendor's people who can look after partners, by name."""
    rows = Membership.objects.filter(role__in=MANAGING_ROLES, ended_at__isnull=True).select_related("user")
    return sorted(rows, key=lambda membership: str(membership.user).casefold())


def managers_by_email() -> dict[str, Membership]:
    """The same by address, in small letters."""
    return {membership.user.email.casefold(): membership for membership in list_managers()}


def access_manager(membership_id: UUID) -> Membership:
    live = Membership.objects.filter(role__in=MANAGING_ROLES, ended_at__isnull=True).select_related("user")
    return get_object_or_404(live, id=membership_id)


def contacts_of(partner: Partner) -> QuerySet[Contact]:
    return Contact.objects.filter(partner=partner)


def list_contacts(partner: Partner) -> list[Contact]:
    return list(contacts_of(partner).order_by("name", "id"))


def access_contact(partner: Partner, contact_id: UUID) -> Contact:
    """A contact of this very partner; `partner` was accessed before."""
    return get_object_or_404(Contact, partner=partner, id=contact_id)


@dataclass(frozen=True)
class Team:
    """A partner's people with a login, by name, and the offers that wait for an answer."""

    members: list[Membership]
    invited: list[Invitation]


def team_of(partner: Partner) -> Team:
    members = Membership.objects.filter(partner_id=partner.id, ended_at__isnull=True).select_related("user")
    waiting = Invitation.objects.filter(
        partner_id=partner.id, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    return Team(
        sorted(members, key=lambda member: str(member.user).casefold()), list(waiting.order_by("created_at"))
    )


def list_standings(partner: Partner) -> list[PartnerStanding]:
    """What the partner was, newest first."""
    return list(PartnerStanding.objects.filter(partner=partner).order_by("-starts_on"))
