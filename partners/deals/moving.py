"""Where a claim stands in time, and one that is said to be on another customer or product line; called by deals actions
and amendments.

Promise: under the locks of both claims it takes its place there by the moment it moves, behind all who wait; the days
before stay as they were."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from partners.deals.holds import refuse_held
from partners.deals.models import Deal, DealPart
from partners.deals.refusals import CertificateMissing, CustomerYours
from partners.deals.rules import Claim, claim_of
from partners.deals.steps import today_of
from partners.directory.models import Partner
from partners.products.models import ProductCategory
from partners.training.queries import missing_for_line
from prm.kit.searching import search_key

NAMING = ("customer", "tax_id", "domain")


def claim_after(deal: Deal, changes: dict[str, Any]) -> tuple[Claim, UUID]:
    """What the claim is on once the changes are made."""
    claim = claim_of(*(changes.get(name, getattr(deal, name)) for name in NAMING))
    return claim, changes["line"].id if "line" in changes else deal.line_id


def move_claim(deal: Deal, claim: Claim, line: ProductCategory, at: datetime) -> None:
    """Give the deal its new key, line and place. Raises `ClaimContested`, `CertificateMissing`."""
    refuse_held(deal)
    if line.id != deal.line_id:
        refuse_uncertified(deal.partner, line, at)
    deal.submitted_at = turn_of(claim, line, at)
    deal.claim_key, deal.claim_basis, deal.line = claim.key, claim.basis, line


def turn_of(claim: Claim, line: ProductCategory, at: datetime) -> datetime:
    """When the claim takes its place, behind all who wait there: of two at once, the one that got the lock second may
    have come to the server first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.claim_turn(%s, %s, %s)", [claim.key, line.id, at])
        turn: datetime = cursor.fetchone()[0]
    return turn


def refuse_uncertified(partner: Partner, line: ProductCategory, at: datetime) -> None:
    missing = missing_for_line(partner.id, line.id, today_of(at))
    if missing:
        raise CertificateMissing([course.title for course in missing])


def save_claim(deal: Deal) -> None:
    """With the key its name is found by. Raises `CustomerYours`."""
    deal.name_key = search_key(deal.customer)
    try:
        with transaction.atomic():
            deal.save()
    except IntegrityError as clash:
        if "deal_one_claim_per_partner_and_customer" in str(clash):
            raise CustomerYours from clash
        raise


def tell_parts(deal: Deal) -> None:
    """Those who have a part read the customer as it is called now."""
    DealPart.objects.filter(deal=deal).exclude(customer=deal.customer).update(customer=deal.customer)


def as_told(value: Any) -> Any:
    """A fact as the trail keeps it: a product line by its name."""
    return value.name if isinstance(value, ProductCategory) else value
