"""Conflicts for tests: raised by a partner's person in its own scope, gathered as by the worker, ruled on by staff."""

from datetime import date, datetime
from decimal import Decimal

from partners.conflicts import actions
from partners.conflicts.models import Conflict, ConflictSide, Outcome
from partners.deals.models import Deal
from prm.accounts.actor import system_actor
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person

MEETING = actions.EvidenceFacts(date(2026, 3, 1), "Met the head of purchasing")
PDF = b"%PDF-1.7 minutes"


def raise_conflict(person: Person, deal: Deal, *, at: datetime = NOW) -> ConflictSide:
    """As the partner's page does, and then as the worker does."""
    assert person.actor.partner_id is not None
    with tenant_context(person.tenant.id, scope="partner", partner_ids=[person.actor.partner_id]):
        side = actions.raise_conflict(actor=person.actor, deal=deal, evidence=MEETING, at=at)
    with tenant_context(person.tenant.id):
        actions.open_conflict(actor=system_actor(person.tenant.id), deal=deal, at=at)
    return side


def award(
    person: Person, conflict: Conflict, deal: Deal | None, *, words: str = "First come", at: datetime = NOW
) -> Conflict:
    """To the side of the deal; to nobody where there is none."""
    with tenant_context(person.tenant.id):
        side = ConflictSide.objects.filter(conflict=conflict, deal=deal).first() if deal else None
        outcome = Outcome.AWARD if side else Outcome.REFUSE
        ruling = actions.Ruling(outcome, words, side.id if side else None)
        return actions.rule(actor=person.actor, conflict=conflict, ruling=ruling, at=at)


def share(person: Person, conflict: Conflict, parts: dict[Deal, str], *, at: datetime = NOW) -> Conflict:
    """The first named deal holds the protection."""
    with tenant_context(person.tenant.id):
        sides = {side.deal_id: side.id for side in ConflictSide.objects.filter(conflict=conflict)}
        shares = {sides[deal.id]: Decimal(part) for deal, part in parts.items()}
        ruling = actions.Ruling(Outcome.SHARE, "Both worked", next(iter(shares)), shares)
        return actions.rule(actor=person.actor, conflict=conflict, ruling=ruling, at=at)


def the_conflict(cast: Cast) -> Conflict:
    with tenant_context(cast.acme.id):
        return Conflict.objects.get()


def appeal(person: Person, deal: Deal, *, words: str = "We were first there", at: datetime = NOW) -> None:
    """In the partner's own scope, and then as the worker tells the other sides."""
    assert person.actor.partner_id is not None
    with tenant_context(person.tenant.id, scope="partner", partner_ids=[person.actor.partner_id]):
        side = ConflictSide.objects.get(deal=deal)
        actions.appeal(actor=person.actor, side=side, words=words, at=at)
    with tenant_context(person.tenant.id):
        side = ConflictSide.objects.get(deal=deal)
        actions.hear_others(actor=system_actor(person.tenant.id), side=side, at=at)
