"""Steps of requests and claims: who may, from where, up to which amount; a refusal writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from incentives.funds import actions, budgets, claims, refusals
from incentives.funds.models import FundsAllocation, FundsBudget, FundsClaim, FundsCost, FundsRequest
from incentives.funds.queries import costs_of
from incentives.ledger.queries import partners_with_balance
from partners.deals.interests import declare_interest
from partners.deals.refusals import ApproverConflicted
from partners.segments.models import Segment, SegmentMember
from partners.segments.queries import uses_of
from prm.accounts.actor import Actor
from prm.files.actions import FileKindRefused
from prm.files.models import StoredFile
from prm.tenancy.context import tenant_context
from tests.support.cast import Cast
from tests.support.funds import (
    AT,
    PDF,
    allocate,
    approved,
    ask,
    claimed,
    cost_of,
    filled,
    make_budget,
    plan_of,
    settled,
)
from tests.support.rows import nothing_written

LATE = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)


@dataclass
class Stage:
    cast: Cast
    budget: FundsBudget
    allocation: FundsAllocation


@pytest.fixture
def stage(cast: Cast) -> Any:
    """A budget of 20,000.00, half of costs, a second person above 10,000.00; 8,000.00 of it are Northwind's."""
    with tenant_context(cast.acme.id):
        budget = make_budget(cast)
        yield Stage(cast, budget, allocate(cast, budget))


def refuse(error: type[Exception], step: Callable[[], object]) -> Exception:
    with nothing_written(), pytest.raises(error) as refused:
        step()
    return refused.value


def limited(stage: Stage, limit_minor: int = 100_000) -> None:
    FundsBudget.objects.update(second_above_minor=limit_minor)


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


class TestAsking:
    def test_the_vendors_share_is_asked_for(self, stage: Stage) -> None:
        request = ask(stage.cast.paul, stage.allocation)
        assert (request.asked_minor, request.committed_minor, request.state) == (600_000, 0, "submitted")

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"starts_on": date(2026, 3, 31)}, refusals.DaysOutside),
            ({"ends_on": date(2026, 7, 1)}, refusals.DaysOutside),
            ({"starts_on": date(2026, 5, 6)}, refusals.DaysDisordered),
            ({"planned_minor": 0}, refusals.ShareIsNothing),
        ],
    )
    def test_a_plan_outside_the_terms_is_refused(
        self, stage: Stage, facts: dict[str, Any], error: type[Exception]
    ) -> None:
        told = plan_of(**{"planned_minor": 1_200_000, **facts})
        actor = stage.cast.paul.actor
        refuse(
            error,
            lambda: actions.ask_for_funds(actor=actor, allocation=stage.allocation, facts=told, at=AT),
        )

    def test_after_the_deadline_nothing_is_asked_for(self, stage: Stage) -> None:
        refuse(refusals.DeadlinePassed, lambda: ask(stage.cast.paul, stage.allocation, at=LATE))

    @pytest.mark.parametrize("name", ["vera", "nina", "felix", "otto", "mia"])
    def test_only_people_of_the_partner_who_see_money_ask(self, stage: Stage, name: str) -> None:
        refuse(PermissionDenied, lambda: ask(getattr(stage.cast, name), stage.allocation))

    def test_another_partner_does_not_even_see_it(self, stage: Stage) -> None:
        request = ask(stage.cast.paul, stage.allocation)
        refuse(Http404, lambda: ask(stage.cast.sven, stage.allocation))
        refuse(Http404, lambda: actions.withdraw_request(actor=stage.cast.sven.actor, request=request, at=AT))

    def test_what_was_sent_back_is_corrected_and_waits_again(self, stage: Stage) -> None:
        cast, request = stage.cast, ask(stage.cast.paul, stage.allocation)
        correct = lambda: actions.change_request(  # noqa: E731
            actor=cast.paul.actor, request=request, facts=plan_of(400_000), at=AT
        )
        refuse(refusals.StepRefused, correct)
        actions.return_request(actor=cast.nina.actor, request=request, reason="Too dear", at=AT)
        changed = correct()
        assert (changed.state, changed.asked_minor, changed.last_reason) == ("submitted", 200_000, "")


