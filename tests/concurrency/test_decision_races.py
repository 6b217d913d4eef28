"""Decisions that meet what is decided about being changed or taken back, in both orders: one happens, the other is
told. Without the row locks both would."""

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import QuerySet

from incentives.adjustments import actions as adjustments
from incentives.adjustments import refusals as of_adjustments
from incentives.adjustments.models import Adjustment
from incentives.funds import actions as funds
from incentives.funds import refusals as of_funds
from incentives.funds.models import FundsAllocation, FundsRequest
from incentives.ledger.models import Reimbursement
from incentives.plans import actions as plans
from incentives.plans.models import PlanVersion
from prm.tenancy.context import tenant_context
from tests.concurrency.meetings import Deed, Met, before_commit, inside, meet
from tests.support.adjustments import AT as ADJUSTED_AT
from tests.support.adjustments import propose
from tests.support.cast import NOW, Cast, stage
from tests.support.commission import make_plan
from tests.support.funds import AT, allocate, ask, make_budget, plan_of

pytestmark = pytest.mark.race


@pytest.fixture
def cast(own_database: str) -> Cast:
    return stage()


Meeting = Callable[[Deed, Deed], Met]


@pytest.fixture
def one_after_another(cast: Cast, own_database: str) -> Meeting:
    """The second comes when the first has only to commit."""
    return lambda first, second: meet(own_database, before_commit(cast, first), inside(cast, second))


def without_row_locks() -> Any:
    return patch.object(QuerySet, "select_for_update", lambda rows, **_how: rows)


class TestPublishing:
    """Vasily opened the draft's first revision, in which a sale earns 10 %; Vera would have it 90 %."""

    SEEN, OTHER = "0.1", "0.9"

    @pytest.fixture
    def draft(self, cast: Cast) -> PlanVersion:
        with tenant_context(cast.acme.id):
            return plans.draft_version(
                actor=cast.vera.actor, plan=make_plan(), document=self.paying(self.SEEN),
                starts_on=NOW.date(), at=NOW,
            )  # fmt: skip

    def paying(self, rate: str) -> dict[str, Any]:
        return {"currency": "EUR", "components": [{"id": "base", "type": "rate", "rate": rate}]}

    def publish(self, cast: Cast, draft: PlanVersion) -> Deed:
        return partial(
            plans.publish_version, actor=cast.vasily.actor, version=draft, revision=draft.revision, at=NOW
        )

    def edit(self, cast: Cast, draft: PlanVersion) -> Deed:
        return partial(
            plans.edit_version, actor=cast.vera.actor, version=draft, revision=draft.revision,
            document=self.paying(self.OTHER), starts_on=draft.starts_on, ends_on=None, note="", at=NOW,
        )  # fmt: skip

    def stands(self, cast: Cast) -> tuple[bool, str]:
        with tenant_context(cast.acme.id):
            version = PlanVersion.objects.get()
        return version.published_at is not None, version.document["components"][0]["rate"]

    def test_an_edit_waits_for_the_publishing_and_is_refused(
        self, cast: Cast, draft: PlanVersion, one_after_another: Meeting
    ) -> None:
        met = one_after_another(self.publish(cast, draft), self.edit(cast, draft))
        assert (type(met.second), met.waited) == (plans.VersionIsPublished, True)
        assert self.stands(cast) == (True, self.SEEN)

    def test_what_was_edited_meanwhile_is_not_published_unseen(
        self, cast: Cast, draft: PlanVersion, one_after_another: Meeting
    ) -> None:
        met = one_after_another(self.edit(cast, draft), self.publish(cast, draft))
        assert (type(met.second), met.waited) == (plans.VersionChangedMeanwhile, True)
        assert self.stands(cast) == (False, self.OTHER)

    def test_without_the_lock_both_go_on(
        self, cast: Cast, draft: PlanVersion, one_after_another: Meeting
    ) -> None:
        with without_row_locks():
            met = one_after_another(self.edit(cast, draft), self.publish(cast, draft))
        assert [type(done) for done in (met.first, met.second)] == [PlanVersion, PlanVersion]
        assert self.stands(cast) == (True, self.SEEN)


