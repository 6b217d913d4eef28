"""What one run calculates: its dates, the versions in force and their compiled components.

Promise: read once per shard, small whatever the number of lines; called by earnings.{calculation,queries,work}."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from incentives.earnings.models import CalculationRun
from incentives.earnings.rules import DatedVersion, Reign, reigns, widest_start, windows_between
from incentives.plans.compiler import (
    INVOICED,
    OF_PAYMENT,
    OF_REGISTRATION,
    CompiledComponent,
    VersionCard,
    compile_version,
    facts_asked,
    values_asked,
)
from incentives.plans.document import (
    BonusComponent,
    CapOver,
    CapSpan,
    Component,
    Level,
    Measure,
    MeasuredComponent,
    OverrideComponent,
    PlanDocument,
    TargetComponent,
    VolumeComponent,
)
from incentives.plans.goals import UNIT_PLACES, measured_unit
from incentives.plans.language import parse_document
from incentives.plans.models import PlanVersion
from incentives.plans.queries import list_assigned_segments
from incentives.plans.reasons import REASONS
from prm.kit.currencies import CURRENCY_EXPONENTS
from prm.kit.periods import Period, WindowKind
from prm.tenancy.queries import current_tenant

_tried: ContextVar[PlanVersion | None] = ContextVar("version_tried", default=None)
ORDER_OF_CREDITS = {"external_id", "partner"}  # what orders credits of several partners
HIGHEST = 1000  # how far up a volume of a group is looked for: no tree is so high


@dataclass(frozen=True)
class Scope:
    """`due_from`: first day of the targets that are calculated; `volume_from`: first day whose credits count as
    volume; `until`: the end of the period, exclusive; `first_on`: the start of the tenant's first period;
    `segments`: the codes of those that plans are assigned to or ask for."""

    tenant_id: UUID
    run_id: UUID
    period_on: date
    until: date
    first_on: date
    due_from: date
    volume_from: date
    fiscal_month: int
    reigns: tuple[tuple[str, Reign], ...]
    components: tuple[CompiledComponent, ...]
    segments: frozenset[str] = frozenset()

    @property
    def facts(self) -> set[str]:
        cards = {component.card.version_id: component.card for component in self.components}
        asked = set().union(*(facts_asked(card) for card in cards.values()))
        in_order = self.caps or self.caps_windows or self.floors or self.groups
        return asked | (ORDER_OF_CREDITS if in_order else set())

    @property
    def volumes(self) -> list[tuple[MeasuredComponent, VersionCard]]:
        return [(c.component, c.card) for c in self.components if isinstance(c.component, MeasuredComponent)]

    @property
    def documents(self) -> list[PlanDocument]:
        return list({c.card.version_id: c.card.document for c in self.components}.values())

    @property
    def caps(self) -> set[tuple[CapSpan, CapOver]]:
        """The kinds of caps of whole plans."""
        return {(cap.per, cap.over) for document in self.documents for cap in document.caps}

    @property
    def caps_windows(self) -> bool:
        return any(c.component.cap.window_minor is not None for c in self.components)

    @property
    def floors(self) -> bool:
        """Whether a component pays a least amount per window."""
        return any(c.component.floor.window_minor is not None for c in self.components)

    @property
    def groups(self) -> bool:
        """Whether a component counts what partners below sell."""
        return any(_of_group(c.component) for c in self.components)

    @property
    def levels(self) -> list[Level]:
        return [
            level
            for compiled in self.components
            if isinstance(compiled.component, OverrideComponent)
            for level in compiled.component.levels
        ]

    def parameters(self) -> dict[str, Any]:
        """The parameters that the statements of earnings share."""
        kinds = sorted(set().union(*(document.windows for document in self.documents)))
        windows = [
            {"window_kind": kind.value, "starts_on": window.starts_on, "ends_on": window.ends_on}
            for kind in kinds
            for window in windows_between(self.volume_from, self.until, kind, self.fiscal_month)
        ]
        limited = [(c.component, c.card) for c in self.components] if self.floors else []
        fates = {
            (card.document.window_of(component).value, card.document.refund_policy.value)
            for component, card in [*self.volumes, *limited]
        }
        pairs = {(c.card.document.currency, c.card.document.payout_currency) for c in self.components}
        rules = [
            {"plan_id": plan_id, "version_id": r.version_id, "starts_on": r.starts_on, "ends_on": r.ends_on}
            for plan_id, r in self.reigns
        ]
        return {
            "tenant": self.tenant_id,
            "run": self.run_id,
            "period_on": self.period_on,
            "until": self.until,
            "first_on": self.first_on,
            "due_from": self.due_from,
            "volume_from": self.volume_from,
            "rules": _json(rules),
            "windows": _json(windows),
            "fates": _json([{"window_kind": kind, "policy": policy} for kind, policy in sorted(fates)]),
            "pairs": _json([{"currency": own, "payout_currency": payout} for own, payout in sorted(pairs)]),
            "components": _json([_component(c) for c in self.components]),
            "exponents": json.dumps(CURRENCY_EXPONENTS),
            "reasons": list(REASONS),
            "segments": sorted(self.segments),
            "asks_certificate": "certificate" in self.facts,
            "levels_up": HIGHEST if self.groups else max((level.up for level in self.levels), default=0),
        }


def _component(compiled: CompiledComponent) -> dict[str, Any]:
    card, document, component = compiled.card, compiled.card.document, compiled.component
    return {
        "component_no": compiled.number,
        "version_id": card.version_id,
        "plan_id": card.plan_id,
        "slot": card.slot,
        "component_id": component.id,
        "component_type": component.type.value,
        "version_number": card.number,
        "basis": component.basis.value,
        "currency": document.currency,
        "payout_currency": document.payout_currency,
        "hold_days": document.hold_days,
        "window_kind": component.window.value if isinstance(component, MeasuredComponent) else None,
        "policy": document.refund_policy.value,
        "earning_event": document.earning_event.value,
        "place": [other.id for other in document.components].index(component.id),
        "limit_window": document.window_of(component).value,
        "period": document.period.value,
        "cap_window_minor": component.cap.window_minor,
        "floor_window_minor": component.floor.window_minor,
        **_goal(component, document.currency),
        **{f"cap_{cap.per}_{cap.over}_minor": cap.amount_minor for cap in document.caps},
        **{f"cap_{cap.per}_{cap.over}_rate": cap.rate for cap in document.caps},
    }


def _goal(component: Component, currency: str) -> dict[str, Any]:
    """In the measured unit; everyone's is left out where there is none. Of a bonus the days are asked alone."""
    if isinstance(component, BonusComponent) and component.prorates:
        return {"goal": "1", "goal_places": UNIT_PLACES}
    if not isinstance(component, TargetComponent):
        return {}
    unit = measured_unit(component, currency)
    told = {} if component.goal is None else {"goal": str(component.goal * unit)}
    places = UNIT_PLACES if component.measure is Measure.UNITS else 0
    return told | {"goal_unit": str(unit), "goal_places": places}


