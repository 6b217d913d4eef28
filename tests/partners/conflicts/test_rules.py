"""Which rule speaks first, and for whom."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from partners.conflicts.rules import FIRST, NOBODY, PROTECTED, SOLD_DIRECTLY, Claimant, verdict_of

A, B = UUID(int=1), UUID(int=2)
START = datetime(2026, 1, 10, 9, tzinfo=UTC)


def claimant(side: UUID, minutes: int, *, is_protected: bool = False, was_refused: bool = False) -> Claimant:
    return Claimant(side, START + timedelta(minutes=minutes), is_protected, was_refused)


def test_the_first_registration_is_served_first() -> None:
    verdict = verdict_of([claimant(B, 7), claimant(A, 0)], vendor_sold=False)
    assert (verdict.rule, verdict.side_id, verdict.lead) == (FIRST, A, timedelta(minutes=7))


def test_a_live_protection_holds_against_an_earlier_registration() -> None:
    verdict = verdict_of([claimant(A, 0), claimant(B, 7, is_protected=True)], vendor_sold=True)
    assert (verdict.rule, verdict.side_id, verdict.lead) == (PROTECTED, B, None)


def test_a_direct_sale_questions_every_claim() -> None:
    verdict = verdict_of([claimant(A, 0), claimant(B, 7)], vendor_sold=True)
    assert (verdict.rule, verdict.side_id) == (SOLD_DIRECTLY, None)


def test_who_was_refused_is_passed_over() -> None:
    verdict = verdict_of([claimant(A, 0, was_refused=True), claimant(B, 7)], vendor_sold=False)
    assert (verdict.rule, verdict.side_id, verdict.lead) == (FIRST, B, None)


def test_nothing_but_refusals_speaks_for_nobody() -> None:
    assert verdict_of([claimant(A, 0, was_refused=True)], vendor_sold=False).rule == NOBODY
