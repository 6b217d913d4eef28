"""Budgets and allocations: never exceeded, for whom they are, by whom they are managed; a refusal writes nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from incentives.funds import budgets, refusals
from incentives.funds.models import FundsAllocation, FundsBudget
from partners.segments.models import Segment, SegmentMember
from partners.segments.queries import uses_of
from tests.support.funds import (
    AT,
    Stage,
    allocate,
    approved,
    make_budget,
    refuse,
)

LATE = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)


class TestBudgets:
    def test_allocations_never_exceed_the_budget(self, stage: Stage) -> None:
        cast = stage.cast
        refused = refuse(
            refusals.BudgetExceeded, lambda: allocate(cast, stage.budget, cast.southwind, 1_200_001)
        )
        assert refused.highest_minor == 1_200_000  # type: ignore[attr-defined]
        allocate(cast, stage.budget, cast.southwind, 1_200_000)
        assert FundsBudget.objects.get().allocated_minor == 2_000_000

    def test_the_database_itself_refuses_more(self, stage: Stage) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            FundsBudget.objects.update(allocated_minor=2_000_001)
        with pytest.raises(IntegrityError), transaction.atomic():
            FundsAllocation.objects.update(held_minor=800_001)

    def test_a_partner_has_one_allocation_of_a_budget(self, stage: Stage) -> None:
        refuse(refusals.AllocatedAlready, lambda: allocate(stage.cast, stage.budget, amount_minor=1))

    def test_only_partners_of_its_segment_take_part(self, stage: Stage) -> None:
        cast = stage.cast
        segment = Segment.objects.create(code="gold", name="Gold", kind="list", created_at=AT, changed_at=AT)
        SegmentMember.objects.create(segment=segment, partner=cast.northwind, starts_on=date(2026, 1, 1))
        budget = make_budget(cast, segment=segment)
        refuse(refusals.PartnerOutside, lambda: allocate(cast, budget, cast.southwind, 1))
        assert allocate(cast, budget, cast.northwind, 1).amount_minor == 1
        assert [use.label for use in uses_of(segment)] == ["Spring events"]

    def test_an_allocation_follows_up_and_down_but_not_below_what_is_held(self, stage: Stage) -> None:
        approved(stage.cast, stage.allocation)
        change = lambda amount: budgets.change_allocation(  # noqa: E731
            actor=stage.cast.vera.actor, allocation=stage.allocation, amount_minor=amount, at=AT
        )
        refuse(refusals.BelowPromised, lambda: change(599_999))
        refused = refuse(refusals.BudgetExceeded, lambda: change(2_000_001))
        assert refused.highest_minor == 2_000_000  # type: ignore[attr-defined]
        assert change(600_000).left_minor == 0
        assert FundsBudget.objects.get().allocated_minor == 600_000

    def test_a_budget_is_not_lowered_below_its_allocations(self, stage: Stage) -> None:
        change = lambda amount: budgets.change_budget_amount(  # noqa: E731
            actor=stage.cast.vera.actor, budget=stage.budget, amount_minor=amount, at=AT
        )
        refuse(refusals.BelowPromised, lambda: change(799_999))
        assert change(800_000).amount_minor == 800_000

    @pytest.mark.parametrize("name", ["nina", "felix", "otto", "paul", "mia"])
    def test_nobody_else_manages_budgets(self, stage: Stage, name: str) -> None:
        actor = getattr(stage.cast, name).actor
        told: dict[str, Any] = {"actor": actor, "amount_minor": 900_000, "at": AT}
        refuse(PermissionDenied, lambda: budgets.change_budget_amount(budget=stage.budget, **told))
        refuse(PermissionDenied, lambda: budgets.change_allocation(allocation=stage.allocation, **told))

    def test_its_days_are_in_order(self, stage: Stage) -> None:
        refuse(refusals.DaysDisordered, lambda: make_budget(stage.cast, claims_until=date(2026, 6, 29)))