class TestApproving:
    def approve(
        self, stage: Stage, request: FundsRequest, actor: Actor, amount: int | None = None
    ) -> FundsRequest:
        return actions.approve_request(actor=actor, request=request, amount_minor=amount, at=AT)

    def test_at_most_what_is_asked_and_left(self, stage: Stage) -> None:
        nina = stage.cast.nina.actor
        request = ask(stage.cast.paul, stage.allocation)
        refuse(refusals.AboveAsked, lambda: self.approve(stage, request, nina, 600_001))
        refuse(refusals.NothingLeft, lambda: self.approve(stage, request, nina, 0))
        assert self.approve(stage, request, nina, 500_000).committed_minor == 500_000
        more = ask(stage.cast.paul, stage.allocation)
        refused = refuse(refusals.AllocationExceeded, lambda: self.approve(stage, more, nina, 300_001))
        assert refused.highest_minor == 300_000  # type: ignore[attr-defined]
        assert self.approve(stage, more, nina).committed_minor == 300_000
        last = ask(stage.cast.paul, stage.allocation)
        refuse(refusals.NothingLeft, lambda: self.approve(stage, last, nina))

    @pytest.mark.parametrize("name", ["felix", "otto", "paul", "mia"])
    def test_nobody_else_decides(self, stage: Stage, name: str) -> None:
        request = ask(stage.cast.paul, stage.allocation)
        actor = getattr(stage.cast, name).actor
        told: dict[str, Any] = {"actor": actor, "request": request, "at": AT}
        refuse(PermissionDenied, lambda: actions.approve_request(amount_minor=None, **told))
        refuse(PermissionDenied, lambda: actions.return_request(reason="No", **told))
        refuse(PermissionDenied, lambda: actions.refuse_request(reason="No", **told))

    def test_a_channel_manager_decides_about_the_own_portfolio_alone(self, stage: Stage) -> None:
        cast = stage.cast
        theirs = ask(cast.sven, allocate(cast, stage.budget, cast.southwind))
        refuse(Http404, lambda: self.approve(stage, theirs, cast.nina.actor))
        assert self.approve(stage, theirs, cast.vera.actor).state == "approved"

    def test_who_asked_does_not_decide(self, stage: Stage) -> None:
        request = ask(stage.cast.paul, stage.allocation)
        same = replace(stage.cast.vera.actor, user_id=stage.cast.paul.user.id)
        refuse(refusals.RequesterCannotDecide, lambda: self.approve(stage, request, same))

    def test_who_has_a_stake_in_the_partner_does_not_decide(self, stage: Stage) -> None:
        cast = stage.cast
        request = ask(cast.paul, stage.allocation)
        declare_interest(actor=cast.nina.actor, kind="owner", note="", partner=cast.northwind, at=AT)
        refuse(ApproverConflicted, lambda: self.approve(stage, request, cast.nina.actor))

    def test_above_the_limit_a_second_person_agrees_and_the_money_is_held_meanwhile(
        self, stage: Stage
    ) -> None:
        cast = stage.cast
        limited(stage)
        request = self.approve(stage, ask(cast.paul, stage.allocation), cast.nina.actor)
        assert request.state == "half_approved"
        assert FundsAllocation.objects.get().left_minor == 200_000
        told: dict[str, Any] = {"request": request, "at": AT}
        refuse(PermissionDenied, lambda: actions.second_request(actor=cast.vera.actor, **told))
        both = replace(cast.felix.actor, user_id=cast.nina.user.id)
        refuse(refusals.SamePersonTwice, lambda: actions.second_request(actor=both, **told))
        assert actions.second_request(actor=cast.felix.actor, **told).state == "approved"

    def test_the_second_persons_no_frees_what_was_held(self, stage: Stage) -> None:
        cast = stage.cast
        limited(stage)
        request = self.approve(stage, ask(cast.paul, stage.allocation), cast.nina.actor)
        told: dict[str, Any] = {"request": request, "at": AT}
        refuse(
            refusals.ReasonMissing, lambda: actions.refuse_request(actor=cast.felix.actor, reason=" ", **told)
        )
        refused = actions.refuse_request(actor=cast.felix.actor, reason="Not this year", **told)
        assert (refused.state, refused.committed_minor, refused.released_minor) == ("refused", 0, 0)
        assert FundsAllocation.objects.get().left_minor == 800_000

    @pytest.mark.parametrize("state", ["returned", "half_approved", "approved", "refused", "withdrawn",
                                       "finished", "expired"])  # fmt: skip
    def test_only_what_waits_is_decided(self, stage: Stage, state: str) -> None:
        request = ask(stage.cast.paul, stage.allocation)
        FundsRequest.objects.update(state=state)
        refuse(refusals.StepRefused, lambda: self.approve(stage, request, stage.cast.nina.actor))

    def test_after_the_deadline_nothing_is_approved(self, stage: Stage) -> None:
        request, nina = ask(stage.cast.paul, stage.allocation), stage.cast.nina.actor
        refuse(
            refusals.DeadlinePassed,
            lambda: actions.approve_request(actor=nina, request=request, amount_minor=None, at=LATE),
        )

    def test_the_partner_finishes_and_gives_the_rest_back(self, stage: Stage) -> None:
        cast, request = stage.cast, approved(stage.cast, stage.allocation)
        draft = filled(cast.paul, request, cost_of(1_000))
        waiting = claimed(cast.paul, request, 200_000)
        told: dict[str, Any] = {"actor": cast.paul.actor, "request": request, "at": AT}
        refuse(refusals.ClaimOpen, lambda: actions.finish_request(**told))
        claims.approve_claim(actor=cast.nina.actor, claim=waiting, at=AT)
        assert actions.finish_request(**told).released_minor == 500_000
        assert FundsClaim.objects.get(id=draft.id).state == "withdrawn"
        assert FundsAllocation.objects.get().held_minor == 100_000


