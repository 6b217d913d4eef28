"""Reads the fields of a JSON object and collects every fault with its pointer.

Promise: nothing is coerced and no field is silently ignored; called by incentives.plans.language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from numbers import Number
from typing import Any, TypeVar

from prm.kit import predicates
from prm.kit.money import AmountInvalid, is_currency, parse_amount

Choice = TypeVar("Choice", bound=StrEnum)

_MISSING: Any = object()
_DECIMAL = re.compile(r"[0-9]{1,15}(?:\.(?P<places>[0-9]+))?")

MESSAGES: dict[str, str] = predicates.MESSAGES | {
    "object_expected": "An object is expected.",
    "list_expected": "A list of 1 to %(limit)s elements is expected.",
    "field_unknown": "There is no field %(field)s here.",
    "field_missing": "This field is required.",
    "text_expected": "A text of at most %(limit)s characters is expected.",
    "number_not_string": 'Write the number as a text, for example "0.05".',
    "decimal_format": 'Write a plain decimal that is not negative, for example "0.05".',
    "decimal_precision": "At most %(places)s decimal places are kept.",
    "integer_expected": "A whole number from %(least)s to %(most)s is expected.",
    "date_format": "Write the date as YYYY-MM-DD.",
    "choice_unknown": "Choose one of: %(choices)s.",
    "currency_unknown": "%(currency)s is not a currency code.",
    "amount_format": "Enter an amount such as 1234.50.",
    "amount_precision": "%(currency)s has %(exponent)s decimal places; %(text)s has more.",
    "amount_negative": "The amount must not be negative.",
    "amount_range": "The amount is too large.",
    "rate_above_one": "A rate is a fraction of 1: 5 %% is written 0.05.",
    "id_format": "An id has small Latin letters, digits, _ and -, begins with a letter, at most 40 characters.",
    "id_repeated": "The id %(id)s is used by another component.",
    "dates_order": "The end must be after the start.",
    "floor_above_cap": "The floor is above the cap.",
    "limit_empty": "Give the amount per sale, per window, or both.",
    "cap_repeated": "There is another cap of this kind.",
    "tiers_start": "The first row must start at 0.",
    "levels_order": "Each level must be above the one before it.",
    "tiers_order": "Each row must start above the one before it.",
    "tier_pay": "Give exactly one of rate and amount.",
    "step_pay": "Give exactly one of rate and multiplier.",
    "multiplier_of_nothing": "The first step carries the base rate; later ones may multiply it.",
    "goal_of_nothing": "The goal must be more than 0; leave it out where each partner has its own.",
    "boolean_expected": "Write true or false.",
    "bonus_of_nothing": "A step begins above 0.",
    "bonus_starts_mixed": "All steps begin at a goal, or all at a share of the target's goal.",
    "bonus_of_target": "Steps by attainment take this from the target; leave it out.",
    "bonus_limit": "A bonus can be limited by a cap per window alone.",
    "bonus_needs_target": "A bonus by attainment needs exactly one target in the plan.",
    "bonus_rate_of_units": "A bonus that measures units pays amounts.",
    "tiers_mixed": "All rows must pay by rate, or all by amount.",
    "amount_needs_units": "Amounts per unit need units as the measure.",
    "negative_needs_margin": "This setting applies to margin only.",
    # What keeps a document that reads well from being published.
    "condition_contradicts": "No sale can meet this together with the conditions beside it. Take one of them out, or "
    "let one of them be enough.",
    "value_unknown": "“%(value)s” is not known (%(fact)s). Choose one that exists, or add it first.",
    "value_unknown_near": "“%(value)s” is not known (%(fact)s). Did you mean “%(near)s”?",
    "ends_before_version": "The version begins on %(day)s, after the end of this component, so it never pays. Choose a "
    "later end, or remove the component.",
    "starts_after_version": "The version ends on %(day)s, before this component begins, so it never pays. Choose an "
    "earlier start, or remove the component.",
    "limit_of_nothing": "With 0 as the most this never pays. Give an amount above 0, or leave the limit out.",
    "settings_differ_between_versions": "The published versions have %(was)s here: %(setting)s stays the same in all "
    "versions of a plan. Set it back, or make another plan.",
    "component_became_another": "“%(id)s” has another type or window in a published version. Give this component a new "
    "id.",
}


@dataclass(frozen=True, slots=True)
class PlanError:
    """One fault: `pointer` is the JSON pointer of the field, `code` is stable, `params` fill the message."""

    pointer: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return MESSAGES[self.code] % self.params


class Faults:
    """What was wrong so far."""

    def __init__(self) -> None:
        self.errors: list[PlanError] = []

    def add(self, pointer: str, code: str, params: Mapping[str, object] | None = None) -> None:
        self.errors.append(PlanError(pointer, code, dict(params or {})))


class Fields:
    """One object. Each read names its field once; `refuse_unknown` reports what nobody asked for.

    After a fault a reader returns the default or a harmless value, so that reading goes on to the next fault.
    """

    def __init__(self, raw: Mapping[str, Any], pointer: str, faults: Faults) -> None:
        self._raw = raw
        self._asked: set[str] = set()
        self.pointer = pointer
        self.faults = faults

    def at(self, name: str) -> str:
        return f"{self.pointer}/{name.replace('~', '~0').replace('/', '~1')}"

    def fault(self, name: str, code: str, **params: object) -> None:
        self.faults.add(self.at(name), code, params)

    def has(self, name: str) -> bool:
        return name in self._raw

    def raw(self, name: str, default: Any = _MISSING) -> Any:
        """The value as it stands; a required field that is absent is a fault and reads as _MISSING."""
        self._asked.add(name)
        if name not in self._raw and default is _MISSING:
            self.fault(name, "field_missing")
        return self._raw.get(name, default)

    def refuse_unknown(self) -> None:
        for name in self._raw:
            if name not in self._asked:
                self.fault(name, "field_unknown", field=name)

    def text(self, name: str, *, limit: int, default: str = "") -> str:
        value = self.raw(name, default)
        if not isinstance(value, str) or len(value) > limit:
            self.fault(name, "text_expected", limit=limit)
            return default
        return value

    def choice(
        self,
        name: str,
        kind: type[Choice],
        default: Choice | None = None,
        *,
        among: Sequence[Choice] | None = None,
    ) -> Choice:
        """One of `among`, or any of its kind."""
        allowed = tuple(kind) if among is None else among
        value = self.raw(name, _MISSING if default is None else default.value)
        if isinstance(value, str) and value in set(allowed):
            return kind(value)
        if value is not _MISSING:
            self.fault(name, "choice_unknown", choices=", ".join(member.value for member in allowed))
        return default or allowed[0]

    def integer(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        value = self.raw(name, _MISSING if default is None else default)
        if type(value) is int and least <= value <= most:
            return value
        if value is not _MISSING:
            self.fault(name, "integer_expected", least=least, most=most)
        return least if default is None else default

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.raw(name, default)
        if type(value) is bool:
            return value
        self.fault(name, "boolean_expected")
        return default

    def decimal(self, name: str, *, places: int = 6) -> Decimal:
        """A plain decimal of at least 0, written as a text."""
        value = self._decimal_text(name)
        if value is None:
            return Decimal(0)
        match = _DECIMAL.fullmatch(value)
        if match is None:
            self.fault(name, "decimal_format")
            return Decimal(0)
        if len(match["places"] or "") > places:
            self.fault(name, "decimal_precision", places=places)
        return Decimal(value)

    def rate(self, name: str) -> Decimal:
        value = self.decimal(name)
        if value > 1:
            self.fault(name, "rate_above_one")
        return value

    def amount_minor(self, name: str, currency: str, default: int | None = None) -> int:
        """An amount of at least 0, exact in the currency, as minor units."""
        if default is not None and not self.has(name):
            return default
        value = self._decimal_text(name)
        if value is None or not is_currency(currency):
            return 0
        try:
            amount = parse_amount(value, currency)
        except AmountInvalid as fault:
            self.fault(name, fault.code, **fault.params)
            return 0
        if value.startswith("-"):
            self.fault(name, "amount_negative")
        return abs(amount)

    def check_places(self, name: str, currency: str) -> None:
        """Whether a decimal read before is exact in the currency."""
        if not (self.has(name) and is_currency(currency)):
            return
        faults = Faults()
        Fields(self._raw, self.pointer, faults).amount_minor(name, currency)
        self.faults.errors.extend(error for error in faults.errors if error.code == "amount_precision")

    def currency(self, name: str, default: str | None = None) -> str:
        value = self.raw(name, _MISSING if default is None else default)
        if value is _MISSING:
            return ""
        if not isinstance(value, str) or not is_currency(value):
            self.fault(name, "currency_unknown", currency=str(value))
            return ""
        return value

    def day(self, name: str) -> date | None:
        value = self.raw(name, None)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.fault(name, "date_format")
        return None

    def elements(self, name: str, *, limit: int, default: list[Any] | None = None) -> list[Any]:
        """One to so many elements; none where a default is given and the field says nothing."""
        value = self.raw(name, _MISSING if default is None else default)
        if value is _MISSING or (default is not None and value == default):
            return []
        if not isinstance(value, list) or not 1 <= len(value) <= limit:
            self.fault(name, "list_expected", limit=limit)
            return []
        return value

    def inner(self, name: str) -> "Fields | None":
        """The object under `name`; None if it is absent or no object."""
        value = self.raw(name, None)
        return None if value is None else as_fields(value, self.at(name), self.faults)

    def _decimal_text(self, name: str) -> str | None:
        value = self.raw(name)
        if value is _MISSING:
            return None
        if isinstance(value, Number) and not isinstance(value, bool):
            self.fault(name, "number_not_string")
            return None
        if not isinstance(value, str):
            self.fault(name, "decimal_format")
            return None
        return value


def as_fields(raw: object, pointer: str, faults: Faults) -> Fields | None:
    if not isinstance(raw, dict):
        faults.add(pointer, "object_expected")
        return None
    return Fields(raw, pointer, faults)
