"""The decisions of a dispute: which step goes from where, until when the vendor answers.

Pure; called by disputes actions and pages.
"""

from dataclasses import dataclass
from datetime import date, timedelta

OPEN, ANSWERED = "open", "answered"
ACCEPTED, REJECTED, WITHDRAWN = "accepted", "rejected", "withdrawn"
LIVE = frozenset({OPEN, ANSWERED})

DISPUTE, ANSWER, DECIDE = "own_earnings.dispute", "disputes.answer", "disputes.decide"


@dataclass(frozen=True)
class Step:
    """From which states somebody with a permission may take it."""

    begins: frozenset[str]
    permission: str


STEPS: dict[str, Step] = {
    "ask": Step(LIVE, DISPUTE),
    "withdraw": Step(LIVE, DISPUTE),
    "answer": Step(LIVE, ANSWER),
    "accept": Step(LIVE, DECIDE),
    "reject": Step(LIVE, DECIDE),
}


def answer_by(today: date, answer_days: int) -> date:
    """The last day on which an answer is in time."""
    return today + timedelta(days=answer_days)


def is_overdue(state: str, answer_on: date, today: date) -> bool:
    return state == OPEN and answer_on < today
