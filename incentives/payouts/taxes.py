"""How a partner is taxed: said by the vendor's finance, read by both sides.

Promise: one word per partner counts; a merged partner's is its survivor's. Called by: payouts' pages and documents.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied

from incentives.payouts.tax_models import TaxStanding, TaxStatus
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit


class StandingUnknown(Exception):
    """No such tax status or language of documents."""

    code = "tax_standing_unknown"


LANGUAGES = ("", "en", "ru")


def set_standing(
    *, actor: Actor, partner: Partner, status: str, language: str = "", at: datetime
) -> TaxStanding:
    """Documents of months closed from now on follow it. Raises `StandingUnknown`."""
    if not actor.can("tax.change"):
        raise PermissionDenied("tax.change")
    if status not in TaxStatus.values or language not in LANGUAGES:
        raise StandingUnknown
    standing = TaxStanding.objects.select_for_update().filter(partner_id=partner.id).first()
    before = {"tax_status": standing.status, "language": standing.language} if standing else {}
    after = {"tax_status": status, "language": language}
    if standing is not None and before == after:
        return standing
    told = {
        "status": status,
        "language": language,
        "set_at": at,
        "set_by_user_id": actor.user_id,
        "set_by_label": actor.label,
    }
    standing, _made = TaxStanding.objects.update_or_create(partner=partner, defaults=told)
    record(actor=actor, action="tax.standing_set", subject=partner, at=at, before=before, after=after)
    emit("tax.standing_set", partner_id=partner.id)
    return standing


def standing_of(partner: Partner) -> TaxStanding:
    """What counts for the partner; a company, where nobody has said anything."""
    key = partner.merged_into_id or partner.id
    found = find_standing(key)
    return found or TaxStanding(partner_id=key, status=TaxStatus.COMPANY, language="")


def find_standing(partner_id: UUID) -> TaxStanding | None:
    return TaxStanding.objects.filter(partner_id=partner_id).first()
