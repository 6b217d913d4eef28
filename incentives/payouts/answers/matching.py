"""What each line of a statement means for a payment that was sent: taken, already so, or for people to look at.

Promise: pure; a line with another amount or currency is never taken; one payment takes one answer of a statement, its
last word. Called by payouts.reconciling.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from incentives.payouts.answers.lines import PAID, RETURNED, AnswerLine
from incentives.payouts.rules import OUTCOMES

TAKEN = "taken"
ALREADY = "already"
SUPERSEDED = "superseded"  # paid and returned in one statement: the return counts
DIFFERS = "differs"
DECIDED = "decided"  # the payment has another answer by now
TWICE = "twice"
DOUBTED = "doubted"  # who called it unclear does not decide it
NOT_SENT = "not_sent"
UNBOOKED = "unbooked"
UNMATCHED = "unmatched"
# In the order in which people should look at them.
VERDICTS = (
    DIFFERS, DECIDED, TWICE, DOUBTED, NOT_SENT, TAKEN, SUPERSEDED, UNBOOKED, ALREADY, UNMATCHED,
)  # fmt: skip


@dataclass(frozen=True)
class SentPayment:
    """A payment of a run as it stands. `doubter` is who called it unclear; `events` what was recorded of it."""

    item_id: UUID
    run_id: UUID
    state: str
    amount_minor: int
    currency: str
    events: frozenset[str]
    doubter: UUID | None = None


@dataclass(frozen=True)
class Verdict:
    """A line, the payment it is about, and what follows."""

    code: str
    line: AnswerLine
    payment: SentPayment | None = None


Find = Callable[[AnswerLine], Sequence[SentPayment]]


def judge(lines: Sequence[AnswerLine], find: Find, *, user_id: UUID | None) -> list[Verdict]:
    """One verdict per line, or per payment where a line is about a whole file."""
    verdicts: list[Verdict] = []
    for line in lines:
        verdicts += (
            _of_file(line, find(line), user_id) if line.message_id else [_of_one(line, find(line), user_id)]
        )
    return _one_answer_each(verdicts)


def _of_file(line: AnswerLine, payments: Sequence[SentPayment], user_id: UUID | None) -> list[Verdict]:
    """The whole file was booked as one amount: every payment of it is paid, where sum and number agree."""
    if not payments:
        return [Verdict(UNMATCHED, line)]
    total = sum(payment.amount_minor for payment in payments)
    agrees = (total, payments[0].currency) == (line.amount_minor, line.currency)
    if not agrees or line.count not in (0, len(payments)) or line.outcome not in ("", PAID):
        return [Verdict(DIFFERS, line)]
    return [
        _of_one(replace(line, amount_minor=payment.amount_minor), [payment], user_id) for payment in payments
    ]


def _of_one(line: AnswerLine, payments: Sequence[SentPayment], user_id: UUID | None) -> Verdict:
    if len(payments) != 1:
        return Verdict(UNMATCHED, line)
    (payment,) = payments
    return Verdict(_judged(line, payment, user_id), line, payment)


def _judged(line: AnswerLine, payment: SentPayment, user_id: UUID | None) -> str:
    if not line.outcome:
        return UNBOOKED
    if (line.amount_minor, line.currency) != (payment.amount_minor, payment.currency):
        return DIFFERS
    if line.event_ref in payment.events or payment.state == line.outcome:
        return ALREADY
    if payment.state in ("reserved", "held"):
        return NOT_SENT
    if line.outcome not in OUTCOMES.get(payment.state, frozenset()):
        return DECIDED
    return DOUBTED if payment.state == "unknown" and payment.doubter == user_id else TAKEN


def _one_answer_each(verdicts: list[Verdict]) -> list[Verdict]:
    """Of several answers about one payment the return counts, else the first; the same event once more is nothing."""
    chosen: dict[UUID, Verdict] = {}
    for verdict in verdicts:
        if verdict.code != TAKEN or verdict.payment is None:
            continue
        before = chosen.setdefault(verdict.payment.item_id, verdict)
        if before.line.outcome != RETURNED and verdict.line.outcome == RETURNED:
            chosen[verdict.payment.item_id] = verdict
    return [_beside(verdict, chosen) for verdict in verdicts]


def _beside(verdict: Verdict, chosen: dict[UUID, Verdict]) -> Verdict:
    if verdict.code != TAKEN or verdict.payment is None:
        return verdict
    taken = chosen[verdict.payment.item_id]
    if taken is verdict:
        return verdict
    if taken.line.event_ref == verdict.line.event_ref:
        return replace(verdict, code=ALREADY)
    return replace(verdict, code=SUPERSEDED if taken.line.outcome != verdict.line.outcome else TWICE)
