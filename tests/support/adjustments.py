"""Adjustments for tests: a proposal of somebody's, and one that two people made.

Called by: tests of adjustments, holds and disputes, the access matrix."""

from datetime import UTC, date, datetime
from typing import Any

from incentives.adjustments.actions import Proposal, approve_adjustment, propose_adjustment
from incentives.adjustments.models import Adjustment
from partners.directory.models import Partner
from tests.support.cast import Cast, Person

AT = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
MARCH = date(2026, 3, 1)


def proposal_for(partner: Partner, amount_minor: int, **facts: Any) -> Proposal:
    told: dict[str, Any] = {
        "currency": "EUR", "reason": "Agreed at the fair", "belongs_on": MARCH, **facts,
    }  # fmt: skip
    return Proposal(partner=partner, amount_minor=amount_minor, **told)


def propose(
    person: Person, partner: Partner, amount_minor: int, *, at: datetime = AT, **facts: Any
) -> Adjustment:
    proposal = proposal_for(partner, amount_minor, **facts)
    return propose_adjustment(actor=person.actor, proposal=proposal, at=at)


def adjusted(
    cast: Cast, amount_minor: int, *, partner: Partner | None = None, at: datetime = AT, **facts: Any
) -> Adjustment:
    """Proposed by Vera, agreed to by Vasily where one person is not enough."""
    row = propose(cast.vera, partner or cast.northwind, amount_minor, at=at, **facts)
    if row.state == "posted":
        return row
    return approve_adjustment(actor=cast.vasily.actor, adjustment=row, at=at)
