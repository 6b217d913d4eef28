"""Claims whose key is not what it should be any more: the rule reads their words otherwise, or their customer is called
otherwise by the vendor.

Promise: under the locks of the old and the new claim; a claim keeps its moment of submission and its days, since it is
on the same company as before; where another protection holds those days, it waits behind it with the days it had left;
what is past there, held by the conflict desk or claimed by the same partner already stays as it is.
Called by: deals tasks and following, catalogue (customers)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from partners.customers.followers import KeysChanged
from partners.customers.queries import others_known_by
from partners.deals.holds import refuse_held
from partners.deals.models import LIVE, Deal, DealState, Protection
from partners.deals.moving import claim_after, save_claim, tell_parts
from partners.deals.protection import end_protection, lock_claims
from partners.deals.refusals import ClaimContested
from partners.deals.rules import Claim, claim_of
from partners.deals.steps import settle_left, today_of
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit

Naming = dict[str, str]
LONGEST = {"customer": 200, "tax_id": 30, "domain": 200}
# By which words of a deal it meets a kind of key, and which words of a customer make that key.
MEETS = {"tax": ("tax_id", "tax_id"), "web": ("domain", "website"), "name": ("customer", "name")}


def standing_claims(today: date) -> QuerySet[Deal]:
    """Claims that count for something yet: live ones, and won ones within their protection."""
    protected = Protection.objects.filter(ends_on__gt=today).values("deal_id")
    return Deal.objects.filter(Q(state__in=LIVE) | Q(id__in=protected))


def rebuild_claims(*, actor: Actor, deals: QuerySet[Deal], at: datetime) -> int:
    """Give those of the deals a new key whose words have another one by the rule of today; how many."""
    words = deals.values_list("id", "customer", "tax_id", "domain", "claim_key")
    stale = [row[0] for row in words.iterator() if claim_of(*row[1:4]).key != row[4]]
    return _rekey(actor, [(deal, {}) for deal in Deal.objects.filter(id__in=stale)], at)


def follow_customer(change: KeysChanged) -> None:
    """Claims that met the customer by a key it lost are called as it is called now, unless another one has that key."""
    found: dict[Deal, Naming] = {}
    for kind, (word, told) in MEETS.items():
        lost, won = getattr(change.before, kind), getattr(change.after, kind)
        if not (lost and won) or lost == won or others_known_by(lost, change.customer).exists():
            continue
        named = str(getattr(change.customer, told))[: LONGEST[word]]
        for deal in standing_claims(today_of(change.at)).filter(claim_key=lost):
            found[deal] = {word: named}
    _rekey(change.actor, found.items(), change.at)


def _rekey(actor: Actor, wanted: Iterable[tuple[Deal, Naming]], at: datetime) -> int:
    moves = [(deal, naming, claim_after(deal, naming)[0]) for deal, naming in wanted]
    moves.sort(key=lambda move: (move[0].submitted_at, move[0].id))
    old = {deal.claim for deal, _naming, _claim in moves}
    new = {(claim.key, deal.line_id) for deal, _naming, claim in moves}
    lock_claims(old | new)
    moved = sum(_move(actor, deal, naming, claim, at) for deal, naming, claim in moves)
    for claim in sorted(old | new, key=str):
        settle_left(actor, claim, at, since=today_of(at))
    return moved


def _move(actor: Actor, seen: Deal, naming: Naming, claim: Claim, at: datetime) -> bool:
    deal = Deal.objects.select_related("partner", "line").select_for_update(of=("self",)).get(id=seen.id)
    if deal.claim != seen.claim or _stays(deal, claim):
        return False
    told = {"claim_key": claim.key, **naming}
    was = {name: getattr(deal, name) for name in told}
    _carry_protections(deal, claim, today_of(at))
    for name, value in {**told, "claim_basis": claim.basis}.items():
        setattr(deal, name, value)
    deal.version += 1
    deal.changed_at = at
    save_claim(deal)
    tell_parts(deal)
    action = "deal.renamed" if naming else "deal.rekeyed"
    record(actor=actor, action=action, subject=deal, at=at, before=was, after=told)
    emit(action, deal_id=deal.id, partner_id=deal.partner_id)
    return True


def _stays(deal: Deal, claim: Claim) -> bool:
    try:
        refuse_held(deal)
    except ClaimContested:
        return True
    own = Deal.objects.filter(
        partner_id=deal.partner_id, claim_key=claim.key, line_id=deal.line_id, state__in=LIVE
    )
    return deal.state in LIVE and own.exclude(id=deal.id).exists()


def _carry_protections(deal: Deal, claim: Claim, today: date) -> None:
    """The days go with the claim, but for those that belong to another one there."""
    for held in Protection.objects.filter(deal=deal, claim_key=deal.claim_key).order_by("starts_on"):
        there = Protection.objects.filter(
            claim_key=claim.key, line_id=held.line_id, starts_on__lt=held.ends_on, ends_on__gt=held.starts_on
        )
        if not there.exclude(deal=deal).exists():
            held.claim_key = claim.key
            held.save(update_fields=["claim_key"])
        elif held.ends_on > today and deal.state == DealState.PROTECTED:
            deal.own_days = (held.ends_on - max(today, held.starts_on)).days
            deal.state = DealState.QUEUED
            end_protection(deal, today)
