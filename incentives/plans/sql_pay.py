"""From an exact amount per credit to rows of calc_target: limits, the one rounding, the payout amount; and why not.

Promise: floor, then cap, then the one rounding; called by incentives.plans.compiler."""

from incentives.plans.document import Measure
from incentives.plans.sql_gate import Gate, Ratio
from incentives.plans.statements import quotient, rounded_quotient
from prm.kit.binding import Statement

# OFFSET 0: without it the planner writes each expression out wherever it is named, to be worked out every time.
_PAY = """
INSERT INTO calc_target (component_no, credit_id, line_id, partner_id, depth, occurred_on, amount_minor,
    payout_amount_minor, basis_value, rate, unit_amount, volume, refunded_share, measured, reverses, cut_limit,
    cut_limit_minor, cut_minor, full_minor)
SELECT s.component_no, s.credit_id, s.line_id, s.partner_id, s.depth, s.occurred_on, s.kept_minor, {payout},
    {basis_value}, s.rate, s.unit_amount, s.volume, s.refunded_share, s.measured, s.reverses, {cut_limit},
    {cut_limit_minor}, {cut}, {full}
FROM (SELECT s.*, {amount} AS kept_minor FROM ({source} OFFSET 0) s OFFSET 0) s
"""

# With `full_minor`, what the whole sale comes to, and `earned`, the part of it that is paid.
_OF_PAID = """SELECT w.*, p.direction > 0 AS waits,
        sign(w.full_minor) * div(2 * abs(w.full_minor) * p.paid_part + p.paid_of, 2 * p.paid_of) AS earned
    FROM (SELECT s.*, ({full})::numeric AS full_minor FROM ({source}) s) w
        JOIN calc_credit p ON p.credit_id = w.credit_id"""

_EXPLAIN = """
INSERT INTO calc_decline (credit_id, slot, component_no, reason, facts)
SELECT u.credit_id, u.slot, {number}, {reason}, {facts}
FROM calc_unpaid u JOIN calc_credit c ON c.credit_id = u.credit_id {rates} {kept}
WHERE u.version_id = {version}
"""

_MERGE = """
INSERT INTO calc_merged (refund_id, partner_id)
SELECT f.refund_id, c.partner_id
FROM calc_choice ch JOIN calc_credit c ON c.span_id = ch.span_id
    JOIN calc_fate f ON f.sale_id = c.line_id AND f.merged AND {same_fate} {rates}
WHERE ch.version_id = {version} AND c.earns AND c.is_due AND {passes}
"""


def pay(gate: Gate, source: str, *, inexact: bool = False) -> Statement:
    """`source` yields component_no, credit_id, line_id, partner_id and depth of the beneficiary, occurred_on,
    direction, basis_num, basis_den, num, den, rate, unit_amount, volume, refunded_share, measured, reverses and
    to_payout of everything that its components pay. Where the plan waits for payments, the part that is paid is earned
    of it; a share of what is earned already waits for none."""
    due = _snapped(Ratio("s.num", "s.den")) if inexact else Ratio("s.num", "s.den")
    rounded = rounded_quotient(due.num, due.den)
    amount, cut_limit, cut_limit_minor = _limited(gate, due, rounded)
    whole, full = "s.kept_minor", "NULL::bigint"
    if gate.waits_for_payment and gate.component.basis is not Measure.COMMISSION:
        source = _OF_PAID.format(full=amount, source=source)
        amount, whole, full = "s.earned", "s.full_minor", "CASE WHEN s.waits THEN s.full_minor END"
    cut = (
        f"CASE WHEN {cut_limit} IS NOT NULL THEN ({rounded}) - {whole} END" if cut_limit != "NULL" else "NULL"
    )
    payout = "round(s.kept_minor * s.to_payout)" if gate.pays_in_another_currency else "s.kept_minor"
    return gate.bind.statement(
        _PAY,
        source=source,
        amount=amount,
        payout=payout,
        basis_value=quotient("s.basis_num", "s.basis_den"),
        cut_limit=cut_limit,
        cut_limit_minor=cut_limit_minor,
        cut=cut,
        full=full,
    )


def _snapped(amount: Ratio) -> Ratio:
    """For sums of fractions kept to 50 places: a half is a half, and a limit is met, if it is so to 20 places."""
    return Ratio(f"round({quotient(amount.num, amount.den)}, 20)")


def _limited(gate: Gate, due: Ratio, rounded: str) -> tuple[str, str, str]:
    """The amount within floor and cap per sale, mirrored on credit notes; the limit that changed it, and its amount."""
    component, times = gate.component, f" * {due.den}::numeric" if due.den else ""
    tests = []
    if component.floor.sale_minor is not None:
        floor = gate.bind(component.floor.sale_minor)
        tests.append((f"s.direction * {due.num} < {floor}{times}", floor, "sale_floor"))
    if component.cap.sale_minor is not None:
        cap = gate.bind(component.cap.sale_minor)
        tests.append((f"s.direction * {due.num} > {cap}{times}", cap, "sale_cap"))
    if not tests:
        return rounded, "NULL", "NULL"
    amounts = " ".join(f"WHEN {test} THEN s.direction * {limit}::bigint" for test, limit, _ in tests)
    names = " ".join(f"WHEN {test} THEN '{name}'" for test, _, name in tests)
    limits = " ".join(f"WHEN {test} THEN {limit}::bigint" for test, limit, _ in tests)
    return f"CASE {amounts} ELSE {rounded} END", f"CASE {names} END", f"CASE {limits} END"


def explain(gate: Gate, number: int, otherwise: str = "'zero_amount'") -> Statement:
    """Why a credit that the version pays got nothing from the component; `otherwise` of those that passed its gate."""
    return gate.bind.statement(
        _EXPLAIN,
        number=str(number),
        version=gate.version,
        rates=gate.rates,
        kept=gate.kept,
        reason=gate.reason(otherwise),
        facts=gate.reason_facts(),
    )


def merge(gate: Gate) -> Statement:
    """The refunds that changed the amount of their sale itself."""
    return gate.bind.statement(
        _MERGE, version=gate.version, rates=gate.rates, passes=gate.passes, same_fate=gate.same_fate("f")
    )
