"""What a sale line may say, and who a split counts it for.

Pure: faults are values, not exceptions; called by partners.sales rows, actions and interfaces."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import Struct

SALE, REFUND = "sale", "refund"
MAX_SHARES = 20
MAX_PARTS = 1_000_000
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason to refuse a line: `field` is the path inside the row ("amount", "splits/1/partner"), "" the row."""

    field: str
    code: str
    params: Mapping[str, Any] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """One partner of a split, by code: exactly one of percent and parts."""

    partner: str
    percent: Decimal | None = None
    parts: int | None = None

    @property
    def weight(self) -> Decimal:
        return Decimal(self.parts or 0) if self.percent is None else self.percent


class LineInput(Struct, frozen=True, gc=False):
    """A line as a source tells it, each value already of its type. `refunds` is the external id of the refunded line;
    `partner` empty is a direct sale; `deal` is the number of the registered deal that the source names; lines of one
    subscription carry its reference."""

    source: str
    external_id: str
    kind: str
    occurred_on: date
    product: str
    quantity: Decimal
    amount_minor: int
    currency: str
    order_number: str = ""
    partner: str | None = None
    customer: str | None = None
    cost_minor: int | None = None
    splits: tuple[Share, ...] = ()
    refunds: str = ""
    deal: int | None = None
    subscription: str = ""
    invoiced_on: date | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.external_id


@dataclass(frozen=True, slots=True)
class PaymentInput:
    """A payment as a source tells it: `sale` is the external id of the sale of the same source that it pays."""

    source: str
    external_id: str
    sale: str
    paid_on: date
    amount_minor: int
    currency: str

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.external_id

    @property
    def sale_key(self) -> tuple[str, str]:
        return self.source, self.sale


_DEAL = re.compile(r"(?:D-)?([1-9][0-9]{0,14})", re.IGNORECASE)


def deal_number(text: str) -> int | None:
    """`D-1042` or 1042; None for what is no number of a deal."""
    found = _DEAL.fullmatch(text.strip())
    return int(found[1]) if found else None


def split_faults(shares: Sequence[Share]) -> list[Fault]:
    """Why a split is not accepted; an absent split has no faults."""
    if not shares:
        return []
    if len(shares) > MAX_SHARES:
        return [Fault("splits", "split_too_many", {"limit": MAX_SHARES})]
    counts = Counter(share.partner for share in shares)
    faults = [
        Fault(f"splits/{place}/partner", "split_partner_twice")
        for place, share in enumerate(shares)
        if counts[share.partner] > 1
    ]
    by_percent = shares[0].percent is not None
    for place, share in enumerate(shares):
        if (share.percent is None) == (share.parts is None) or (share.percent is not None) != by_percent:
            faults.append(Fault(f"splits/{place}", "split_mixed"))
    return faults or _total_faults(shares, by_percent)


def _total_faults(shares: Sequence[Share], by_percent: bool) -> list[Fault]:
    total = sum((share.weight for share in shares), Decimal(0))
    if by_percent and total != WHOLE:
        return [Fault("splits", "split_percent_total", {"total": f"{total.normalize():f}"})]
    return [] if total > 0 else [Fault("splits", "split_empty")]


Key = tuple[str, str]


@dataclass(slots=True)
class RefundedSale:
    """A sale that refunds name: what it is worth and how much of it is taken by refunds that stand."""

    kind: str
    currency: str
    amount_minor: int
    refunded_minor: int = 0


@dataclass(frozen=True, slots=True)
class StandingRefund:
    """What a line of the batch takes from a sale as it stands now: it gives that back when it is amended."""

    sale: Key
    amount_minor: int


def refund_faults(
    lines: Mapping[int, LineInput], sales: Mapping[Key, RefundedSale], standing: Mapping[Key, StandingRefund]
) -> dict[int, Fault]:
    """Which linked refunds of a batch are refused. What gives back comes before what takes more; otherwise in order.

    `sales` is used up: it ends with what the accepted refunds take.
    """

    def turn(place: int) -> tuple[bool, bool, int]:
        line, before = lines[place], standing.get(lines[place].key)
        return bool(line.refunds), before is None or line.amount_minor > before.amount_minor, place

    faults = {}
    for place in sorted(lines, key=turn):
        line = lines[place]
        target, before = (line.source, line.refunds), standing.get(line.key)
        sale = sales.get(target)
        if line.refunds:
            own = before.amount_minor if before and before.sale == target else 0
            fault = _refund_fault(line, sale, own)
            if fault is not None:
                faults[place] = fault
                continue
            if sale is not None:
                sale.refunded_minor += line.amount_minor
        if before is not None and before.sale in sales:
            sales[before.sale].refunded_minor -= before.amount_minor
    return faults


def _refund_fault(line: LineInput, sale: RefundedSale | None, own_minor: int) -> Fault | None:
    """Why a refund is not accepted; without its sale it is accepted and waits."""
    if line.refunds == line.external_id or (sale is not None and sale.kind != SALE):
        return Fault("refunds", "refunded_not_sale")
    if sale is None:
        return None
    if sale.currency != line.currency:
        return Fault("currency", "refund_currency", {"currency": sale.currency})
    left_minor = sale.amount_minor - sale.refunded_minor + own_minor
    if line.amount_minor > left_minor:
        return Fault("amount", "over_refunded", {"left_minor": max(left_minor, 0), "currency": sale.currency})
    return None
