"""The plan language: from the JSON of a plan version to a PlanDocument, or every fault at its field (money.md 3).

Promises: pure; unknown fields, numbers outside texts, gaps and unordered tiers are refused; all faults at once.
Called by: plans.forms and plans.actions on save and publish; whoever loads a version to calculate with it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from incentives.plans.document import (
    BonusComponent,
    CapOver,
    CapSpan,
    Component,
    ComponentType,
    EarningEvent,
    Limit,
    Measure,
    NegativeMargin,
    OverrideComponent,
    PerUnitComponent,
    PlanCap,
    PlanDocument,
    RateComponent,
    RecurringComponent,
    RefundPolicy,
    RegisteredDealComponent,
    Scope,
    TargetComponent,
    TierMode,
    TiersComponent,
    changed_fixed_settings,
)
from incentives.plans.document_json import canonical_json, document_as_json
from incentives.plans.fields import MESSAGES, Faults, Fields, PlanError, as_fields
from incentives.plans.predicates import CREDIT_FACTS
from incentives.plans.tables import (
    read_bonus_steps,
    read_levels,
    read_steps,
    read_tiers,
    starts_by_attainment,
)
from prm.kit.periods import WindowKind
from prm.kit.predicates import Group, read_predicate

__all__ = [
    "MESSAGES",
    "PlanDocument",
    "PlanError",
    "PlanInvalid",
    "canonical_json",
    "changed_fixed_settings",
    "document_as_json",
    "in_reading_order",
    "parse_document",
]

MAX_COMPONENTS = 50
MAX_CAPS = 6
MAX_MONTHS = 120
RATES_OF = (Measure.REVENUE, Measure.MARGIN)
TARGET_MODES = (TierMode.MARGINAL, TierMode.RETROACTIVE)
OVERRIDES_OF = (Measure.REVENUE, Measure.COMMISSION)
MEASURED = (Measure.REVENUE, Measure.MARGIN, Measure.UNITS)
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class PlanInvalid(ValueError):
    """The document has faults; `errors` lists all of them."""

    code = "plan_invalid"

    def __init__(self, errors: list[PlanError]) -> None:
        super().__init__("; ".join(f"{error.pointer or '/'}: {error.message}" for error in errors))
        self.errors = errors


def parse_document(raw: object) -> PlanDocument:
    """The document of a plan version. Raises PlanInvalid with all faults."""
    faults = Faults()
    fields = as_fields(raw, "", faults)
    if fields is None:
        raise PlanInvalid(faults.errors)
    document = _read_document(fields)
    if faults.errors:
        raise PlanInvalid(in_reading_order(faults.errors))
    return document


def in_reading_order(errors: Iterable[PlanError]) -> list[PlanError]:
    return sorted(errors, key=_reading_order)


def _reading_order(error: PlanError) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in error.pointer.split("/")]


def _read_document(fields: Fields) -> PlanDocument:
    currency = fields.currency("currency")
    payout_currency = fields.currency("payout_currency", default=currency or None) if currency else ""
    if not currency and fields.has("payout_currency"):
        payout_currency = fields.currency("payout_currency")
    period = fields.choice("period", WindowKind, WindowKind.MONTH)
    event = fields.choice("earning_event", EarningEvent, EarningEvent.ORDER)
    document = PlanDocument(
        currency=currency,
        payout_currency=payout_currency,
        period=period,
        hold_days=fields.integer("hold_days", least=0, most=3650, default=0),
        minimum_payout_minor=fields.amount_minor("minimum_payout", payout_currency, default=0),
        earning_event=event,
        refund_policy=fields.choice("refund_policy", RefundPolicy, RefundPolicy.ORIGINAL_RATE),
        components=_read_components(fields, currency, period),
        caps=_read_caps(fields, currency),
    )
    fields.refuse_unknown()
    return document


def _read_components(fields: Fields, currency: str, period: WindowKind) -> tuple[Component, ...]:
    components: list[Component] = []
    pointers: list[str] = []
    ids: set[str] = set()
    for place, raw in enumerate(fields.elements("components", limit=MAX_COMPONENTS)):
        inner = as_fields(raw, f"{fields.at('components')}/{place}", fields.faults)
        if inner is None:
            continue
        component = _read_component(inner, currency, period)
        if component is None:
            continue
        if component.id in ids:
            inner.fault("id", "id_repeated", id=component.id)
        ids.add(component.id)
        components.append(component)
        pointers.append(inner.pointer)
    return _with_target(components, pointers, fields.faults)


def _with_target(components: list[Component], pointers: list[str], faults: Faults) -> tuple[Component, ...]:
    """A bonus by attainment measures what the plan's one target measures."""
    targets = [component for component in components if isinstance(component, TargetComponent)]
    bound: list[Component] = []
    for component, pointer in zip(components, pointers, strict=True):
        if isinstance(component, BonusComponent):
            bound.append(_bound(component, targets, pointer, faults))
        else:
            bound.append(component)
    return tuple(bound)


