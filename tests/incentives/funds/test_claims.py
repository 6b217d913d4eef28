"""Steps of claims: what a cost needs, who may, what is paid of it; a refusal writes nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from incentives.funds import claims, refusals
from incentives.funds.models import FundsClaim, FundsCost, FundsRequest
from incentives.funds.queries import costs_of
from incentives.ledger.queries import partners_with_balance
from prm.files.actions import FileKindRefused
from prm.files.models import StoredFile
from tests.support.funds import (
    AT,
    PDF,
    Stage,
    approved,
    claimed,
    cost_of,
    filled,
    limited,
    refuse,
    settled,
)

LATE = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)


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
        limited()
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
        limited()
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
        "state", ["submitted", "returned", "half_approved", "refused", "withdrawn", "expired", "finished"]
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
