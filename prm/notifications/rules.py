"""Parameters of a notice as they are stored: days, moments and money keep their kind until they are read.

Promise: `restored(stored(x)) == x`; called by actions and wording."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from prm.kit.periods import Period

Plain = str | int


@dataclass(frozen=True)
class Amount:
    """Money in a notice: minor units and their currency."""

    amount_minor: int
    currency: str


Value = Plain | date | datetime | Period | Amount


def stored(params: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _stored(value) for name, value in params.items()}


def restored(params: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _restored(value) for name, value in params.items()}


def _stored(value: Value) -> Any:
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Period):
        return {"month": str(value)}
    if isinstance(value, Amount):
        return {"minor": value.amount_minor, "currency": value.currency}
    return value if isinstance(value, int) else str(value)


def _restored(value: Any) -> Value:
    match value:
        case {"moment": told}:
            return datetime.fromisoformat(told)
        case {"day": told}:
            return date.fromisoformat(told)
        case {"month": told}:
            return Period.parse(told)
        case {"minor": amount_minor, "currency": currency}:
            return Amount(amount_minor, currency)
        case int():
            return value
        case _:
            return str(value)