def _json(rows: Any) -> str:
    return json.dumps(rows, default=str)


def load_scope(run: CalculationRun) -> Scope:
    """Of every plan the versions that rule on some day of the run, compiled."""
    tenant = current_tenant()
    until = Period.of(run.period_on).ends_on
    ruling, cards = _ruling_versions(until)
    ruling = [
        (plan_id, reign)
        for plan_id, reign in ruling
        if reign.ends_on is None or reign.ends_on > run.recompute_from
    ]
    used = {reign.version_id for _, reign in ruling}
    components: list[CompiledComponent] = []
    for card in cards:
        if card.version_id in used:
            components += compile_version(card, len(components))
    kinds = set().union(*(card.document.windows for card in cards if card.version_id in used))
    return Scope(
        tenant_id=tenant.id,
        run_id=run.id,
        period_on=run.period_on,
        until=until,
        first_on=tenant.first_period_on,
        due_from=run.recompute_from,
        volume_from=widest_start(run.recompute_from, kinds, tenant.fiscal_month),
        fiscal_month=tenant.fiscal_month,
        reigns=tuple(ruling),
        components=tuple(components),
        segments=frozenset(_segments(card for card in cards if card.version_id in used)),
    )


def _segments(cards: Iterable[VersionCard]) -> set[str]:
    return list_assigned_segments().union(*(values_asked(card.document, "segment") for card in cards))


