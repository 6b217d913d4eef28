"""The vendor's side before anybody asks: budgets, and what each partner is allocated of them.

Promise: allocations never exceed their budget, in parallel neither: the budget's row is locked, and the database
itself refuses. Called by: funds.console."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from django.db import IntegrityError, transaction

from incentives.funds.models import FundsAllocation, FundsBudget
from incentives.funds.queries import is_in_segment
from incentives.funds.refusals import (
    AllocatedAlready,
    BelowPromised,
    BudgetExceeded,
    DaysDisordered,
    PartnerOutside,
)
from incentives.funds.steps import lock_allocation, refuse_late, require, today_of
from partners.directory.family import surviving_id
from partners.directory.models import Partner
from partners.segments.models import Segment
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.notifications.actions import PartnerPeople, notify
from prm.notifications.rules import Amount

MANAGE = "funds.manage"


class BudgetFacts(TypedDict):
    name: str
    purpose: str
    segment: Segment | None
    currency: str
    amount_minor: int
    share_percent: Decimal
    starts_on: date
    ends_on: date
    claims_until: date
    second_above_minor: int


def make_budget(*, actor: Actor, facts: BudgetFacts, at: datetime) -> FundsBudget:
    """Raises `DaysDisordered`."""
    require(actor, MANAGE)
    if not facts["starts_on"] <= facts["ends_on"] <= facts["claims_until"]:
        raise DaysDisordered
    budget = FundsBudget.objects.create(**facts, created_at=at, created_by_label=actor.label)
    told = {**facts, "segment": facts["segment"].code if facts["segment"] else ""}
    record(actor=actor, action="funds_budget.made", subject=budget, at=at, after=told)
    return budget


def change_budget_amount(
    *, actor: Actor, budget: FundsBudget, amount_minor: int, at: datetime
) -> FundsBudget:
    """Raise or lower what may be allocated. Raises `BelowPromised`."""
    require(actor, MANAGE)
    budget = FundsBudget.objects.select_for_update().get(id=budget.id)
    if amount_minor < max(1, budget.allocated_minor):
        raise BelowPromised(budget.allocated_minor, budget.currency)
    before = {"amount_minor": budget.amount_minor}
    budget.amount_minor = amount_minor
    budget.save(update_fields=["amount_minor"])
    after = {"amount_minor": amount_minor}
    record(actor=actor, action="funds_budget.changed", subject=budget, at=at, before=before, after=after)
    return budget


def allocate(
    *, actor: Actor, budget: FundsBudget, partner: Partner, amount_minor: int, at: datetime
) -> FundsAllocation:
    """Give a partner its part. Raises `PartnerOutside`, `AllocatedAlready`, `BudgetExceeded`, `DeadlinePassed`."""
    require(actor, MANAGE)
    budget = FundsBudget.objects.select_for_update().get(id=budget.id)
    _take(budget, amount_minor)
    allocation = FundsAllocation(
        budget=budget,
        partner=partner,
        name=budget.name,
        currency=budget.currency,
        share_percent=budget.share_percent,
        starts_on=budget.starts_on,
        ends_on=budget.ends_on,
        claims_until=budget.claims_until,
        amount_minor=amount_minor,
        allocated_at=at,
    )
    refuse_late(allocation, at)
    if not is_in_segment(budget, partner.id, today_of(at)):
        raise PartnerOutside
    try:
        with transaction.atomic():
            allocation.save()
    except IntegrityError as clash:
        raise AllocatedAlready from clash
    budget.save(update_fields=["allocated_minor"])
    after = {"budget": budget.name, "partner": partner.name, "amount_minor": amount_minor}
    record(actor=actor, action="funds_allocation.made", subject=allocation, at=at, after=after)
    _tell(allocation)
    return allocation


def change_allocation(
    *, actor: Actor, allocation: FundsAllocation, amount_minor: int, at: datetime
) -> FundsAllocation:
    """Raise or lower a partner's part; what its requests hold stays. Raises `BelowPromised`, `BudgetExceeded`."""
    require(actor, MANAGE)
    budget = FundsBudget.objects.select_for_update().get(id=allocation.budget_id)
    allocation = lock_allocation(allocation.id)
    if amount_minor < allocation.held_minor:
        raise BelowPromised(allocation.held_minor, allocation.currency)
    before = allocation.amount_minor
    _take(budget, amount_minor - before, at_least=before)
    allocation.amount_minor = amount_minor
    allocation.save(update_fields=["amount_minor"])
    budget.save(update_fields=["allocated_minor"])
    record(
        actor=actor,
        action="funds_allocation.changed",
        subject=allocation,
        at=at,
        before={"amount_minor": before},
        after={"amount_minor": amount_minor},
    )
    _tell(allocation)
    return allocation


def _take(budget: FundsBudget, amount_minor: int, *, at_least: int = 0) -> None:
    left = budget.amount_minor - budget.allocated_minor
    if amount_minor > left:
        raise BudgetExceeded(left + at_least, budget.currency)
    budget.allocated_minor += amount_minor


def _tell(allocation: FundsAllocation) -> None:
    notify(
        "funds.allocated",
        to=PartnerPeople(surviving_id(allocation.partner_id), "own_funds.view"),
        params={
            "name": allocation.name,
            "amount": Amount(allocation.amount_minor, allocation.currency),
            "until": allocation.claims_until,
        },
        link=("portal-funds", []),
    )
