"""Turns a plan version into set-based SQL over the working tables of a calculation (money.md 3 "One meaning").

Promises: agrees with the reference to the minor unit and in its reasons; values of the plan are parameters, tables and
columns come from this house alone. Called by: incentives.earnings, which makes and fills the working tables.

The working tables (calc_*) and who fills them are described in docs/adr/0014-calculation-in-sql.md."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from incentives.plans.document import (
    BonusComponent,
    Component,
    EarningEvent,
    MeasuredComponent,
    OverrideComponent,
    PlanDocument,
    RecurringComponent,
    RegisteredDealComponent,
    VolumeComponent,
)
from incentives.plans.sql_bonus import bonus_so_far, pay_bonus
from incentives.plans.sql_flat import FLAT, flat_source, shape_of
from incentives.plans.sql_gate import Gate, VersionCard
from incentives.plans.sql_override import override_source
from incentives.plans.sql_pay import explain, merge, pay
from incentives.plans.sql_tiers import volume_source
from incentives.plans.sql_why import why_nothing
from prm.kit.binding import Binder, Statement
from prm.kit.predicate_sql import values_of
from prm.kit.predicates import Condition, conditions_of

__all__ = [
    "INVOICED",
    "OF_PAYMENT",
    "OF_REGISTRATION",
    "CompiledComponent",
    "VersionCard",
    "compile_so_far",
    "compile_version",
    "facts_asked",
    "values_asked",
]


Numbered = tuple[int, Component]


@dataclass(frozen=True, slots=True)
class CompiledComponent:
    """The statements of one component, run in this order: `pay` writes calc_target (None: that of an earlier component
    of the version pays for both), `merge` names the refunds that are counted with their sale, `explain` says why a
    credit got nothing. Linked refunds that are not merged are reversed for all components at once, by earnings: those
    of own amounts before overrides pay, which read commissions."""

    number: int
    card: VersionCard
    component: Component
    pay: Statement | None
    merge: Statement | None
    explain: Statement


def compile_version(card: VersionCard, first_number: int = 0) -> tuple[CompiledComponent, ...]:
    """One entry per component in the order of the document; numbers count on from `first_number`."""
    numbered = tuple(enumerate(card.document.components, first_number))
    pays = {group[0][0]: _pay(card, group) for group in _paid_together(numbered)}
    return tuple(_compile(card, number, component, pays.get(number)) for number, component in numbered)


def _paid_together(numbered: Iterable[Numbered]) -> list[list[Numbered]]:
    """Flat components of one shape; any other by itself."""
    groups: dict[Hashable, list[Numbered]] = defaultdict(list)
    for number, component in numbered:
        groups[shape_of(component) if isinstance(component, FLAT) else number].append((number, component))
    return list(groups.values())


def _compile(
    card: VersionCard, number: int, component: Component, pay: Statement | None
) -> CompiledComponent:
    measures = isinstance(component, MeasuredComponent)
    explaining = Gate(card, component, Binder())
    return CompiledComponent(
        number=number,
        card=card,
        component=component,
        pay=pay,
        merge=merge(Gate(card, component, Binder())) if measures else None,
        explain=explain(explaining, number, why_nothing(explaining, number)),
    )


def compile_so_far(compiled: CompiledComponent, day: date) -> Statement:
    """How far the window of a bonus is that holds the day; read when all is paid."""
    return bonus_so_far(Gate(compiled.card, compiled.component, Binder()), day)


def _pay(card: VersionCard, group: Sequence[Numbered]) -> Statement:
    bind = Binder()
    gates = [Gate(card, component, bind) for _, component in group]
    numbers = [number for number, _ in group]
    gate, number = gates[0], numbers[0]
    match gate.component:
        case BonusComponent():
            return pay_bonus(gate, number)
        case VolumeComponent():
            return pay(gate, volume_source(gate, number), inexact=True)
        case OverrideComponent():
            return pay(gate, override_source(gate, number))
        case _:
            return pay(gate, flat_source(gates, numbers))


# No facts of `where`: who holds a live protection for the credit, when its subscription began, when it was invoiced.
HOLDER, SUBSCRIPTION, INVOICED = "holder", "subscription", "invoiced"
OF_REGISTRATION = frozenset({HOLDER, "deal_is_registered"})
# Since when something is paid, and which part of which whole.
OF_PAYMENT = frozenset({"first_paid_on", "paid_part", "paid_of"})


def facts_asked(card: VersionCard) -> set[str]:
    """What the version asks of a credit; the working table of credits must carry it."""
    asked = {condition.fact for condition in _conditions(card.document)}
    for component in card.document.components:
        if isinstance(component, RegisteredDealComponent):
            asked.add(HOLDER)
        elif isinstance(component, RecurringComponent):
            asked.add(SUBSCRIPTION)
    if card.document.earning_event is EarningEvent.INVOICE:
        asked.add(INVOICED)
    elif card.document.earning_event is EarningEvent.PAYMENT:
        asked |= OF_PAYMENT
    return asked


def values_asked(document: PlanDocument, fact: str) -> set[str]:
    """Whatever the conditions of the document compare the fact with."""
    asked: set[str] = set()
    for condition in _conditions(document):
        if condition.fact == fact:
            asked |= {str(value) for value in values_of(condition)}
    return asked


def _conditions(document: PlanDocument) -> list[Condition]:
    found: list[Condition] = []
    for component in document.components:
        narrowed = [component.where]
        if isinstance(component, MeasuredComponent):
            narrowed.append(component.measure_where)
        found += [condition for group in narrowed if group is not None for condition in conditions_of(group)]
    return found
