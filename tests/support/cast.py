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


@dataclass(frozen=True)
class Seat:
    """What a person is to be made of."""

    email: str
    role: str
    partner_id: UUID | None = None
    sees_money: bool = True


def make_person(
    tenant: Tenant, email: str, role: str, *, partner_id: UUID | None = None, sees_money: bool = True
) -> Person:
    """A user with a verified address and PASSWORD, and one membership."""
    return make_people(tenant, Seat(email, role, partner_id, sees_money))[0]


def make_people(tenant: Tenant, *seats: Seat) -> list[Person]:
    """The same for several at once: most tests begin with ten people."""
    from allauth.account.models import EmailAddress

    users = [_user_at(seat.email) for seat in seats]
    with identity_context():
        User.objects.bulk_create(users)
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=seat.email, verified=True, primary=True)
            for user, seat in zip(users, seats, strict=True)
        )
    with tenant_context(tenant.id):
        places = Membership.objects.bulk_create(
            Membership(user=user, role=seat.role, partner_id=seat.partner_id, sees_money=seat.sees_money)
            for user, seat in zip(users, seats, strict=True)
        )
    return [Person(place.user, place, _actor_of(place, tenant), tenant) for place in places]


def _user_at(email: str) -> User:
    user = User(email=email.lower(), name=email.split("@", maxsplit=1)[0].capitalize())
    user.set_password(PASSWORD)
    return user


def _actor_of(place: Membership, tenant: Tenant) -> Actor:
    return Actor(
        kind="person",
        id=place.id,
        label=place.user.name,
        tenant_id=tenant.id,
        role=place.role,
        permissions=permissions_of(place.role, sees_money=place.sees_money),
        partner_id=place.partner_id,
        user_id=place.user_id,
        sees_money=place.sees_money,
    )


def stage() -> Cast:
    acme, zenith = make_tenant("acme", "Acme"), make_tenant("zenith", "Zenith")
    nina, vera, vasily, felix, olga, otto = make_people(
        acme,
        Seat("nina@acme.example", "channel_manager"),
        Seat("vera@acme.example", "programme_admin"),
        Seat("vasily@acme.example", "programme_admin"),
        Seat("felix@acme.example", "finance"),
        Seat("olga@acme.example", "finance"),
        Seat("otto@acme.example", "auditor"),
    )
    northwind = make_partner(acme, "NW", "Northwind", manager_id=nina.membership.id)
    southwind = make_partner(acme, "SW", "Southwind")
    zephyr = make_partner(zenith, "ZE", "Zephyr")
    paul, mia, sven = make_people(
        acme,
        Seat("paul@northwind.example", "partner_admin", northwind.id),
        Seat("mia@northwind.example", "partner_user", northwind.id, sees_money=False),
        Seat("sven@southwind.example", "partner_admin", southwind.id),
    )
    zed = make_person(zenith, "zed@zenith.example", "programme_admin")
    return Cast(
        acme=acme, zenith=zenith, northwind=northwind, southwind=southwind, zephyr=zephyr, vera=vera, vasily=vasily,
        nina=nina, felix=felix, olga=olga, otto=otto, paul=paul, mia=mia, sven=sven, zed=zed,
    )  # fmt: skip