def _ruling_versions(until: date) -> tuple[list[tuple[str, Reign]], list[VersionCard]]:
    by_plan: dict[str, list[PlanVersion]] = defaultdict(list)
    for version in _published():
        if version.starts_on < until:
            by_plan[str(version.plan_id)].append(version)
    ruling: list[tuple[str, Reign]] = []
    cards: list[VersionCard] = []
    for plan_id, versions in by_plan.items():
        ruling += [(plan_id, reign) for reign in reigns([_dated(version) for version in versions])]
        cards += [_card(version) for version in versions]
    return ruling, cards


def _dated(version: PlanVersion) -> DatedVersion:
    assert version.published_at is not None
    return DatedVersion(
        str(version.id), version.starts_on, version.ends_on, version.published_at, version.number
    )


def _card(version: PlanVersion) -> VersionCard:
    return VersionCard(
        version_id=str(version.id),
        plan_id=str(version.plan_id),
        slot=version.plan.slot,
        number=version.number,
        document=parse_document(version.document),
    )


def window_kinds_in_use() -> set[WindowKind]:
    """The kinds of windows that any published version measures or limits in."""
    return set().union(*(card.document.windows for card in _published_cards()))


def caps_in_use() -> set[tuple[CapSpan, CapOver]]:
    """The kinds of caps of whole plans that any published version has."""
    return {(cap.per, cap.over) for card in _published_cards() for cap in card.document.caps}


@dataclass(frozen=True)
class Asked:
    """What any published version asks for: facts, codes of segments and of certificates, the partner tree, who holds a
    deal, goals, invoices, payments. Segments are also those that a plan is assigned to."""

    facts: set[str]
    segments: set[str]
    certificates: set[str]
    tree: bool
    registration: bool
    goals: bool
    invoices: bool
    payments: bool


def asked_in_use() -> Asked:
    cards = _published_cards()
    facts = set().union(*(facts_asked(card) for card in cards))
    return Asked(
        facts=facts,
        segments=_segments(cards),
        certificates=set().union(*(values_asked(card.document, "certificate") for card in cards)),
        tree=any(
            isinstance(c, OverrideComponent) or _of_group(c)
            for card in cards
            for c in card.document.components
        ),
        invoices=INVOICED in facts,
        payments=facts >= OF_PAYMENT,
        registration=not facts.isdisjoint(OF_REGISTRATION),
        goals=any(_asks_goal(c) for card in cards for c in card.document.components),
    )


def _of_group(component: Component) -> bool:
    return isinstance(component, VolumeComponent) and component.of_group


def _asks_goal(component: Component) -> bool:
    return isinstance(component, TargetComponent) or (
        isinstance(component, BonusComponent) and component.prorates
    )


@contextmanager
def trying(version: PlanVersion) -> Iterator[None]:
    """Inside, this version counts as published at its `published_at`, whatever its row says: for trials."""
    token = _tried.set(version)
    try:
        yield
    finally:
        _tried.reset(token)


def _published_cards() -> list[VersionCard]:
    return [_card(version) for version in _published()]


def _published() -> list[PlanVersion]:
    """By the codes of their plans and their numbers, the one that is tried among them."""
    published = list(PlanVersion.objects.filter(published_at__isnull=False).select_related("plan"))
    tried = _tried.get()
    if tried is not None:
        published = [version for version in published if version.id != tried.id] + [tried]
    return sorted(published, key=lambda version: (version.plan.code, version.number))
