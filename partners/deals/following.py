"""What of deals follows a merged partner: its claims with their protections, wishes and parts.

Promise: of two claims of what is one company now, the one with the better standing stays and the other is withdrawn.
Called by: deals catalogue."""

from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partners.deals.models import (
    CLAIMING,
    Amendment,
    AmendmentState,
    Deal,
    DealPart,
    DealState,
    DeclaredInterest,
    Extension,
    ExtensionState,
    Protection,
)
from partners.deals.protection import lock_claim, settle_claims
from partners.deals.rekeying import rebuild_claims, standing_claims
from partners.deals.steps import move, today_of
from partners.directory.followers import MOVES, Follower, Merge

STANDING = (*CLAIMING, DealState.PROTECTED)
RANK = {DealState.PROTECTED: 0, DealState.QUEUED: 1}


def move_deals(merge: Merge) -> None:
    """All deals; of two live claims on one customer and line only one can stand."""
    both = standing_claims(merge.today).filter(partner__in=(merge.merged, merge.survivor))
    rebuild_claims(actor=merge.actor, deals=both, at=merge.at)  # claims on one customer are seen as such
    theirs = Deal.objects.filter(partner=merge.merged)
    claims = sorted(set(theirs.values_list("claim_key", "line_id")), key=str)
    for key, line_id in claims:
        lock_claim(key, line_id)
    for deal in theirs.filter(state__in=STANDING).select_related("partner", "line"):
        own = Deal.objects.select_related("partner", "line").filter(
            partner=merge.survivor, claim_key=deal.claim_key, line_id=deal.line_id, state__in=STANDING
        )
        rival = own.first()
        if rival is not None:
            _withdraw(merge, max(deal, rival, key=_weakness))
    for model in (Protection, Extension, Amendment):
        model.objects.filter(partner_id=merge.merged.id).update(partner_id=merge.survivor.id)
    theirs.update(partner=merge.survivor)
    for key, line_id in claims:
        settle_claims(actor=merge.actor, key=key, line_id=line_id, today=merge.today, at=merge.at)


def _weakness(deal: Deal) -> tuple[int, object, UUID]:
    return RANK.get(DealState(deal.state), 2), deal.submitted_at, deal.id


def _withdraw(merge: Merge, deal: Deal) -> None:
    """Protected is never the weaker one, so no protection ends here."""
    words = gettext("%(merged)s was merged into %(survivor)s, which claims this customer too.") % {
        "merged": merge.merged.name,
        "survivor": merge.survivor.name,
    }
    deal.closed_on = today_of(merge.at)
    move(merge.actor, deal, DealState.WITHDRAWN, "deal.withdrawn", merge.at, words)
    for model, asked, refused in (
        (Extension, ExtensionState.ASKED, ExtensionState.REFUSED),
        (Amendment, AmendmentState.ASKED, AmendmentState.REFUSED),
    ):
        model.objects.filter(deal=deal, state=asked).update(
            state=refused,
            decided_at=merge.at,
            decided_by_label=merge.actor.label,
            answer=words[:500],
        )


def move_parts(merge: Merge) -> None:
    """Parts in deals; where both had the same part in one deal the weights are added."""
    for part in DealPart.objects.select_for_update().filter(partner=merge.merged):
        same = DealPart.objects.filter(deal_id=part.deal_id, partner=merge.survivor, part=part.part).first()
        if same is None:
            part.partner = merge.survivor
            part.save(update_fields=["partner"])
        else:
            part.delete()
            same.percent += part.percent
            same.save(update_fields=["percent"])


def move_interests(merge: Merge) -> None:
    """What kept a person from deciding about the one keeps them from deciding about the other."""
    held = DeclaredInterest.objects.filter(partner=merge.survivor).values_list("member_id", flat=True)
    theirs = DeclaredInterest.objects.filter(partner=merge.merged)
    theirs.filter(member_id__in=set(held)).delete()
    theirs.update(partner=merge.survivor)


def deals_followers() -> list[Follower]:
    return [
        Follower(
            "deals",
            _("Deals and protections"),
            MOVES,
            lambda key: Deal.objects.filter(partner_id=key).count(),
            move_deals,
            _("Where both claim the same customer and line, the weaker claim is withdrawn."),
            order=20,
        ),
        Follower(
            "deal_parts",
            _("Parts in deals"),
            MOVES,
            lambda key: DealPart.objects.filter(partner_id=key).count(),
            move_parts,
            order=21,
        ),
        Follower(
            "interests",
            _("Declared interests"),
            MOVES,
            lambda key: DeclaredInterest.objects.filter(partner_id=key).count(),
            move_interests,
            order=22,
        ),
    ]
