"""`rate`, `per_unit`, `recurring` and `registered_deal` as SQL: each credit by itself (money.md 3).

Promise: multiplies first, divides once; called by incentives.plans.compiler."""

from incentives.plans.document import (
    PerUnitComponent,
    RateComponent,
    RecurringComponent,
    RegisteredDealComponent,
)
from incentives.plans.sql_gate import Gate, minor_units

_SOURCE = """
    SELECT c.credit_id, c.line_id, {beneficiary} AS partner_id, 0 AS depth, c.occurred_on, c.direction,
        {basis_num} AS basis_num, {basis_den} AS basis_den, {num} AS num, {basis_den} AS den, {rate}::numeric AS rate,
        {unit_amount}::numeric AS unit_amount, NULL::jsonb AS volume, NULL::numeric AS refunded_share, TRUE AS measured,
        TRUE AS reverses, {to_payout} AS to_payout
    FROM calc_choice ch JOIN calc_credit c ON c.span_id = ch.span_id {rates}
    WHERE ch.version_id = {version} AND c.earns AND c.is_due AND {beneficiary} IS NOT NULL AND {lasts} AND {passes}
"""


def flat_source(gate: Gate) -> str:
    """Every credit that the component pays, with its exact amount."""
    component = gate.component
    basis = gate.value_of(component.basis)
    rate, unit_amount, beneficiary, lasts = "NULL", "NULL", "c.partner_id", "TRUE"
    if isinstance(component, RegisteredDealComponent):
        beneficiary = "c.holder_id"
    elif isinstance(component, RecurringComponent):
        lasts = months_last(gate, component)
    if isinstance(component, RateComponent | RegisteredDealComponent | RecurringComponent):
        rate = gate.bind(component.rate)
        num = f"{basis.num} * {rate}"
    elif isinstance(component, PerUnitComponent):
        unit_amount = gate.bind(component.amount)
        num = f"{basis.num} * {unit_amount} * {minor_units(gate.document.currency)}"
    else:
        raise TypeError(f"{component.type} is not paid per credit")
    return _SOURCE.format(
        beneficiary=beneficiary,
        lasts=lasts,
        basis_num=basis.num,
        basis_den=basis.den or "1",
        num=num,
        rate=rate,
        unit_amount=unit_amount,
        to_payout=gate.to_payout,
        rates=gate.rates,
        version=gate.version,
        passes=gate.passes,
    )


def months_last(gate: Gate, component: RecurringComponent) -> str:
    """Whether the line falls into the months that the component pays; of a line without subscription NULL."""
    months = gate.bind(component.months)
    return f"c.occurred_on < (c.subscription_begun_on + make_interval(months => {months}))::date"
