"""Steps of requests: who may, from where, up to which amount; a refusal writes nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from incentives.funds import actions, claims, refusals
from incentives.funds.models import FundsAllocation, FundsClaim, FundsRequest
from partners.deals.interests import declare_interest
from partners.deals.refusals import ApproverConflicted
from prm.accounts.actor import Actor
from tests.support.funds import (
    AT,
    Stage,
    allocate,
    approved,
    ask,
    claimed,
    cost_of,
    filled,
    limited,
    plan_of,
    refuse,
)

LATE = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)


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
        limited()
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
        limited()
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
