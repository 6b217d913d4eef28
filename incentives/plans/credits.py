"""Credits: who a line counts for, with which base, cost and quantity (money.md 1.2, 2 "Largest remainder", 4 "Splits").

Promise: the credits of a line total the line to the minor unit; called by the reference and whoever accepts a split."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from incentives.plans.facts import REFUND, Partner, SaleLine, SplitShare
from prm.kit.rounding import split_by_weights

MAX_SHARES = 20
MAX_PARTS = 1_000_000
WHOLE = 100
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")

MESSAGES = {
    "split_empty": "Name at least one partner with a share above zero.",
    "split_too_many": "A line is split among at most %(limit)s partners.",
    "split_mixed": "Use percents for all partners, or parts for all.",
    "split_percent_format": "Write the percent as a text of at most six decimal places.",
    "split_percent_total": "The percents total %(total)s, not 100.",
    "split_parts_format": "Parts are whole numbers from 0 to 1,000,000.",
    "split_partner_twice": "This partner is named twice.",
}


class SplitInvalid(ValueError):
    """A split that is not accepted; `pointer` is the field, `code` the reason."""

    def __init__(self, pointer: str, code: str, **params: object) -> None:
        super().__init__(MESSAGES[code] % params)
        self.pointer = pointer
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Credit:
    """A line counted for one partner. Base, cost and quantity are negative on an unlinked credit note.

    `share` is the exact part of the line: the base is rounded by largest remainder, the quantity is not.
    """

    line: SaleLine
    partner: Partner
    direction: int
    base_minor: int
    cost_minor: int | None
    quantity: Fraction
    share: Fraction


def read_split(rows: Sequence[Mapping[str, object]]) -> tuple[SplitShare, ...]:
    """The split of a request: [{"partner_id", "percent": "50"}] or [{"partner_id", "parts": 1}]."""
    if not rows:
        raise SplitInvalid("", "split_empty")
    if len(rows) > MAX_SHARES:
        raise SplitInvalid("", "split_too_many", limit=MAX_SHARES)
    by_percent = "percent" in rows[0]
    shares: list[SplitShare] = []
    for place, row in enumerate(rows):
        if ("percent" in row) != by_percent or ("parts" in row) == by_percent:
            raise SplitInvalid(f"/{place}", "split_mixed")
        share = _read_percent(row, place) if by_percent else _read_parts(row, place)
        if any(share.partner_id == other.partner_id for other in shares):
            raise SplitInvalid(f"/{place}/partner_id", "split_partner_twice")
        shares.append(share)
    _check_total(shares, by_percent)
    return tuple(shares)


def _check_total(shares: Sequence[SplitShare], by_percent: bool) -> None:
    if not by_percent:
        if not any(share.parts for share in shares):
            raise SplitInvalid("", "split_empty")
        return
    total = sum((share.percent or Decimal(0) for share in shares), Decimal(0))
    if total != WHOLE:
        raise SplitInvalid("", "split_percent_total", total=f"{total.normalize():f}")


def _read_percent(row: Mapping[str, object], place: int) -> SplitShare:
    percent = row["percent"]
    if not isinstance(percent, str) or not _PERCENT.fullmatch(percent):
        raise SplitInvalid(f"/{place}/percent", "split_percent_format")
    return SplitShare(str(row["partner_id"]), percent=Decimal(percent))


def _read_parts(row: Mapping[str, object], place: int) -> SplitShare:
    parts = row["parts"]
    if type(parts) is not int or not 0 <= parts <= MAX_PARTS:
        raise SplitInvalid(f"/{place}/parts", "split_parts_format")
    return SplitShare(str(row["partner_id"]), parts=parts)


def credits_of(line: SaleLine, partners: Mapping[str, Partner]) -> tuple[Credit, ...]:
    """The credits of a sale or of an unlinked credit note, by partner code. A direct sale has none.

    A linked refund has none of its own either: it reverses the credits of its sale.
    """
    if line.is_linked_refund:
        return ()
    if line.split:
        weighted = [(partners[share.partner_id], _weight(share)) for share in line.split]
    elif line.partner_id is not None:
        weighted = [(partners[line.partner_id], Fraction(1))]
    else:
        return ()
    weighted.sort(key=lambda pair: pair[0].code.encode())
    weights = [weight for _, weight in weighted]
    direction = -1 if line.kind == REFUND else 1
    bases = split_by_weights(direction * line.amount_minor, weights)
    costs: Sequence[int | None] = [None] * len(weights)
    if line.cost_minor is not None:
        costs = split_by_weights(direction * line.cost_minor, weights)
    total = sum(weights, Fraction(0))
    quantity = direction * Fraction(line.quantity)
    return tuple(
        Credit(line, partner, direction, base, cost, quantity * weight / total, weight / total)
        for (partner, weight), base, cost in zip(weighted, bases, costs, strict=True)
        if weight
    )


def _weight(share: SplitShare) -> Fraction:
    return Fraction(share.percent if share.percent is not None else share.parts or 0)