def _bound(
    bonus: BonusComponent, targets: list[TargetComponent], pointer: str, faults: Faults
) -> BonusComponent:
    if bonus.of_target and len(targets) != 1:
        faults.add(f"{pointer}/steps", "bonus_needs_target")
    elif bonus.of_target:
        bonus = _of_target(bonus, targets[0])
    if bonus.measure is Measure.UNITS and any(step.rate is not None for step in bonus.steps):
        faults.add(f"{pointer}/steps", "bonus_rate_of_units")
    return bonus


def _of_target(bonus: BonusComponent, target: TargetComponent) -> BonusComponent:
    return replace(
        bonus,
        of_target=target.id,
        measure=target.measure,
        window=target.window,
        where=target.where,
        measure_where=target.measure_where,
        negative=target.negative,
        starts_on=target.starts_on,
        ends_on=target.ends_on,
    )


Reader = Callable[[Fields, dict[str, Any], str, WindowKind], Component]


def _read_component(fields: Fields, currency: str, period: WindowKind) -> Component | None:
    faults_before = len(fields.faults.errors)
    component_type = fields.choice("type", ComponentType)
    if len(fields.faults.errors) > faults_before:
        return None
    component = _READERS[component_type](fields, _read_common(fields, currency), currency, period)
    fields.refuse_unknown()
    return component


