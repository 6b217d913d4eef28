"""What people of the vendor declare of themselves: a stake in a partner, or in a company that is none.

Promise: nobody else's to read or to withdraw; it refuses decisions from the moment it stands, and what waits for the
person is passed on to others. Called by deals.console."""

from datetime import datetime
from typing import TypedDict

from partners.customers.rules import customer_keys
from partners.deals.models import LIVE, Deal, DealState, DeclaredInterest
from partners.deals.protection import tell_admins, tell_staff
from partners.deals.stakes import account_digest, keys_of_customer
from partners.deals.steps import lock_deal
from partners.directory.models import Partner
from prm.accounts.actor import Actor
from prm.audit.actions import record


class CompanyFacts(TypedDict, total=False):
    """A company that is no partner: its name, and what else is known of it."""

    company: str
    tax_id: str
    website: str
    account: str


def declare_interest(
    *,
    actor: Actor,
    kind: str,
    note: str,
    at: datetime,
    partner: Partner | None = None,
    company: CompanyFacts | None = None,
) -> DeclaredInterest:
    """A person's own word about themselves, on a partner or on a company."""
    told: CompanyFacts = company or {}
    name, tax_id, website = told.get("company", ""), told.get("tax_id", ""), told.get("website", "")
    facts = {
        "tax_id": tax_id,
        "website": website,
        "keys": list(customer_keys(name, tax_id, website).known) if name else [],
        "account_digest": account_digest(told.get("account", "")),
        "kind": kind,
        "note": note,
        "declared_at": at,
    }
    interest, _made = DeclaredInterest.objects.update_or_create(
        member_id=actor.id, partner=partner, company=name, defaults=facts
    )
    after = {"kind": kind, "note": note} | ({"company": name} if name else {})
    record(actor=actor, action="interest.declared", subject=partner or interest, at=at, after=after)
    _pass_on(actor, interest)
    return interest


def pass_on(*, actor: Actor, deal: Deal, at: datetime) -> None:
    """Hand the decision to the programme's admins; a person with a stake may do nothing else."""
    deal = lock_deal(deal, *LIVE)
    record(actor=actor, action="deal.passed_on", subject=deal, at=at)
    tell_admins(deal, "deal.passed_on")


def withdraw_interest(*, actor: Actor, interest: DeclaredInterest, at: datetime) -> None:
    before = {"kind": interest.kind} | ({"company": interest.company} if interest.company else {})
    record(
        actor=actor,
        action="interest.withdrawn",
        subject=interest.partner or interest,
        at=at,
        before=before,
    )
    interest.delete()


def _pass_on(actor: Actor, interest: DeclaredInterest) -> None:
    """Ring for others about deals of this person's partners that wait for a decision and that it touches."""
    waiting = Deal.objects.select_related("partner").filter(
        state=DealState.SUBMITTED, partner__manager_id=actor.id
    )
    for deal in waiting:
        if deal.partner_id == interest.partner_id or set(interest.keys).intersection(keys_of_customer(deal)):
            tell_staff(deal, "deal.submitted")
