"""What makes the demo's pages complete: contacts, an upload with bad rows, an invitation, a machine's key.

Called by: analytics.demo.story.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from analytics.demo.names import Vendor
from partners.directory.actions import PartnerFacts, create_partner
from partners.directory.contacts import add_contact
from partners.directory.models import Partner
from prm.accounts.actions import create_token, invite
from prm.accounts.actor import Actor
from prm.imports.actions import start_check, take_file
from prm.imports.kinds import import_kind
from prm.imports.work import work_on_check
from prm.tenancy.context import tenant_context

POSITIONS = {"en": ("Sales", "Accounts"), "ru": ("Продажи", "Бухгалтерия")}
LEGAL_FORM = {"en": "{} Ltd", "ru": "ООО «{}»"}
PEOPLE = {"en": ("Ines Falk", "Jonas Beck"), "ru": ("Инна Соколова", "Юрий Беляев")}


def add_extras(
    vendor: Vendor, tenant_id: UUID, admin: Actor, partners: Sequence[Partner], today: date
) -> None:
    with tenant_context(tenant_id):
        for place, (name, position) in enumerate(
            zip(PEOPLE[vendor.language], POSITIONS[vendor.language], strict=True)
        ):
            facts = {
                "name": name,
                "position": position,
                "email": f"contact{place + 1}@partner.example",
                "phone": "",
            }
            add_contact(actor=admin, partner=partners[0], facts=facts, at=timezone.now())  # type: ignore[arg-type]
        _write_down_twice(vendor, admin, partners[1])
        invite(
            actor=admin,
            email=f"new@{vendor.slug}.example",
            role="channel_manager",
            partner_id=None,
            sees_money=True,
            at=timezone.now(),
        )
        invite(
            actor=admin,
            email=f"colleague@{vendor.slug}-partner.example",
            role="partner_user",
            partner_id=partners[0].id,
            sees_money=False,
            at=timezone.now(),
        )
        create_token(
            actor=admin,
            name="ERP",
            scopes=("sales:write", "partners:read"),
            expires_at=None,
            at=timezone.now(),
        )
        batch = take_file(
            actor=admin,
            kind=import_kind("sales"),
            source="file",
            name="sales.csv",
            content=_upload(vendor, partners, today).encode(),
            at=timezone.now(),
        )
        start_check(actor=admin, batch=batch, mapping=batch.mapping, decimal=".", at=timezone.now())
    work_on_check(tenant_id=tenant_id, import_id=batch.id, now=timezone.now)


def _write_down_twice(vendor: Vendor, admin: Actor, partner: Partner) -> None:
    """A duplicate that waits to be found and merged."""
    facts: PartnerFacts = {
        "code": "P902",
        "name": LEGAL_FORM[vendor.language].format(partner.name),
        "partner_type": partner.partner_type,
        "country": partner.country,
        "joined_on": partner.joined_on,
    }
    create_partner(actor=admin, facts=facts, at=timezone.now())


def _upload(vendor: Vendor, partners: Sequence[Partner], today: date) -> str:
    """Twelve rows as an office would send them, three of them wrong."""
    rows = ["external_id,occurred_on,partner,product,quantity,amount,currency"]
    for number in range(1, 13):
        day = (today - timedelta(days=number)).isoformat()
        partner = "P999" if number == 4 else partners[number].code
        product = "???" if number == 7 else vendor.products[number % len(vendor.products)][0]
        amount = "twelve" if number == 10 else f"{number * 125}.00"
        rows.append(f"UP-{number:03},{day},{partner},{product},1,{amount},{vendor.currency}")
    return "\n".join(rows) + "\n"
