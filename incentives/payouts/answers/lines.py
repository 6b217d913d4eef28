"""One line of a bank's statement, and why a file is not one; called by the readers and by those who match.

Promise: pure."""

from dataclasses import dataclass
from datetime import date

from prm.kit.money import AmountInvalid, CurrencyUnknown, parse_amount

PAID, RETURNED, UNKNOWN = "paid", "returned", "unknown"
LONGEST_EVENT, LONGEST_NOTE = 80, 200


class StatementUnreadable(ValueError):
    """The file is no statement, or one that cannot be read; `params` fill the message of `code`."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class AnswerLine:
    """What a bank booked. `event_ref` is the same wherever the same booking is told.

    It names a payment by the id that its file gave it, or a payment order by number and day, or all payments of a file
    by its message id (`count` says how many, 0 where it does not). `outcome` is empty where the line decides nothing.
    """

    outcome: str
    amount_minor: int
    currency: str
    event_ref: str
    payment_id: str = ""
    message_id: str = ""
    count: int = 0
    order_number: int = 0
    order_day: date | None = None
    account: str = ""
    note: str = ""
    text: str = ""


def minor_units(text: str, currency: str) -> int:
    """Statements may write more zeros than the currency has places."""
    whole, dot, fraction = text.strip().partition(".")
    try:
        return parse_amount(f"{whole}.{fraction.rstrip('0')}".rstrip(".") if dot else whole, currency)
    except (AmountInvalid, CurrencyUnknown) as fault:
        raise StatementUnreadable("amount", text=f"{text} {currency}") from fault


def day_of(text: str, parts: list[str]) -> date:
    """From year, month, day."""
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError as fault:
        raise StatementUnreadable("day", text=text) from fault


def event_of(*parts: str) -> str:
    """A reference of these parts that fits into its column."""
    return " ".join(part for part in parts if part)[:LONGEST_EVENT]