def _read_common(fields: Fields, currency: str) -> dict[str, Any]:
    component_id = fields.raw("id")
    if fields.has("id") and not (isinstance(component_id, str) and _ID.fullmatch(component_id)):
        fields.fault("id", "id_format")
    starts_on, ends_on = fields.day("from"), fields.day("to")
    if _not_after(starts_on, ends_on):
        fields.fault("to", "dates_order")
    cap, floor = _read_limit(fields, "cap", currency), _read_limit(fields, "floor", currency)
    for most, least in ((cap.sale_minor, floor.sale_minor), (cap.window_minor, floor.window_minor)):
        if most is not None and least is not None and least > most:
            fields.fault("floor", "floor_above_cap")
    return {
        "id": str(component_id),
        "title": fields.text("title", limit=80),
        "where": _read_where(fields, "where"),
        "cap": cap,
        "floor": floor,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _not_after(starts_on: date | None, ends_on: date | None) -> bool:
    return starts_on is not None and ends_on is not None and ends_on <= starts_on


def _read_limit(fields: Fields, name: str, currency: str) -> Limit:
    inner = fields.inner(name)
    if inner is None:
        return Limit()
    if not (inner.has("sale") or inner.has("window")):
        fields.fault(name, "limit_empty")
    sale, window = (
        inner.amount_minor(per, currency) if inner.has(per) else None for per in ("sale", "window")
    )
    inner.refuse_unknown()
    return Limit(sale, window)


def _read_caps(fields: Fields, currency: str) -> tuple[PlanCap, ...]:
    caps: list[PlanCap] = []
    for place, raw in enumerate(fields.elements("caps", limit=MAX_CAPS, default=[])):
        inner = as_fields(raw, f"{fields.at('caps')}/{place}", fields.faults)
        if inner is not None:
            cap = _read_cap(inner, currency)
            if any((cap.per, cap.over) == (other.per, other.over) for other in caps):
                inner.fault("per", "cap_repeated")
            caps.append(cap)
    return tuple(caps)


def _read_cap(fields: Fields, currency: str) -> PlanCap:
    per, over = fields.choice("per", CapSpan), fields.choice("over", CapOver, CapOver.BENEFICIARY)
    cap = PlanCap(per, over)
    if fields.has("rate") == fields.has("amount"):
        fields.raw("rate", None)
        fields.raw("amount", None)
        fields.faults.add(fields.pointer, "tier_pay")
    elif fields.has("rate"):
        cap = PlanCap(per, over, rate=fields.rate("rate"))
    else:
        cap = PlanCap(per, over, amount_minor=fields.amount_minor("amount", currency))
    fields.refuse_unknown()
    return cap


def _read_where(fields: Fields, name: str) -> Group | None:
    raw = fields.raw(name, None)
    if raw is None:
        return None
    return read_predicate(raw, fields.at(name), CREDIT_FACTS, fields.faults.add)


def _read_measure_where(fields: Fields) -> Group | None:
    """As `where`; {"all": []} says in so many words that everything is measured."""
    if fields.raw("measure_where", None) == {"all": []}:
        return Group("all", ())
    return _read_where(fields, "measure_where")


def _read_negative(fields: Fields, measure: Measure) -> NegativeMargin:
    if fields.has("negative") and measure is not Measure.MARGIN:
        fields.fault("negative", "negative_needs_margin")
    return fields.choice("negative", NegativeMargin, NegativeMargin.PAY)


def _read_rate(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    basis = fields.choice("basis", Measure, Measure.REVENUE, among=RATES_OF)
    return RateComponent(
        **common, rate=fields.rate("rate"), rate_of=basis, negative=_read_negative(fields, basis)
    )


def _read_per_unit(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    return PerUnitComponent(**common, amount=fields.decimal("amount"))


def _read_tiers(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    measure = fields.choice("measure", Measure, Measure.REVENUE, among=MEASURED)
    return TiersComponent(
        **common,
        mode=fields.choice("mode", TierMode),
        measure=measure,
        window=fields.choice("window", WindowKind, period),
        tiers=read_tiers(fields, measure, currency),
        scope=fields.choice("scope", Scope, Scope.PARTNER),
        measure_where=_read_measure_where(fields),
        negative=_read_negative(fields, measure),
    )


def _read_target(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    measure = fields.choice("measure", Measure, Measure.REVENUE, among=MEASURED)
    return TargetComponent(
        **common,
        mode=fields.choice("mode", TierMode, TierMode.MARGINAL, among=TARGET_MODES),
        measure=measure,
        window=fields.choice("window", WindowKind, period),
        goal=_read_goal(fields, measure, currency),
        steps=read_steps(fields),
        measure_where=_read_measure_where(fields),
        negative=_read_negative(fields, measure),
    )


OF_TARGET = (
    "measure",
    "window",
    "negative",
    "where",
    "from",
    "to",
)  # what a bonus by attainment takes from it


def _read_bonus(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    of_target = starts_by_attainment(fields)
    if of_target:
        for name in OF_TARGET:
            if fields.has(name):
                fields.fault(name, "bonus_of_target")
    if fields.has("floor") or common["cap"].sale_minor is not None:
        fields.fault("floor" if fields.has("floor") else "cap", "bonus_limit")
    measure = fields.choice("measure", Measure, Measure.REVENUE, among=MEASURED)
    return BonusComponent(
        **common,
        measure=measure,
        window=fields.choice("window", WindowKind, period),
        steps=read_bonus_steps(fields, measure, currency),
        negative=_read_negative(fields, measure),
        of_target="?" if of_target else "",
    )


def _read_goal(fields: Fields, measure: Measure, currency: str) -> Decimal | None:
    """An amount of the currency, or units; none: each partner's own goal alone counts."""
    if not fields.has("goal"):
        fields.raw("goal", None)
        return None
    goal = fields.decimal("goal")
    if measure is not Measure.UNITS:
        fields.check_places("goal", currency)
    if goal == 0:
        fields.fault("goal", "goal_of_nothing")
    return goal


def _read_registered_deal(
    fields: Fields, common: dict[str, Any], currency: str, period: WindowKind
) -> Component:
    return RegisteredDealComponent(**common, rate=fields.rate("rate"))


def _read_recurring(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    months = fields.integer("months", least=1, most=MAX_MONTHS)
    return RecurringComponent(**common, rate=fields.rate("rate"), months=months)


def _read_override(fields: Fields, common: dict[str, Any], currency: str, period: WindowKind) -> Component:
    basis = fields.choice("basis", Measure, Measure.REVENUE, among=OVERRIDES_OF)
    return OverrideComponent(**common, levels=read_levels(fields), override_of=basis)


_READERS: dict[ComponentType, Reader] = {
    ComponentType.RATE: _read_rate,
    ComponentType.PER_UNIT: _read_per_unit,
    ComponentType.TIERS: _read_tiers,
    ComponentType.TARGET: _read_target,
    ComponentType.BONUS: _read_bonus,
    ComponentType.OVERRIDE: _read_override,
    ComponentType.RECURRING: _read_recurring,
    ComponentType.REGISTERED_DEAL: _read_registered_deal,
}
