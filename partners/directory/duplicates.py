"""Finding partners that may be one company written down twice, and remembering those that are not.

Promise: a pair that somebody found to be different is not shown again; called by directory.{merge_pages,merge_api}."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partners.directory.likeness import DOMAIN, NAME, SIMILAR, TAX_ID, Card, likenesses
from partners.directory.models import DistinctPartners, Partner
from partners.directory.queries import usable_partners
from prm.accounts.actor import Actor
from prm.audit.actions import record

PAIRS_SHOWN = 100
REASON_WORDS = {
    TAX_ID: _("same tax id"),
    DOMAIN: _("same website"),
    NAME: _("same name"),
    SIMILAR: _("similar name"),
}


@dataclass(frozen=True)
class Pair:
    """Two partners that look alike; `first` is the one that came first."""

    first: Partner
    second: Partner
    reasons: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        return [str(REASON_WORDS[reason]) for reason in self.reasons]


def list_duplicates(actor: Actor) -> list[Pair]:
    """The strongest first; no more than are shown. Both must be visible and neither merged."""
    fields = ("id", "name", "legal_name", "tax_id", "website")
    cards = [Card(*row) for row in usable_partners(actor).values_list(*fields)]
    known = set(DistinctPartners.objects.values_list("first_id", "second_id"))
    found = [pair for pair in likenesses(cards) if (pair.first, pair.second) not in known][:PAIRS_SHOWN]
    wanted = {key for pair in found for key in (pair.first, pair.second)}
    partners = {one.id: one for one in Partner.objects.filter(id__in=wanted).select_related("manager__user")}
    return [Pair(partners[pair.first], partners[pair.second], pair.reasons) for pair in found]


@transaction.atomic
def mark_distinct(*, actor: Actor, one: Partner, other: Partner, at: datetime) -> DistinctPartners:
    """Remember that the two are different companies."""
    first, second = sorted((one, other), key=lambda partner: partner.id)
    pair, made = DistinctPartners.objects.get_or_create(
        first=first, second=second, defaults={"found_by_label": actor.label, "found_at": at}
    )
    if made:
        after = {"name": second.name, "code": second.code}
        record(actor=actor, action="partner.found_distinct", subject=first, at=at, after=after)
    return pair
