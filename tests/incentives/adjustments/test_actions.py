"""Steps of adjustments: who may, what one person may alone, what is refused; a refusal writes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404

from incentives.adjustments import actions, refusals
from incentives.adjustments.models import Adjustment
from incentives.adjustments.queries import access_adjustment, count_to_approve, visible_adjustments
from incentives.adjustments.terms import current_limit, set_limit
from incentives.ledger.queries import list_reimbursements, partners_with_balance
from partners.deals.models import DeclaredInterest
from partners.deals.refusals import ApproverConflicted
from prm.files.actions import FileKindRefused
from prm.kit.ids import uuid7
from prm.notifications.models import Notice
from prm.outbox.models import Event
from prm.tenancy.context import tenant_context
from tests.support.adjustments import AT, adjusted, proposal_for, propose
from tests.support.cast import Cast
from tests.support.funds import refuse

ABOVE = 100_001


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    with tenant_context(cast.acme.id):
        yield cast


def owed() -> int:
    return sum(row.owed_minor for row in partners_with_balance())


class TestProposing:
    def test_up_to_the_limit_one_person_posts_it_and_the_partner_is_told(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, 100_000)
        assert (row.state, row.posted_on, owed()) == ("posted", date(2026, 4, 1), 100_000)
        (kept,) = list_reimbursements()
        assert (kept.id, kept.label) == (row.ledger_id, "AD-1 · Agreed at the fair")
        assert (kept.belongs_on, kept.written_by_user_id) == (date(2026, 3, 1), inside.felix.user.id)
        rings = Event.objects.filter(payload__kind="adjustment.posted")
        assert [ring.payload["readers"]["partner_id"] for ring in rings] == [str(inside.northwind.id)]

    def test_above_it_nothing_is_owed_before_another_person_agrees(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, ABOVE)
        assert (row.state, owed()) == ("proposed", 0)
        assert (count_to_approve(inside.felix.actor), count_to_approve(inside.olga.actor)) == (0, 1)
        told: dict[str, Any] = {"adjustment": row, "at": AT}
        refuse(
            refusals.ProposerCannotApprove,
            lambda: actions.approve_adjustment(actor=inside.felix.actor, **told),
        )
        refuse(PermissionDenied, lambda: actions.approve_adjustment(actor=inside.nina.actor, **told))
        assert actions.approve_adjustment(actor=inside.vera.actor, **told).state == "posted"
        assert owed() == ABOVE
        refuse(refusals.StepRefused, lambda: actions.approve_adjustment(actor=inside.olga.actor, **told))

    def test_the_database_knows_no_own_approval(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, ABOVE)
        with pytest.raises(DatabaseError, match="by_two_people"), transaction.atomic():
            Adjustment.objects.filter(id=row.id).update(decided_by_user_id=inside.felix.user.id)

    @pytest.mark.parametrize("name", ["nina", "otto", "paul", "mia"])
    def test_nobody_else_proposes(self, inside: Cast, name: str) -> None:
        refuse(PermissionDenied, lambda: propose(getattr(inside, name), inside.northwind, 1_000))

    def test_a_key_proposes_nothing(self, inside: Cast) -> None:
        machine = replace(inside.felix.actor, kind="token", user_id=None, permissions=frozenset())
        proposal = proposal_for(inside.northwind, 1_000)
        refuse(PermissionDenied, lambda: actions.propose_adjustment(actor=machine, proposal=proposal, at=AT))

    def test_who_has_a_stake_in_the_partner_neither_proposes_nor_agrees(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, ABOVE)
        for person in (inside.felix, inside.olga):
            DeclaredInterest.objects.create(
                member=person.membership, partner=inside.northwind, kind="ownership", declared_at=AT
            )
        refuse(ApproverConflicted, lambda: propose(inside.felix, inside.northwind, 1_000))
        refuse(
            ApproverConflicted,
            lambda: actions.approve_adjustment(actor=inside.olga.actor, adjustment=row, at=AT),
        )

    @pytest.mark.parametrize(
        ("amount_minor", "facts", "error"),
        [
            (0, {}, refusals.AmountMissing),
            (1_000, {"reason": "  "}, refusals.ReasonMissing),
            (1_000, {"belongs_on": date(2026, 5, 1)}, refusals.MonthAhead),
            (1_000, {"belongs_on": date(2025, 12, 1)}, refusals.MonthAhead),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, inside: Cast, amount_minor: int, facts: dict[str, Any], error: type[Exception]
    ) -> None:
        refuse(error, lambda: propose(inside.felix, inside.northwind, amount_minor, **facts))

    def test_the_same_form_sent_twice_posts_once(self, inside: Cast) -> None:
        key = uuid7()
        first = propose(inside.felix, inside.northwind, 1_000, key=key)
        again = propose(inside.felix, inside.northwind, 1_000, key=key)
        assert (first.id, owed(), Adjustment.objects.count()) == (again.id, 1_000, 1)

    def test_a_proof_is_kept_with_it_and_must_be_one(self, inside: Cast) -> None:
        told: dict[str, Any] = {
            "actor": inside.felix.actor, "proposal": proposal_for(inside.northwind, 1_000), "at": AT,
        }  # fmt: skip
        bad = actions.Paper("a.exe", b"MZ")
        refuse(FileKindRefused, lambda: actions.propose_adjustment(paper=bad, **told))
        row = actions.propose_adjustment(paper=actions.Paper("mail.txt", b"agreed"), **told)
        assert row.file.name == "mail.txt"
        assert row.file.partner_id is None


class TestDeciding:
    def test_a_refused_proposal_posts_nothing_and_tells_who_proposed_it(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, ABOVE)
        told: dict[str, Any] = {"actor": inside.olga.actor, "adjustment": row, "at": AT}
        refuse(refusals.ReasonMissing, lambda: actions.refuse_adjustment(reason=" ", **told))
        done = actions.refuse_adjustment(reason="Not agreed", **told)
        assert (done.state, done.decision_reason, owed()) == ("refused", "Not agreed", 0)
        assert Event.objects.filter(payload__kind="adjustment.refused").count() == 1

    def test_only_who_proposed_it_withdraws_it(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, ABOVE)
        told: dict[str, Any] = {"adjustment": row, "at": AT}
        refuse(
            refusals.NotYourProposal,
            lambda: actions.withdraw_adjustment(actor=inside.olga.actor, **told),
        )
        assert actions.withdraw_adjustment(actor=inside.felix.actor, **told).state == "withdrawn"

    def test_a_lower_limit_holds_from_now_on(self, inside: Cast) -> None:
        with pytest.raises(PermissionDenied):
            set_limit(actor=inside.felix.actor, amount_minor=500, at=AT)
        set_limit(actor=inside.vera.actor, amount_minor=500, at=AT)
        assert current_limit().amount_minor == 500
        assert propose(inside.felix, inside.northwind, -501).state == "proposed"


class TestTakingBack:
    def test_the_opposite_points_at_it_and_is_posted_once(self, inside: Cast) -> None:
        row = adjusted(inside, 1_000)
        told: dict[str, Any] = {"actor": inside.felix.actor, "at": AT, "reason": "Posted to the wrong one"}
        opposite = actions.take_back_adjustment(adjustment=row, **told)
        assert (opposite.amount_minor, opposite.takes_back_id, opposite.state) == (-1_000, row.id, "posted")
        assert owed() == 0
        refuse(refusals.TakenBackAlready, lambda: actions.take_back_adjustment(adjustment=row, **told))
        refuse(refusals.TakenBackAlready, lambda: actions.take_back_adjustment(adjustment=opposite, **told))

    def test_a_refused_opposite_may_be_proposed_again(self, inside: Cast) -> None:
        row = adjusted(inside, ABOVE)
        told: dict[str, Any] = {"adjustment": row, "at": AT, "reason": "A mistake"}
        opposite = actions.take_back_adjustment(actor=inside.felix.actor, **told)
        assert (opposite.state, owed()) == ("proposed", ABOVE)
        refuse(
            refusals.TakenBackAlready, lambda: actions.take_back_adjustment(actor=inside.olga.actor, **told)
        )
        actions.refuse_adjustment(actor=inside.olga.actor, adjustment=opposite, reason="No", at=AT)
        assert actions.take_back_adjustment(actor=inside.felix.actor, **told).state == "proposed"

    def test_what_was_not_posted_is_not_taken_back(self, inside: Cast) -> None:
        row = propose(inside.felix, inside.northwind, ABOVE)
        refuse(
            refusals.StepRefused,
            lambda: actions.take_back_adjustment(actor=inside.olga.actor, adjustment=row, reason="x", at=AT),
        )


def test_a_partner_reads_its_own_posted_ones_alone(inside: Cast) -> None:
    waits = propose(inside.felix, inside.northwind, ABOVE)
    posted = adjusted(inside, 1_000)
    other = adjusted(inside, 1_000, partner=inside.southwind)
    assert [row.id for row in visible_adjustments(inside.paul.actor)] == [posted.id]
    for row in (waits, other):
        with pytest.raises(Http404):
            access_adjustment(inside.paul.actor, row.id)
    assert {row.id for row in visible_adjustments(inside.nina.actor)} == {waits.id, posted.id}
    assert not Notice.objects.exists()