class TestRequest:
    @pytest.fixture
    def request_for_funds(self, cast: Cast) -> FundsRequest:
        """Half of 12,000.00 of costs."""
        with tenant_context(cast.acme.id):
            return ask(cast.paul, allocate(cast, make_budget(cast)))

    def approve(self, cast: Cast, request: FundsRequest) -> Deed:
        return partial(
            funds.approve_request, actor=cast.nina.actor, request=request, amount_minor=None, at=AT
        )

    def withdraw(self, cast: Cast, request: FundsRequest) -> Deed:
        return partial(funds.withdraw_request, actor=cast.paul.actor, request=request, at=AT)

    def stands(self, cast: Cast) -> tuple[str, int, int]:
        """The request's state, what is promised to it, what its allocation holds."""
        with tenant_context(cast.acme.id):
            request = FundsRequest.objects.get()
            return request.state, request.committed_minor, FundsAllocation.objects.get().held_minor

    def test_a_withdrawal_waits_for_the_approval_and_is_refused(
        self, cast: Cast, request_for_funds: FundsRequest, one_after_another: Meeting
    ) -> None:
        met = one_after_another(self.approve(cast, request_for_funds), self.withdraw(cast, request_for_funds))
        assert (type(met.second), met.waited) == (of_funds.StepRefused, True)
        assert self.stands(cast) == ("approved", 600_000, 600_000)

    def test_what_is_being_withdrawn_is_not_approved(
        self, cast: Cast, request_for_funds: FundsRequest, one_after_another: Meeting
    ) -> None:
        met = one_after_another(self.withdraw(cast, request_for_funds), self.approve(cast, request_for_funds))
        assert (type(met.second), met.waited) == (of_funds.StepRefused, True)
        assert self.stands(cast) == ("withdrawn", 0, 0)

    def test_without_the_lock_money_is_held_for_what_was_withdrawn(
        self, cast: Cast, request_for_funds: FundsRequest, one_after_another: Meeting
    ) -> None:
        with without_row_locks():
            met = one_after_another(
                self.withdraw(cast, request_for_funds), self.approve(cast, request_for_funds)
            )
        assert [type(done) for done in (met.first, met.second)] == [FundsRequest, FundsRequest]
        assert self.stands(cast) == ("approved", 600_000, 600_000)

    @pytest.fixture
    def returned(self, cast: Cast, request_for_funds: FundsRequest) -> FundsRequest:
        with tenant_context(cast.acme.id):
            return funds.return_request(
                actor=cast.vera.actor, request=request_for_funds, reason="Too much", at=AT
            )

    def change(self, cast: Cast, request: FundsRequest) -> Deed:
        return partial(
            funds.change_request, actor=cast.paul.actor, request=request, facts=plan_of(400_000), at=AT
        )

    def test_what_the_partner_is_changing_is_not_approved_before(
        self, cast: Cast, returned: FundsRequest, one_after_another: Meeting
    ) -> None:
        """As long as it is with the partner nobody approves it, and the change goes on."""
        first = before_commit(cast, self.change(cast, returned))
        with pytest.raises(of_funds.StepRefused):
            inside(cast, self.approve(cast, returned))()
        assert isinstance(first(lambda: None), FundsRequest)
        assert self.stands(cast) == ("submitted", 0, 0)


class TestAdjustment:
    @pytest.fixture
    def proposed(self, cast: Cast) -> Adjustment:
        """7,000.00 more for Northwind; one person is not enough."""
        with tenant_context(cast.acme.id):
            row = propose(cast.vera, cast.northwind, 700_000)
        assert row.state == "proposed"
        return row

    def approve(self, cast: Cast, row: Adjustment) -> Deed:
        return partial(
            adjustments.approve_adjustment, actor=cast.vasily.actor, adjustment=row, at=ADJUSTED_AT
        )

    def withdraw(self, cast: Cast, row: Adjustment) -> Deed:
        return partial(adjustments.withdraw_adjustment, actor=cast.vera.actor, adjustment=row, at=ADJUSTED_AT)

    def stands(self, cast: Cast) -> tuple[str, list[int]]:
        """Its state, and what is owed for it."""
        with tenant_context(cast.acme.id):
            owed = Reimbursement.objects.values_list("amount_minor", flat=True)
            return Adjustment.objects.get().state, list(owed)

    def test_a_withdrawal_waits_for_the_approval_and_is_refused(
        self, cast: Cast, proposed: Adjustment, one_after_another: Meeting
    ) -> None:
        met = one_after_another(self.approve(cast, proposed), self.withdraw(cast, proposed))
        assert (type(met.second), met.waited) == (of_adjustments.StepRefused, True)
        assert self.stands(cast) == ("posted", [700_000])

    def test_what_is_being_withdrawn_is_not_approved(
        self, cast: Cast, proposed: Adjustment, one_after_another: Meeting
    ) -> None:
        met = one_after_another(self.withdraw(cast, proposed), self.approve(cast, proposed))
        assert (type(met.second), met.waited) == (of_adjustments.StepRefused, True)
        assert self.stands(cast) == ("withdrawn", [])

    def test_without_the_lock_it_is_withdrawn_and_owed(
        self, cast: Cast, proposed: Adjustment, one_after_another: Meeting
    ) -> None:
        with without_row_locks():
            met = one_after_another(self.approve(cast, proposed), self.withdraw(cast, proposed))
        assert [type(done) for done in (met.first, met.second)] == [Adjustment, Adjustment]
        assert self.stands(cast) == ("withdrawn", [700_000])
