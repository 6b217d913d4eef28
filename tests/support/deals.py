"""Deals for tests: registered by a partner's person, decided by the vendor's."""

from datetime import UTC, date, datetime
from typing import Any

from partners.deals import actions, amendments
from partners.deals.models import Amendment, Deal, Protection
from partners.products.models import ProductCategory
from prm.tenancy.context import tenant_context
from tests.support.cast import NOW, Cast, Person

TAX_ID = "7707083893"


def moment(month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


def line_of(code: str = "software") -> ProductCategory:
    return ProductCategory.objects.get_or_create(code=code, defaults={"name": code.title()})[0]


def make_line(cast: Cast, code: str = "software") -> None:
    """Product lines are the vendor's: a partner's work only reads them."""
    with tenant_context(cast.acme.id):
        line_of(code)


def register(
    person: Person, customer: str = "Acme GmbH", *, at: datetime = NOW, join_queue: bool = False, **facts: Any
) -> Deal:
    """In the partner's own scope, as its page does."""
    partner_id = person.actor.partner_id
    assert partner_id is not None
    told: Any = {
        "customer": customer,
        "tax_id": TAX_ID,
        "amount_minor": 6_000_000,
        "currency": "EUR",
        "closes_on": date(2026, 6, 1),
        **facts,
    }
    with tenant_context(person.tenant.id, scope="partner", partner_ids=[partner_id]):
        from partners.directory.models import Partner

        told["line"] = ProductCategory.objects.get(code=told.pop("line", "software"))
        partner = Partner.objects.get(id=partner_id)
        return actions.register_deal(
            actor=person.actor, partner=partner, facts=told, at=at, join_queue=join_queue
        )


def approve(person: Person, deal: Deal, *, at: datetime = NOW) -> Deal:
    with tenant_context(person.tenant.id):
        return actions.approve_deal(actor=person.actor, deal=deal, at=at)


def amend(
    person: Person, deal: Deal, *, at: datetime = NOW, why: str = "A spelling mistake", **facts: Any
) -> Amendment:
    """Asked for in the partner's own scope; `line` by its code."""
    partner_id = person.actor.partner_id
    assert partner_id is not None
    with tenant_context(person.tenant.id, scope="partner", partner_ids=[partner_id]):
        if "line" in facts:
            facts["line"] = ProductCategory.objects.get(code=facts["line"])
        return amendments.ask_amendment(actor=person.actor, deal=deal, facts=facts, why=why, at=at)


def answer(
    person: Person, amendment: Amendment, *, approve: bool = True, words: str = "", at: datetime = NOW
) -> Deal:
    with tenant_context(person.tenant.id):
        amendment = Amendment.objects.select_related("deal__partner", "line").get(id=amendment.id)
        return amendments.answer_amendment(
            actor=person.actor,
            deal=amendment.deal,
            amendment=amendment,
            approve=approve,
            answer=words,
            at=at,
        )


def states(cast: Cast) -> dict[str, str]:
    """By the number of the deal."""
    with tenant_context(cast.acme.id):
        return {str(deal): deal.state for deal in Deal.objects.order_by("number")}


def spans(cast: Cast, deal: Deal) -> list[tuple[str, date, date]]:
    """Every protection of a deal: on which key, from and until."""
    with tenant_context(cast.acme.id):
        rows = Protection.objects.filter(deal=deal).order_by("starts_on", "ends_on")
        return [(row.claim_key, row.starts_on, row.ends_on) for row in rows]
