"""The keys on a partner's row by which SQL finds its likes.

Promise: every write of a partner keeps them; rows that were loaded past the directory get theirs within the hour.
Called by: directory actions, reversal and tasks; onboarding asks by them."""

from django.db.models import Q, QuerySet

from partners.directory.likeness import stored_keys
from partners.directory.models import Contact, Partner
from prm.kit.searching import search_key

FILLED_AT_ONCE = 5_000
KEYS = ("name_key", "match_key", "tax_key", "domain_key")


def write_keys(partner: Partner) -> None:
    """Set the keys by what the partner is called now; the caller saves."""
    partner.name_key = search_key(partner.name)
    for column, key in stored_keys(partner.name, partner.tax_id, partner.website).items():
        setattr(partner, column, key)


def fill_keys() -> int:
    """Give keys to rows that have none; how many."""
    bare = list(Partner.objects.filter(match_key="").order_by("id")[:FILLED_AT_ONCE])
    for partner in bare:
        write_keys(partner)
    Partner.objects.bulk_update(bare, KEYS)
    return len(bare)


def alike_by(*, name: str, tax: str, domain: str) -> dict[str, QuerySet[Partner]]:
    """Partners that share a key with a company, by "tax_id", "domain" and "name"; `name` and `tax` are keys too."""
    mailed = Contact.objects.filter(email__iendswith=f"@{domain}").values("partner_id")
    wanted = {
        "tax_id": Q(tax_key=tax) if tax else None,
        "domain": Q(domain_key=domain) | Q(id__in=mailed) if domain else None,
        "name": Q(match_key=name) if name else None,
    }
    return {reason: Partner.objects.filter(asked) for reason, asked in wanted.items() if asked is not None}
