"""Entries are differences: target minus what is posted, and nothing else (money.md 1.5, 5 S10).

Promise: applying the differences and asking again gives none; called by earnings, which posts them in its period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from incentives.plans.targets import Target, TargetKey, inputs_as_json

BONUS = "bonus"  # the first amount of a bonus in that window
TOP_UP = "top_up"  # the first amount that raises a window to its floor
SALE = "sale"  # the first amount of a line that belongs to the period
LATE_SALE = "late_sale"  # the first amount of a line that belongs to an earlier period
REFUND = "refund"  # a refund line, or a sale whose refunds are recomputed
WITHDRAWN = "withdrawn"  # the key has no target any more
PLAN_CHANGED = "plan_changed"  # another version pays now
AMENDED = "amended"  # the line itself changed
VOLUME_CHANGED = "volume_changed"  # other lines moved the window's volume
PAYMENT = "payment"  # more of the sale is paid than before, or less
RATE_CHANGED = "rate_changed"  # another exchange rate row
COMMISSION_CHANGED = "commission_changed"  # what the partner below earns, of which this is a share
RECALCULATED = "recalculated"

# Looked at in this order; the first input that differs names the cause.
_CAUSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (AMENDED, ("base_minor", "base_currency", "cost_minor", "quantity", "share")),
    (REFUND, ("refunded_share", "refund")),
    (PAYMENT, ("paid",)),
    (RATE_CHANGED, ("exchange", "payout_exchange")),
    (VOLUME_CHANGED, ("volume", "total")),
    (COMMISSION_CHANGED, ("basis_value",)),
)


@dataclass(frozen=True, slots=True)
class Posted:
    """The sum of what is posted for a key in periods up to the one calculated, with the newest entry's version and
    inputs (as stored), which only serve to name the cause of a difference."""

    key: TargetKey
    amount_minor: int
    currency: str
    payout_amount_minor: int
    payout_currency: str
    version_id: str = ""
    inputs: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry to post. `target` is None where the key lost its target."""

    key: TargetKey
    amount_minor: int
    currency: str
    payout_amount_minor: int
    payout_currency: str
    cause: str
    target: Target | None


def differences(targets: Iterable[Target], posted: Iterable[Posted], period_on: date) -> list[Difference]:
    """What to post in the period that starts on `period_on`, in canonical order of the keys."""
    wanted = {target.key: target for target in targets}
    known = {item.key: item for item in posted}
    found: list[Difference] = []
    for key in sorted(wanted.keys() | known.keys(), key=lambda key: key.canonical.encode()):
        difference = _difference(key, wanted.get(key), known.get(key), period_on)
        if difference.amount_minor or difference.payout_amount_minor:
            found.append(difference)
    return found


def _difference(key: TargetKey, target: Target | None, posted: Posted | None, period_on: date) -> Difference:
    source = target or posted
    assert source is not None
    if (
        target
        and posted
        and (target.currency, target.payout_currency) != (posted.currency, posted.payout_currency)
    ):
        raise ValueError(f"{key.canonical}: the currencies of a plan never change")
    return Difference(
        key=key,
        amount_minor=(target.amount_minor if target else 0) - (posted.amount_minor if posted else 0),
        currency=source.currency,
        payout_amount_minor=(target.payout_amount_minor if target else 0)
        - (posted.payout_amount_minor if posted else 0),
        payout_currency=source.payout_currency,
        cause=_cause(target, posted, period_on),
        target=target,
    )


def _cause(target: Target | None, posted: Posted | None, period_on: date) -> str:
    if target is None:
        return WITHDRAWN
    if target.inputs.refund is not None:
        return REFUND
    if posted is None and target.key.window_on is not None:
        return BONUS if target.inputs.component_type == BONUS else TOP_UP
    if posted is None:
        return _first(target, period_on)
    if posted.version_id and posted.version_id != target.version_id:
        return PLAN_CHANGED
    return _changed_input(inputs_as_json(target.inputs), posted.inputs)


def _first(target: Target, period_on: date) -> str:
    if target.key.belongs_on >= period_on:
        return SALE
    return LATE_SALE if target.line_inputs.paid is None else PAYMENT


def _changed_input(now: Mapping[str, object], before: Mapping[str, object] | None) -> str:
    if before is None:
        return RECALCULATED
    changed = (cause for cause, names in _CAUSES if any(now.get(name) != before.get(name) for name in names))
    return next(changed, RECALCULATED)
