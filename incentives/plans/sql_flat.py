"""`rate`, `per_unit`, `recurring` and `registered_deal` as SQL: each credit by itself (money.md 3).

Promise: multiplies first, divides once; called by incentives.plans.compiler."""

from collections.abc import Sequence

from incentives.plans.document import (
    Component,
    PerUnitComponent,
    RateComponent,
    RecurringComponent,
    RegisteredDealComponent,
)
from incentives.plans.sql_gate import Gate, minor_units

FLAT = (PerUnitComponent, RateComponent, RecurringComponent, RegisteredDealComponent)

# A credit is read once for all components, not once for each: `k.place` are those of them that it meets.
_SOURCE = """
    SELECT ({numbers}::int[])[k.place] AS component_no, c.credit_id, c.line_id, {beneficiary} AS partner_id, 0 AS depth,
        c.occurred_on, c.direction, {basis_num} AS basis_num, {basis_den} AS basis_den,
        {basis_num} * {unit} * ({pays}::numeric[])[k.place] AS num, {basis_den} AS den, {rate}::numeric AS rate,
        {unit_amount}::numeric AS unit_amount, NULL::text AS volume, NULL::numeric AS refunded_share, TRUE AS measured,
        TRUE AS reverses, {to_payout} AS to_payout
    FROM calc_choice ch JOIN calc_credit c ON c.span_id = ch.span_id {rates}
        CROSS JOIN LATERAL unnest(array_remove(ARRAY[{places}], NULL)) AS k(place)
    WHERE ch.version_id = {version} AND c.earns AND c.is_due AND {beneficiary} IS NOT NULL AND {lasts} AND {payable}
"""


def shape_of(component: Component) -> tuple[object, ...]:
    """What flat components must have in common to be paid by one statement: all but their name, their conditions and
    what they pay."""
    months = component.months if isinstance(component, RecurringComponent) else None
    return component.type, component.basis, component.negative, component.floor, component.cap, months


def flat_source(gates: Sequence[Gate], numbers: Sequence[int]) -> str:
    """Every credit that one of the components pays, with its exact amount; they are of one shape and share a binder."""
    gate = gates[0]
    component, bind = gate.component, gate.bind
    basis = gate.value_of(component.basis)
    per_unit = isinstance(component, PerUnitComponent)
    pays = bind([getattr(g.component, "amount" if per_unit else "rate") for g in gates])
    shown = f"({pays}::numeric[])[k.place]"
    places = [f"CASE WHEN {g.meets} THEN {place} END" for place, g in enumerate(gates, 1)]
    return _SOURCE.format(
        numbers=bind(list(numbers)),
        beneficiary="c.holder_id" if isinstance(component, RegisteredDealComponent) else "c.partner_id",
        lasts=months_last(gate, component) if isinstance(component, RecurringComponent) else "TRUE",
        basis_num=basis.num,
        basis_den=basis.den or "1",
        unit=str(minor_units(gate.document.currency) if per_unit else 1),
        pays=pays,
        rate="NULL" if per_unit else shown,
        unit_amount=shown if per_unit else "NULL",
        to_payout=gate.to_payout,
        rates=gate.rates,
        places=", ".join(places),
        version=gate.version,
        payable=gate.payable,
    )


def months_last(gate: Gate, component: RecurringComponent) -> str:
    """Whether the line falls into the months that the component pays; of a line without subscription NULL."""
    months = gate.bind(component.months)
    return f"c.occurred_on < (c.subscription_begun_on + make_interval(months => {months}))::date"
