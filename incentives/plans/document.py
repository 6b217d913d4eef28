"""The plan version document as frozen values, and its canonical JSON (money.md 3).

Promise: parse(json of a document) gives the same document; called by language, reference, compiler and pages."""

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from prm.kit.money import format_plain
from prm.kit.periods import WindowKind
from prm.kit.predicates import Group, predicate_as_json


class ComponentType(StrEnum):
    RATE = "rate"
    PER_UNIT = "per_unit"
    TIERS = "tiers"
    TARGET = "target"
    OVERRIDE = "override"
    BONUS = "bonus"
    REGISTERED_DEAL = "registered_deal"
    RECURRING = "recurring"


class Measure(StrEnum):
    """What is counted, and what a rate is of. `units` pays by amount, or by a rate of revenue; `commission`, what the
    credited partner gets for the credit, is what overrides alone may be of."""

    REVENUE = "revenue"
    MARGIN = "margin"
    UNITS = "units"
    COMMISSION = "commission"


class TierMode(StrEnum):
    MARGINAL = "marginal"
    RETROACTIVE = "retroactive"
    WHOLE_TRANSACTION = "whole_transaction"


class Scope(StrEnum):
    PARTNER = "partner"
    GROUP = "group"


class NegativeMargin(StrEnum):
    PAY = "pay"
    ZERO = "zero"


class RefundPolicy(StrEnum):
    """How a refund changes a volume-dependent amount whose window is closed."""

    ORIGINAL_RATE = "original_rate"
    RECOMPUTE = "recompute"


class EarningEvent(StrEnum):
    ORDER = "order"
    INVOICE = "invoice"
    PAYMENT = "payment"


class CapSpan(StrEnum):
    """What a cap of the whole plan adds up: one credit, one window of the plan's period, everything ever."""

    SALE = "sale"
    WINDOW = "window"
    LIFE = "life"


class CapOver(StrEnum):
    """Whose amounts a cap of the whole plan adds up: each beneficiary's own, or those of all together."""

    BENEFICIARY = "beneficiary"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Limit:
    """A cap or a floor in minor units of the plan currency, per sale and per window; None: none."""

    sale_minor: int | None = None
    window_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PlanCap:
    """The most that all components together pay: an amount, or a rate of the revenue behind what it covers."""

    per: CapSpan
    over: CapOver
    amount_minor: int | None = None
    rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Component(ABC):
    """What all components share. `starts_on`/`ends_on` are the document's `from`/`to`, half-open."""

    type: ClassVar[ComponentType]

    id: str
    title: str = ""
    where: Group | None = None
    cap: Limit = Limit()
    floor: Limit = Limit()
    starts_on: date | None = None
    ends_on: date | None = None
    negative: NegativeMargin = NegativeMargin.PAY

    @property
    @abstractmethod
    def basis(self) -> Measure:
        """What the rate or amount multiplies."""

    def covers(self, day: date) -> bool:
        after_start = self.starts_on is None or self.starts_on <= day
        return after_start and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, kw_only=True)
class RateComponent(Component):
    type: ClassVar[ComponentType] = ComponentType.RATE

    rate: Decimal
    rate_of: Measure = Measure.REVENUE

    @property
    def basis(self) -> Measure:
        return self.rate_of


@dataclass(frozen=True, kw_only=True)
class PerUnitComponent(Component):
    type: ClassVar[ComponentType] = ComponentType.PER_UNIT

    amount: Decimal

    @property
    def basis(self) -> Measure:
        return Measure.UNITS


@dataclass(frozen=True, slots=True)
class Tier:
    """One row: from this volume (inclusive) up to the next row's (exclusive). Exactly one of rate and amount."""

    starts_at: Decimal
    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class VolumeComponent(Component):
    """Pays by what was measured in a window: refunds inside the open window change the volume itself."""

    measure: Measure
    window: WindowKind
    measure_where: Group | None = None


@dataclass(frozen=True, kw_only=True)
class TiersComponent(VolumeComponent):
    type: ClassVar[ComponentType] = ComponentType.TIERS

    mode: TierMode
    tiers: tuple[Tier, ...]
    scope: Scope = Scope.PARTNER

    @property
    def pays_amounts(self) -> bool:
        """Whether the rows hold amounts per unit; all rows are of one kind."""
        return self.tiers[0].amount is not None

    @property
    def basis(self) -> Measure:
        if self.pays_amounts:
            return Measure.UNITS
        return Measure.MARGIN if self.measure is Measure.MARGIN else Measure.REVENUE


@dataclass(frozen=True, kw_only=True)
class RegisteredDealComponent(Component):
    """Pays who holds a live protection for the customer and product line on the day of the sale, whoever sold."""

    type: ClassVar[ComponentType] = ComponentType.REGISTERED_DEAL

    rate: Decimal

    @property
    def basis(self) -> Measure:
        return Measure.REVENUE


@dataclass(frozen=True, kw_only=True)
class RecurringComponent(Component):
    """Pays lines of a subscription from its first line until before the same day so many months later."""

    type: ClassVar[ComponentType] = ComponentType.RECURRING

    rate: Decimal
    months: int

    @property
    def basis(self) -> Measure:
        return Measure.REVENUE


