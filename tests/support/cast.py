"""The fixed cast: two tenants always, so that every test can ask what the other one sees.

Called by: conftest's `cast` fixture and tests that commit for real.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from partners.directory.likeness import stored_keys
from partners.directory.models import Partner, PartnerStanding
from prm.accounts.actor import Actor, system_actor
from prm.accounts.models import Membership, User
from prm.accounts.permissions import permissions_of
from prm.kit.ids import uuid7
from prm.tenancy.context import identity_context, tenant_context
from prm.tenancy.models import Tenant, next_number

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """A user in one membership, and the actor they act as."""

    user: User
    membership: Membership
    actor: Actor
    tenant: Tenant


@dataclass(frozen=True)
class Cast:
    """Acme (staff: vera programme admin, vasily another, nina channel manager, felix and olga finance, otto auditor),
    its partners Northwind (paul admin, mia user without money) and Southwind (sven), and Zenith (zed, partner Zephyr).
    """

    acme: Tenant
    zenith: Tenant
    northwind: Partner
    southwind: Partner
    zephyr: Partner
    vera: Person
    vasily: Person
    nina: Person
    felix: Person
    olga: Person
    otto: Person
    paul: Person
    mia: Person
    sven: Person
    zed: Person

    @property
    def system(self) -> Actor:
        return system_actor(self.acme.id)


def make_tenant(slug: str, name: str, **fields: object) -> Tenant:
    tenant_id = uuid7()
    with tenant_context(tenant_id):
        return Tenant.objects.create(
            id=tenant_id,
            slug=slug,
            name=name,
            **{"first_period_on": date(2026, 1, 1), "currency": "EUR", **fields},
        )


def make_partner(tenant: Tenant, code: str, name: str, **fields: object) -> Partner:
    with tenant_context(tenant.id):
        partner = Partner.objects.create(
            number=next_number("partner"),
            code=code,
            name=name,
            name_key=name.casefold(),
            **stored_keys(name, str(fields.get("tax_id", "")), str(fields.get("website", ""))),
            **{
                "joined_on": date(2026, 1, 1),
                "created_at": NOW,
                "changed_at": NOW,
                "region": "North",
                **fields,
            },
        )
        PartnerStanding.objects.create(
            partner=partner,
            starts_on=date(2000, 1, 1),
            partner_type=partner.partner_type,
            country=partner.country,
            region=partner.region,
            tier=partner.tier,
        )
        return partner


def make_person(
    tenant: Tenant, email: str, role: str, *, partner_id: UUID | None = None, sees_money: bool = True
) -> Person:
    """A user with a verified address and PASSWORD, and one membership."""
    from allauth.account.models import EmailAddress

    with identity_context():
        user = User.objects.create_user(email, PASSWORD, name=email.split("@", maxsplit=1)[0].capitalize())
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    with tenant_context(tenant.id):
        membership = Membership.objects.create(
            user=user, role=role, partner_id=partner_id, sees_money=sees_money
        )
    actor = Actor(
        kind="person",
        id=membership.id,
        label=user.name,
        tenant_id=tenant.id,
        role=role,
        permissions=permissions_of(role, sees_money=sees_money),
        partner_id=partner_id,
        user_id=user.id,
        sees_money=sees_money,
    )
    return Person(user, membership, actor, tenant)


def stage() -> Cast:
    acme, zenith = make_tenant("acme", "Acme"), make_tenant("zenith", "Zenith")
    nina = make_person(acme, "nina@acme.example", "channel_manager")
    northwind = make_partner(acme, "NW", "Northwind", manager_id=nina.membership.id)
    southwind = make_partner(acme, "SW", "Southwind")
    zephyr = make_partner(zenith, "ZE", "Zephyr")
    return Cast(
        acme=acme,
        zenith=zenith,
        northwind=northwind,
        southwind=southwind,
        zephyr=zephyr,
        vera=make_person(acme, "vera@acme.example", "programme_admin"),
        vasily=make_person(acme, "vasily@acme.example", "programme_admin"),
        nina=nina,
        felix=make_person(acme, "felix@acme.example", "finance"),
        olga=make_person(acme, "olga@acme.example", "finance"),
        otto=make_person(acme, "otto@acme.example", "auditor"),
        paul=make_person(acme, "paul@northwind.example", "partner_admin", partner_id=northwind.id),
        mia=make_person(
            acme, "mia@northwind.example", "partner_user", partner_id=northwind.id, sees_money=False
        ),
        sven=make_person(acme, "sven@southwind.example", "partner_admin", partner_id=southwind.id),
        zed=make_person(zenith, "zed@zenith.example", "programme_admin"),
    )