class TestClaiming:
    def test_a_cost_needs_a_proof_that_is_one(self, stage: Stage) -> None:
        cast, request = stage.cast, approved(stage.cast, stage.allocation)
        claim = claims.start_claim(actor=cast.paul.actor, request=request, at=AT)
        told: dict[str, Any] = {"actor": cast.paul.actor, "claim": claim, "at": AT}
        refuse(refusals.ProofMissing, lambda: claims.submit_claim(**told))
        proof = claims.Proof("a.exe", b"MZ")
        refuse(FileKindRefused, lambda: claims.add_cost(facts=cost_of(1_000), proof=proof, **told))

    @pytest.mark.parametrize(
        ("facts", "error"),
        [
            ({"gross_minor": 999}, refusals.NetAboveGross),
            ({"invoiced_on": date(2026, 4, 2)}, refusals.InvoicedAfterToday),
        ],
    )
    def test_a_cost_that_cannot_be_is_refused(
        self, stage: Stage, facts: dict[str, Any], error: type[Exception]
    ) -> None:
        claim = filled(stage.cast.paul, approved(stage.cast, stage.allocation))
        proof = claims.Proof("a.pdf", PDF)
        refuse(
            error,
            lambda: claims.add_cost(
                actor=stage.cast.paul.actor, claim=claim, facts=cost_of(1_000, **facts), proof=proof, at=AT
            ),
        )

    def test_an_invoice_is_claimed_once(self, stage: Stage) -> None:
        request = approved(stage.cast, stage.allocation)
        first = filled(stage.cast.paul, request, cost_of(1_000, invoice_number="X-1"))
        again = cost_of(1_000, invoice_number="x-1", supplier="HOTEL AURORA")
        draft = filled(stage.cast.paul, request)
        add = lambda: claims.add_cost(  # noqa: E731
            actor=stage.cast.paul.actor, claim=draft, facts=again, proof=claims.Proof("a.pdf", PDF), at=AT
        )
        refused = refuse(refusals.InvoiceClaimed, add)
        assert refused.claim == str(first)  # type: ignore[attr-defined]
        claims.withdraw_claim(actor=stage.cast.paul.actor, claim=first, at=AT)
        assert add().claim_id == draft.id

    def test_a_removed_cost_takes_its_file_with_it(self, stage: Stage) -> None:
        paul = stage.cast.paul
        claim = filled(paul, approved(stage.cast, stage.allocation), cost_of(1_000), cost_of(500))
        assert (claim.net_minor, claim.computed_minor) == (1_500, 750)
        cost = FundsCost.objects.order_by("id").first()
        assert cost is not None
        claims.remove_cost(actor=paul.actor, claim=claim, cost_id=cost.id, at=AT)
        claim.refresh_from_db()
        assert (claim.net_minor, claim.computed_minor) == (500, 250)
        assert not StoredFile.objects.filter(id=cost.file_id).exists()

    @pytest.mark.parametrize("name", ["felix", "otto", "paul", "mia"])
    def test_nobody_else_decides_about_a_claim(self, stage: Stage, name: str) -> None:
        claim = claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 740_000)
        told: dict[str, Any] = {"actor": getattr(stage.cast, name).actor, "claim": claim, "at": AT}
        refuse(PermissionDenied, lambda: claims.approve_claim(**told))
        refuse(PermissionDenied, lambda: claims.return_claim(reason="No", **told))
        refuse(PermissionDenied, lambda: claims.refuse_claim(reason="No", **told))

    def test_who_claims_does_not_decide(self, stage: Stage) -> None:
        claim = claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 740_000)
        same = replace(stage.cast.vera.actor, user_id=stage.cast.paul.user.id)
        refuse(refusals.RequesterCannotDecide, lambda: claims.approve_claim(actor=same, claim=claim, at=AT))

    def test_a_cost_objected_to_is_not_paid(self, stage: Stage) -> None:
        claim = claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 200_000, 100_000)
        first, _second = costs_of(claim)
        told: dict[str, Any] = {
            "actor": stage.cast.nina.actor,
            "claim": claim,
            "objections": {first.id: "Private"},
            "at": AT,
        }
        refuse(refusals.SettledDifferently, lambda: claims.approve_claim(seen_left_minor=600_001, **told))
        done = claims.approve_claim(seen_left_minor=600_000, **told)
        assert (done.paid_minor, done.refused_minor) == (50_000, 100_000)
        assert [(cost.paid_minor, cost.objection) for cost in costs_of(claim)] == [
            (0, "Private"),
            (50_000, ""),
        ]

    def test_when_every_cost_is_objected_to_the_claim_is_refused_instead(self, stage: Stage) -> None:
        claim = claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 200_000)
        (cost,) = costs_of(claim)
        refuse(
            refusals.NothingLeft,
            lambda: claims.approve_claim(
                actor=stage.cast.nina.actor, claim=claim, objections={cost.id: "Private"}, at=AT
            ),
        )

    def test_above_the_limit_nothing_is_owed_before_the_second_yes(self, stage: Stage) -> None:
        cast = stage.cast
        request = approved(cast, stage.allocation)
        limited(stage)
        claim = settled(cast, request, 740_000)
        assert claim.state == "half_approved"
        assert partners_with_balance() == []
        told: dict[str, Any] = {"claim": claim, "at": AT}
        refuse(PermissionDenied, lambda: claims.second_claim(actor=cast.vera.actor, **told))
        both = replace(cast.felix.actor, user_id=cast.nina.user.id)
        refuse(refusals.SamePersonTwice, lambda: claims.second_claim(actor=both, **told))
        assert claims.second_claim(actor=cast.felix.actor, **told).state == "settled"
        refuse(refusals.StepRefused, lambda: claims.second_claim(actor=cast.felix.actor, **told))
        assert [row.owed_minor for row in partners_with_balance()] == [370_000]

    def test_what_waits_for_the_second_yes_is_not_promised_again(self, stage: Stage) -> None:
        cast = stage.cast
        request = approved(cast, stage.allocation)
        limited(stage)
        first = settled(cast, request, 740_000)
        second = claimed(cast.paul, request, 600_000)
        assert claims.approve_claim(actor=cast.nina.actor, claim=second, at=AT).paid_minor == 230_000
        claims.refuse_claim(actor=cast.felix.actor, claim=first, reason="Wrong invoice", at=AT)
        assert FundsRequest.objects.get().left_minor == 370_000

    def test_what_was_sent_back_is_filled_again(self, stage: Stage) -> None:
        cast = stage.cast
        claim = claimed(cast.paul, approved(cast, stage.allocation), 1_000)
        proof = claims.Proof("b.pdf", PDF)
        add = lambda: claims.add_cost(  # noqa: E731
            actor=cast.paul.actor, claim=claim, facts=cost_of(500), proof=proof, at=AT
        )
        refuse(refusals.StepRefused, add)
        claims.return_claim(actor=cast.nina.actor, claim=claim, reason="One is missing", at=AT)
        add()
        assert claims.submit_claim(actor=cast.paul.actor, claim=claim, at=AT).computed_minor == 750

    @pytest.mark.parametrize("state", ["draft", "returned", "half_approved", "settled", "refused", "withdrawn",
                                       "expired"])  # fmt: skip
    def test_only_a_claim_that_waits_is_decided(self, stage: Stage, state: str) -> None:
        claim = claimed(stage.cast.paul, approved(stage.cast, stage.allocation), 1_000)
        FundsClaim.objects.update(state=state)
        refuse(
            refusals.StepRefused,
            lambda: claims.approve_claim(actor=stage.cast.nina.actor, claim=claim, at=AT),
        )

    @pytest.mark.parametrize(
        "state", ["submitted", "half_approved", "refused", "withdrawn", "expired", "finished"]
    )
    def test_only_an_approved_request_is_claimed_on(self, stage: Stage, state: str) -> None:
        request = approved(stage.cast, stage.allocation)
        draft = filled(stage.cast.paul, request, cost_of(1_000))
        FundsRequest.objects.update(state=state)
        told: dict[str, Any] = {"actor": stage.cast.paul.actor, "at": AT}
        refuse(refusals.StepRefused, lambda: claims.start_claim(request=request, **told))
        refuse(refusals.StepRefused, lambda: claims.submit_claim(claim=draft, **told))

    def test_after_the_deadline_nothing_is_claimed(self, stage: Stage) -> None:
        request = approved(stage.cast, stage.allocation)
        draft = filled(stage.cast.paul, request, cost_of(1_000))
        told: dict[str, Any] = {"actor": stage.cast.paul.actor, "at": LATE}
        refuse(refusals.DeadlinePassed, lambda: claims.start_claim(request=request, **told))
        refuse(refusals.DeadlinePassed, lambda: claims.submit_claim(claim=draft, **told))
