"""Targets: what should have been earned, with everything its explanation needs (money.md 1.4, 3 "typed inputs").

Promise: equal targets have equal canonical text and hash, however they were calculated; called by reference and SQL."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from prm.kit.rounding import round_half_away

_PLACES = 6


@dataclass(frozen=True, slots=True)
class TargetKey:
    """money.md 4 "Order of periods": plan, component id, credit (line and credited partner), beneficiary and the
    month where it belongs. `window_on` instead of `line_id` is for amounts of a whole window; `depth` is the distance
    from the credited partner up to the beneficiary."""

    plan_id: str
    component_id: str
    line_id: str | None
    credited_partner_id: str
    partner_id: str
    belongs_on: date
    window_on: date | None = None
    depth: int = 0

    @property
    def order(self) -> tuple[Any, ...]:
        """By line first, which tells most keys apart; texts by their bytes, none before any."""
        window = self.window_on.isoformat() if self.window_on else ""
        names = (
            self.line_id or "",
            self.plan_id,
            self.component_id,
            window,
            self.credited_partner_id,
            self.partner_id,
        )
        return (*(name.encode() for name in names), self.depth, self.belongs_on)

    @property
    def canonical(self) -> str:
        return "|".join(
            (
                self.plan_id,
                self.component_id,
                self.line_id or "",
                self.window_on.isoformat() if self.window_on else "",
                self.credited_partner_id,
                self.partner_id,
                str(self.depth),
                self.belongs_on.isoformat(),
            )
        )


@dataclass(frozen=True, slots=True)
class PaidSlice:
    """Part of a marginal amount: `volume` in the row, measured in minor units or units."""

    row: int
    volume: Fraction
    rate: Decimal | None
    unit_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class VolumeInputs:
    """Where the credit stands in its window. `deciding` is the volume that chose the row: before it in marginal mode,
    the window's total in retroactive, the volume after the order's last line in whole_transaction."""

    window_starts_on: date
    window_ends_on: date
    measure: str
    mode: str
    before: Fraction
    after: Fraction
    deciding: Fraction
    row: int
    measured: bool
    goal: Fraction | None = None
    slices: tuple[PaidSlice, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A limit that changed the amount: `limit` is sale_floor, sale_cap, window_cap or one of the whole plan's
    (plan_sale_cap, plan_window_cap, plan_life_cap, each also with _of_all); `amount_minor` what was taken (or, below
    zero, added) on the rounded amounts."""

    limit: str
    limit_minor: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RefundInputs:
    """Of a reversal: the line it reverses and the numbers of the formula."""

    sale_line_id: str
    cumulative_share: Fraction
    original_minor: int
    reversed_before_minor: int


@dataclass(frozen=True, slots=True)
class RateUse:
    """The stored exchange rate row that was used."""

    rate_id: str
    base: str
    quote: str
    published_on: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class PaidInputs:
    """Of an amount that is earned with payments: `part` of `of` is paid, in lowest terms, of what the whole sale comes
    to (after its own limits, rounded). The money itself is not told: a co-seller may not know the whole sale."""

    part: int
    of: int
    whole_minor: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the amount was computed from. Base, cost and quantity are the credit's, before merged refunds;
    `basis_value` is what the rate multiplied: after conversion and merged refunds, in minor units of the plan
    currency, or in units."""

    component_type: str
    version_number: int
    base_minor: int
    base_currency: str
    share: Fraction
    cost_minor: int | None
    quantity: Fraction
    basis: str
    basis_value: Fraction
    rate: Decimal | None = None
    unit_amount: Decimal | None = None
    volume: VolumeInputs | None = None
    exchange: RateUse | None = None
    payout_exchange: RateUse | None = None
    refunded_share: Fraction = Fraction(0)
    cuts: tuple[Cut, ...] = ()
    paid: PaidInputs | None = None
    refund: RefundInputs | None = None
    notes: tuple[str, ...] = ()

    def reversed_by(self, refund: RefundInputs, notes: tuple[str, ...]) -> "Inputs":
        return replace(self, refund=refund, notes=notes)


@dataclass(frozen=True, slots=True)
class WindowInputs:
    """Of an amount of a whole window. A bonus: `total` is what was measured, `step` the one it reached, which begins at
    `threshold` (a share of `goal` where that is a target's). A top-up: `earned_minor` is what the component came to,
    `floor_minor` the least that it pays."""

    component_type: str
    version_number: int
    window_starts_on: date
    window_ends_on: date
    measure: str | None = None
    total: Fraction | None = None
    step: int | None = None
    threshold: Fraction | None = None
    goal: Fraction | None = None
    rate: Decimal | None = None
    earned_minor: int | None = None
    floor_minor: int | None = None
    payout_exchange: RateUse | None = None
    cuts: tuple[Cut, ...] = ()

    @property
    def refund(self) -> None:
        """Refunds change the window; they reverse nothing of it."""
        return None


OVER_REFUNDED = "over_refunded"  # refunds exceed the sale after an amendment; the share counts as 1
NOT_MEASURED = "not_measured"  # paid by the rate at its place, without moving the volume
WINDOW_CLOSED = "window_closed"  # reversed at the line's blended rate, volume unchanged


@dataclass(frozen=True, slots=True)
class Target:
    """`occurred_on` is the line's own date (a refund's: its own; of a window's amount: that of the credit that dates
    it), `free_on` the first day it may be paid."""

    key: TargetKey
    version_id: str
    slot: str
    occurred_on: date
    amount_minor: int
    currency: str
    payout_amount_minor: int
    payout_currency: str
    free_on: date
    inputs: Inputs | WindowInputs

    @property
    def line_inputs(self) -> Inputs:
        """Those of what a line earned."""
        assert isinstance(self.inputs, Inputs)
        return self.inputs

    @property
    def canonical(self) -> str:
        return (
            f"{self.key.canonical}|{self.version_id}|{self.amount_minor}|{self.currency}"
            f"|{self.payout_amount_minor}|{self.payout_currency}"
        )


def in_canonical_order(targets: Iterable[Target]) -> tuple[Target, ...]:
    """In the order of their keys."""
    return tuple(sorted(targets, key=lambda target: target.key.order))


def result_hash(targets: Iterable[Target]) -> str:
    """sha256 over the canonical lines, whatever the order or the number of shards they came from."""
    digest = hashlib.sha256()
    for target in in_canonical_order(targets):
        digest.update(target.canonical.encode() + b"\n")
    return digest.hexdigest()


def inputs_as_json(inputs: Inputs | WindowInputs) -> dict[str, Any]:
    """The inputs as they are stored with an entry: absent ones left out, exact numbers as decimal texts rounded to
    six places (they explain; the amounts are posted as whole minor units)."""
    written: dict[str, Any] = _plain(asdict(inputs))
    return written


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(item) for name, item in value.items() if item is not None and item != ()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case Fraction():
            return exact_text(value)
        case Decimal():
            return exact_text(Fraction(value))
        case date():
            return value.isoformat()
        case _:
            return value


def exact_text(value: Fraction) -> str:
    """A decimal text of at most six places, half away from zero, without needless zeros."""
    digits = str(abs(round_half_away(value * 10**_PLACES))).rjust(_PLACES + 1, "0")
    text = f"{digits[:-_PLACES]}.{digits[-_PLACES:]}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 and text != "0" else text
