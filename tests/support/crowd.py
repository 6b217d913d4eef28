"""Hundreds of partners, each with one sale and bank details, in a few statements: for runs as long as a vendor's.

Promise: the rows are those that `make_partner`, `sell` and `give_account` would write, without events and records.
Called by: the browser walks.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from incentives.payouts.bank_accounts import seal
from incentives.payouts.models import BankAccount
from partners.directory.models import Partner, PartnerStanding
from partners.products.models import Product
from partners.sales.models import SaleLine
from prm.kit.ids import uuid7
from tests.support.cast import NOW, Cast
from tests.support.payouts import IBAN, LATER

FIRST_NUMBER = 1001


def make_partners(count: int) -> list[Partner]:
    """Partner 0 and on, with the codes P000 and on."""
    partners = Partner.objects.bulk_create(
        Partner(
            number=FIRST_NUMBER + place,
            code=f"P{place:03}",
            name=f"Partner {place}",
            name_key=f"partner {place}",
            joined_on=date(2026, 1, 1),
            created_at=NOW,
            changed_at=NOW,
            region="North",
        )
        for place in range(count)
    )
    PartnerStanding.objects.bulk_create(
        PartnerStanding(partner=partner, starts_on=date(2000, 1, 1), region="North") for partner in partners
    )
    return partners


def sell_each(partners: Sequence[Partner], product: Product, occurred_on: date, first_minor: int) -> None:
    """One line each; every partner sells 13 cents more than the one before."""
    SaleLine.objects.bulk_create(
        SaleLine(
            partner=partner,
            product=product,
            external_id=f"{product.code}-{place}",
            occurred_on=occurred_on,
            amount_minor=first_minor + 13 * place,
            recorded_at=NOW,
            first_recorded_at=NOW,
            source="erp",
            quantity=Decimal(1),
            currency="EUR",
        )
        for place, partner in enumerate(partners)
    )


def give_accounts(cast: Cast, partners: Sequence[Partner]) -> None:
    """Proposed by Vera and confirmed by Olga long ago, sealed as the product seals them."""
    BankAccount.objects.bulk_create(_account(cast, partner) for partner in partners)


def _account(cast: Cast, partner: Partner) -> BankAccount:
    account_id, long_ago = uuid7(), LATER - timedelta(days=200)
    return BankAccount(
        id=account_id,
        partner=partner,
        currency="EUR",
        holder=partner.name,
        bank_code="COBADEFF",
        account_sealed=seal(IBAN, tenant_id=cast.acme.id, row_id=account_id),
        account_last4=IBAN[-4:],
        city="Berlin",
        country="DE",
        proposed_at=long_ago,
        proposed_by_user_id=cast.vera.user.id,
        proposed_by_label=cast.vera.actor.label,
        confirmed_at=long_ago,
        confirmed_by_user_id=cast.olga.user.id,
        confirmed_by_label=cast.olga.actor.label,
    )