@dataclass(frozen=True, slots=True)
class Level:
    """What the partner so many steps above the credited one gets."""

    up: int
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class OverrideComponent(Component):
    """Pays those above the credited partner in the tree of the sale's day; nobody at a level: nobody is paid."""

    type: ClassVar[ComponentType] = ComponentType.OVERRIDE

    levels: tuple[Level, ...]
    override_of: Measure = Measure.REVENUE

    @property
    def basis(self) -> Measure:
        return self.override_of


@dataclass(frozen=True, kw_only=True)
class PlanDocument:
    """One version's settings and components. `period` is the default window."""

    currency: str
    payout_currency: str
    period: WindowKind
    hold_days: int
    minimum_payout_minor: int
    earning_event: EarningEvent
    refund_policy: RefundPolicy
    components: tuple[Component, ...]
    caps: tuple[PlanCap, ...] = ()

    def cap(self, per: CapSpan, over: CapOver) -> PlanCap | None:
        return next((cap for cap in self.caps if (cap.per, cap.over) == (per, over)), None)

    def window_of(self, component: Component) -> WindowKind:
        """The window of a component's caps and floors."""
        return component.window if isinstance(component, VolumeComponent) else self.period

    @property
    def windows(self) -> set[WindowKind]:
        """The kinds of windows in which anything is measured or limited."""
        found = {component.window for component in self.components if isinstance(component, VolumeComponent)}
        found |= {self.window_of(c) for c in self.components if c.cap.window_minor is not None}
        return found | {self.period for cap in self.caps if cap.per is CapSpan.WINDOW}

    def component(self, component_id: str) -> Component:
        return next(component for component in self.components if component.id == component_id)


FIXED_SETTINGS = ("currency", "payout_currency", "period")


def changed_fixed_settings(first: PlanDocument, later: PlanDocument) -> tuple[str, ...]:
    """The settings that must be the same in all versions of a plan and are not (money.md 4 "Versions")."""
    return tuple(name for name in FIXED_SETTINGS if getattr(first, name) != getattr(later, name))


def plain_decimal(value: Decimal) -> str:
    """Without exponent or needless zeros: 0.050 -> "0.05"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def document_as_json(document: PlanDocument) -> dict[str, Any]:
    """The document as it is written, every default spelt out."""
    caps = [_cap_as_json(cap, document.currency) for cap in document.caps]
    return {
        "currency": document.currency,
        "payout_currency": document.payout_currency,
        "period": document.period.value,
        "hold_days": document.hold_days,
        "minimum_payout": format_plain(document.minimum_payout_minor, document.payout_currency),
        "earning_event": document.earning_event.value,
        "refund_policy": document.refund_policy.value,
        "components": [_component_as_json(component, document.currency) for component in document.components],
    } | ({"caps": caps} if caps else {})


def canonical_json(document: PlanDocument) -> str:
    """One text for one meaning: keys sorted, defaults spelt out, decimals without needless zeros."""
    return json.dumps(document_as_json(document), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _component_as_json(component: Component, currency: str) -> dict[str, Any]:
    written: dict[str, Any] = {"id": component.id, "type": component.type.value}
    if component.title:
        written["title"] = component.title
    if component.where is not None:
        written["where"] = predicate_as_json(component.where)
    for name, limit in (("cap", component.cap), ("floor", component.floor)):
        limits = {"sale": limit.sale_minor, "window": limit.window_minor}
        told = {per: format_plain(minor, currency) for per, minor in limits.items() if minor is not None}
        if told:
            written[name] = told
    for name, day in (("from", component.starts_on), ("to", component.ends_on)):
        if day is not None:
            written[name] = day.isoformat()
    return written | _own_fields(component)


def _cap_as_json(cap: PlanCap, currency: str) -> dict[str, str]:
    written = {"per": cap.per.value, "over": cap.over.value}
    if cap.rate is not None:
        return written | {"rate": plain_decimal(cap.rate)}
    return written | {"amount": format_plain(cap.amount_minor or 0, currency)}


def _own_fields(component: Component) -> dict[str, Any]:
    match component:
        case RateComponent():
            own: dict[str, Any] = {"rate": plain_decimal(component.rate), "basis": component.rate_of.value}
            if component.rate_of is Measure.MARGIN:
                own["negative"] = component.negative.value
            return own
        case PerUnitComponent():
            return {"amount": plain_decimal(component.amount)}
        case TiersComponent():
            return _tiers_fields(component)
        case OverrideComponent():
            levels = [{"up": level.up, "rate": plain_decimal(level.rate)} for level in component.levels]
            return {"levels": levels, "basis": component.override_of.value}
        case RegisteredDealComponent():
            return {"rate": plain_decimal(component.rate)}
        case RecurringComponent():
            return {"rate": plain_decimal(component.rate), "months": component.months}
        case _:
            raise TypeError(f"{component.type} has no written form")


def _tiers_fields(component: TiersComponent) -> dict[str, Any]:
    own: dict[str, Any] = {
        "mode": component.mode.value,
        "measure": component.measure.value,
        "window": component.window.value,
        "scope": component.scope.value,
        "tiers": [_tier_as_json(tier) for tier in component.tiers],
    }
    if component.measure_where is not None:
        own["measure_where"] = predicate_as_json(component.measure_where)
    if component.measure is Measure.MARGIN:
        own["negative"] = component.negative.value
    return own


def _tier_as_json(tier: Tier) -> dict[str, str]:
    paid = {"rate": tier.rate} if tier.rate is not None else {"amount": tier.amount}
    return {"from": plain_decimal(tier.starts_at)} | {
        name: plain_decimal(value) for name, value in paid.items() if value is not None
    }
