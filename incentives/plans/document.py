"""The plan version document as frozen values (money.md 3).

Promise: what a document says, and nothing of how it is written; called by language, reference, compiler and pages."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from prm.kit.periods import WindowKind
from prm.kit.predicates import Group


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
class MeasuredComponent(Component):
    """Pays by what was measured in a window: refunds inside the open window change the volume itself."""

    measure: Measure
    window: WindowKind
    measure_where: Group | None = None


@dataclass(frozen=True, kw_only=True)
class VolumeComponent(MeasuredComponent):
    """Pays each credit by the place of the volume in a table."""

    mode: TierMode

    @property
    @abstractmethod
    def rows(self) -> tuple[Tier, ...]:
        """The table that the volume is looked up in."""

    @property
    def of_group(self) -> bool:
        """Whether the volume is that of the partner and all below it."""
        return False

    @property
    def pays_amounts(self) -> bool:
        """Whether the rows hold amounts per unit; all rows are of one kind."""
        return self.rows[0].amount is not None

    @property
    def basis(self) -> Measure:
        if self.pays_amounts:
            return Measure.UNITS
        return Measure.MARGIN if self.measure is Measure.MARGIN else Measure.REVENUE


@dataclass(frozen=True, kw_only=True)
class TiersComponent(VolumeComponent):
    type: ClassVar[ComponentType] = ComponentType.TIERS

    tiers: tuple[Tier, ...]
    scope: Scope = Scope.PARTNER

    @property
    def of_group(self) -> bool:
        return self.scope is Scope.GROUP

    @property
    def rows(self) -> tuple[Tier, ...]:
        return self.tiers


@dataclass(frozen=True, slots=True)
class Step:
    """From this share of the goal (inclusive) up to the next step's. `multiplier` says how many times the base rate
    the rate is, where the document says it so."""

    from_attainment: Decimal
    rate: Decimal
    multiplier: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class TargetComponent(VolumeComponent):
    """Pays by how much of its goal a partner has reached. `goal` is everyone's, in whole units of the plan currency or
    in units, prorated for those who come later; None: only partners with a goal of their own are paid."""

    type: ClassVar[ComponentType] = ComponentType.TARGET

    goal: Decimal | None
    steps: tuple[Step, ...]

    @property
    def rows(self) -> tuple[Tier, ...]:
        """Bounds are shares of the goal."""
        return tuple(Tier(step.from_attainment, rate=step.rate) for step in self.steps)


@dataclass(frozen=True, slots=True)
class BonusStep:
    """What reaching so much pays: an amount in minor units of the plan currency, or a rate of the whole measured
    volume. `starts_at` is a goal in whole units of the plan currency or in units, or a share of the target's goal."""

    starts_at: Decimal
    amount_minor: int | None = None
    rate: Decimal | None = None
    prorate: bool = False


@dataclass(frozen=True, kw_only=True)
class BonusComponent(MeasuredComponent):
    """Pays once per window, by the highest step that the whole volume reaches. `of_target`: the id of the target whose
    goal the steps are shares of; window, measure and filters are the target's then."""

    type: ClassVar[ComponentType] = ComponentType.BONUS

    steps: tuple[BonusStep, ...]
    of_target: str = ""

    @property
    def basis(self) -> Measure:
        return self.measure

    @property
    def prorates(self) -> bool:
        return any(step.prorate for step in self.steps)


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
        return component.window if isinstance(component, MeasuredComponent) else self.period

    @property
    def windows(self) -> set[WindowKind]:
        """The kinds of windows in which anything is measured or limited."""
        found = {
            self.window_of(component)
            for component in self.components
            if isinstance(component, MeasuredComponent)
            or component.cap.window_minor is not None
            or component.floor.window_minor is not None
        }
        return found | {self.period for cap in self.caps if cap.per is CapSpan.WINDOW}

    def component(self, component_id: str) -> Component:
        return next(component for component in self.components if component.id == component_id)


FIXED_SETTINGS = ("currency", "payout_currency", "period")


def changed_fixed_settings(first: PlanDocument, later: PlanDocument) -> tuple[str, ...]:
    """The settings that must be the same in all versions of a plan and are not (money.md 4 "Versions")."""
    return tuple(name for name in FIXED_SETTINGS if getattr(first, name) != getattr(later, name))


def changed_components(earlier: PlanDocument, later: PlanDocument) -> tuple[str, ...]:
    """Ids of components that both have, of another type or with another window: totals of the one and of the other
    would not add up."""
    kinds = {component.id: (component.type, earlier.window_of(component)) for component in earlier.components}
    return tuple(
        component.id
        for component in later.components
        if kinds.get(component.id, (component.type, later.window_of(component)))
        != (component.type, later.window_of(component))
    )


def plain_decimal(value: Decimal) -> str:
    """Without exponent or needless zeros: 0.050 -> "0.05"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
