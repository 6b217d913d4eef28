"""The verdict on each line: taken where all agrees, and only once."""

from dataclasses import replace
from uuid import UUID

import pytest

from incentives.payouts.answer_wording import VERDICT_TEXTS
from incentives.payouts.answers.lines import AnswerLine
from incentives.payouts.answers.matching import VERDICTS, SentPayment, judge

FELIX, OLGA = UUID(int=1), UUID(int=2)
SENT = SentPayment(UUID(int=7), UUID(int=8), "sent", 1_000, "EUR", frozenset())
OTHER = replace(SENT, item_id=UUID(int=9), amount_minor=500)
PAID = AnswerLine("paid", 1_000, "EUR", "B-1", payment_id="x")
BACK = replace(PAID, outcome="returned", event_ref="B-2")


def codes(*lines: AnswerLine, payment: SentPayment | None = SENT) -> list[str]:
    found = [] if payment is None else [payment]
    return [verdict.code for verdict in judge(lines, lambda line: found, user_id=FELIX)]


@pytest.mark.parametrize(
    ("line", "payment", "code"),
    [
        (PAID, SENT, "taken"),
        (BACK, SENT, "taken"),
        (replace(PAID, outcome="unknown"), SENT, "taken"),
        (replace(PAID, amount_minor=999), SENT, "differs"),
        (replace(PAID, currency="USD"), SENT, "differs"),
        (replace(PAID, outcome=""), SENT, "unbooked"),
        (PAID, None, "unmatched"),
        (PAID, replace(SENT, state="paid"), "already"),
        (BACK, replace(SENT, state="returned"), "already"),
        (PAID, replace(SENT, state="unknown", events=frozenset({"B-1"})), "already"),
        (BACK, replace(SENT, state="paid"), "decided"),
        (PAID, replace(SENT, state="returned"), "decided"),
        (PAID, replace(SENT, state="unknown", doubter=OLGA), "taken"),
        (PAID, replace(SENT, state="unknown", doubter=FELIX), "doubted"),
        (PAID, replace(SENT, state="reserved"), "not_sent"),
        (replace(PAID, amount_minor=1), replace(SENT, state="paid"), "differs"),
    ],
)
def test_one_line(line: AnswerLine, payment: SentPayment | None, code: str) -> None:
    assert codes(line, payment=payment) == [code]


def test_of_paid_and_returned_the_return_counts_whatever_comes_first() -> None:
    assert codes(PAID, BACK) == ["superseded", "taken"]
    assert codes(BACK, PAID) == ["taken", "superseded"]


def test_one_event_told_twice_counts_once_and_two_bookings_are_for_people() -> None:
    assert codes(PAID, PAID) == ["taken", "already"]
    assert codes(PAID, replace(PAID, event_ref="B-9")) == ["taken", "twice"]


WHOLE = AnswerLine("paid", 1_500, "EUR", "BATCH", message_id="M", count=2)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (WHOLE, ["taken", "taken"]),
        (replace(WHOLE, count=0), ["taken", "taken"]),
        (replace(WHOLE, amount_minor=1_499), ["differs"]),
        (replace(WHOLE, currency="USD"), ["differs"]),
        (replace(WHOLE, count=3), ["differs"]),
        (replace(WHOLE, outcome="returned"), ["differs"]),
        (replace(WHOLE, outcome=""), ["unbooked", "unbooked"]),
    ],
)
def test_a_whole_file_is_paid_where_sum_and_number_agree(line: AnswerLine, expected: list[str]) -> None:
    verdicts = judge([line], lambda line: [SENT, OTHER], user_id=FELIX)
    assert [verdict.code for verdict in verdicts] == expected


def test_one_of_a_whole_file_that_came_back_is_returned() -> None:
    def find(line: AnswerLine) -> list[SentPayment]:
        return [SENT, OTHER] if line.message_id else [SENT]

    verdicts = judge([WHOLE, BACK], find, user_id=FELIX)
    assert [(verdict.code, verdict.line.outcome) for verdict in verdicts] == [
        ("superseded", "paid"), ("taken", "paid"), ("taken", "returned"),
    ]  # fmt: skip


def test_each_verdict_has_its_words_and_its_place() -> None:
    assert set(VERDICTS) == VERDICT_TEXTS.keys()
