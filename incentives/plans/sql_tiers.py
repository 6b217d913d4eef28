"""`tiers` and `target` as SQL: one window pass gives every credit its place, tables are arrays (money.md 3, 5 S1, S9).

Promise: measures what the reference measures, in its order; called by incentives.plans.compiler.
"""

from decimal import Decimal

from incentives.plans.document import Measure, TargetComponent, TierMode, VolumeComponent
from incentives.plans.sql_gate import Gate, Ratio, minor_units
from incentives.plans.sql_stream import goal_met, measured_sql, running_sql
from incentives.plans.statements import decimal_text, quotient

_SOURCE = """
    WITH stream AS (
        SELECT c.credit_id, c.line_id, {owner} AS partner_id, c.occurred_on, c.direction, {place} AS place,
            w.starts_on AS window_on, w.ends_on AS window_ends_on, c.source, c.order_number,
            CASE WHEN c.order_number = '' THEN c.line_id END AS lone_line,
            ({is_own} AND ch.version_id IS NOT NULL AND c.is_due AND {fits}) AS fits,
            ({is_earned} AND coalesce(m.kept_num, 1) > 0) AS is_owed,
            ({measured}) AS measured, CASE WHEN {measured} THEN {own} ELSE 0 END AS own,
            {basis_num} AS basis_num, {basis_den} AS basis_den, {refunded_share} AS refunded_share,
            {to_payout} AS to_payout, {goal} AS goal
        FROM calc_credit c JOIN calc_calendar w ON w.window_kind = {window} AND w.day = c.occurred_on {goals} {groups}
        LEFT JOIN calc_choice ch ON ch.span_id = c.span_id AND ch.version_id = {version}
        {rates} {kept}
        WHERE c.earns AND {owner} IN (
            SELECT sp.partner_id FROM calc_span sp JOIN calc_choice o ON o.span_id = sp.span_id
            WHERE o.version_id = {version})
    ), running AS (
        {running}
    ), placed AS (
        SELECT *, {deciding} AS deciding FROM running
    ), found AS (
        SELECT *, {low} AS low, {high} AS high FROM placed WHERE fits AND is_owed OFFSET 0
    ), rows_found AS (
        SELECT *, {row_low} AS row_low, {row_high} AS row_high FROM found OFFSET 0
    )
    SELECT {number} AS component_no, credit_id, line_id, partner_id, 0 AS depth, occurred_on, direction, basis_num,
        basis_den, {num} AS num,
        {den} AS den, {rate} AS rate, {unit_amount} AS unit_amount, {volume} AS volume, refunded_share, measured,
        TRUE AS reverses, to_payout
    FROM rows_found
"""

# JSON without NULLs, as text, which the entry's inputs take in as it stands: building it takes twice as long.
_VOLUME = """('{{"window_starts_on":"' || window_on || '","window_ends_on":"' || window_ends_on
        || '","measure":"' || {measure}::text || '","mode":"' || {mode}::text
        || '","before":"' || {before} || '","after":"' || {after}
        || '","deciding":"' || {decided} || '","row":' || {reached} || ',"measured":'
        || CASE WHEN measured THEN 'true' ELSE 'false' END || coalesce(',"goal":"' || {goal} || '"', '') {slices}
        || '}}')"""

# The partner itself, and those who stood above it on the day: whose volume a credit is part of.
_GROUPS = """JOIN (
            SELECT partner_id, partner_id AS owner_id, '-infinity'::date AS starts_on, 'infinity'::date AS ends_on
            FROM calc_member
            UNION ALL SELECT partner_id, above_id, starts_on, ends_on FROM calc_above) o
            ON o.partner_id = c.partner_id AND c.occurred_on >= o.starts_on AND c.occurred_on < o.ends_on"""

_SLICES = """|| CASE WHEN own = 0 THEN '' WHEN row_low = row_high THEN ',"slices":[' || {only} || ']'
            ELSE ',"slices":[' || (SELECT string_agg({each}, ',' ORDER BY t.row)
                FROM generate_series(row_low + 1, row_high + 1) AS t(row)) || ']' END"""
_SLICE = """'{{"row":' || {row} - 1 || ',"volume":"' || {volume} || '","{pay_name}":"' || {pay} || '"}}'"""


class TierFragments:
    """The table of a component as SQL arrays, in the measured unit."""

    joins = ""  # what the stream joins to know the table's bounds
    goal = "NULL::numeric"

    def __init__(self, gate: Gate, component: VolumeComponent) -> None:
        self.gate = gate
        self.component = component
        minor = Decimal(minor_units(gate.document.currency))
        bounds = [row.starts_at * self._bound_unit(minor) for row in component.rows]
        shown = [row.amount if component.pays_amounts else row.rate for row in component.rows]
        pays = [(pay or Decimal(0)) * (minor if component.pays_amounts else 1) for pay in shown]
        self.bounds = f"{gate.bind(bounds)}::numeric[]"
        self.pays = f"{gate.bind(pays)}::numeric[]"
        self.shown = f"{gate.bind(shown)}::numeric[]"
        self.paid_below = f"{gate.bind(_paid_below(bounds, pays))}::numeric[]"

    def _bound_unit(self, minor: Decimal) -> Decimal:
        return Decimal(1) if self.component.measure is Measure.UNITS else minor

    def bound(self, place: str) -> str:
        return f"({self.bounds})[{place}]"

    def row_at(self, volume: str) -> str:
        """Lower bounds are inclusive; a negative volume is in the first row. Counted from 0."""
        return f"greatest(width_bucket({volume}, {self.bounds}) - 1, 0)"

    def row_below(self, volume: str) -> str:
        """The row that holds what lies just below the volume."""
        return (
            f"greatest(width_bucket({volume}, {self.bounds}) - 1 - ({volume} = ANY ({self.bounds}))::int, 0)"
        )

    def paid_to(self, volume: str, row: str) -> str:
        """What everything from 0 up to the volume pays: the closed form of the slices."""
        place = f"{row} + 1"
        below = self._of_unit(f"({self.paid_below})[{place}]")
        return f"({below} + ({volume} - {self.bound(place)}) * ({self.pays})[{place}])"

    def _of_unit(self, amount: str) -> str:
        return amount


class GoalFragments(TierFragments):
    """The table of a target: its bounds are shares of the goal, which each partner has of its own in each window."""

    goal = "g.goal"

    def __init__(self, gate: Gate, component: TargetComponent) -> None:
        super().__init__(gate, component)
        self.joins = f"JOIN calc_goal g ON {goal_met(gate, component.id)}"

    def _bound_unit(self, minor: Decimal) -> Decimal:
        return Decimal(1)

    def bound(self, place: str) -> str:
        return self._of_unit(super().bound(place))

    def row_at(self, volume: str) -> str:
        return self._row(volume, "<=")

    def row_below(self, volume: str) -> str:
        return self._row(volume, "<")

    def _row(self, volume: str, meets: str) -> str:
        """By multiplication: a share of a goal may have no end of digits."""
        begun = (
            f"(SELECT count(*) FROM unnest({self.bounds}) AS b(share) WHERE b.share * goal {meets} {volume})"
        )
        return f"greatest({begun}::int - 1, 0)"

    def _of_unit(self, amount: str) -> str:
        return f"({amount} * goal)"


def _paid_below(bounds: list[Decimal], pays: list[Decimal]) -> list[Decimal]:
    """What everything below each row pays."""
    sums = [Decimal(0)]
    for place in range(1, len(bounds)):
        sums.append(sums[-1] + (bounds[place] - bounds[place - 1]) * pays[place - 1])
    return sums


def volume_source(gate: Gate, number: int) -> str:
    """Every credit that the component pays, with its exact amount and its place in the window."""
    component = gate.component
    assert isinstance(component, VolumeComponent)
    table = TierFragments(gate, component)
    if isinstance(component, TargetComponent):
        table = GoalFragments(gate, component)
    basis, own = gate.value_of(component.basis), gate.value_of(component.measure)
    marginal = component.mode is TierMode.MARGINAL
    amount = (
        _marginal(table, component)
        if marginal
        else Ratio(f"basis_num * ({table.pays})[row_low + 1]", "basis_den")
    )
    shown = f"({table.shown})[row_low + 1]"
    if marginal:
        shown = f"CASE WHEN row_low = row_high THEN {shown} END"
    return _SOURCE.format(
        number=number,
        fits=gate.fits,
        is_earned=gate.is_earned,
        measured=measured_sql(gate),
        own=quotient(own.num, own.den),
        basis_num=basis.num,
        basis_den=basis.den or "1",
        refunded_share="1 - round(m.kept_num::numeric, 20) / m.kept_den",
        to_payout=gate.to_payout,
        window=gate.bind(component.window.value),
        version=gate.version,
        rates=gate.rates,
        kept=gate.kept,
        goal=table.goal,
        goals=table.joins,
        **_whose_volume(component),
        running=running_sql("stream WHERE fits OR measured", total=component.mode is TierMode.RETROACTIVE),
        deciding=_deciding(component.mode),
        low="least(before, after)" if marginal else "deciding",
        high="greatest(before, after)" if marginal else "deciding",
        row_low=table.row_at("low"),
        row_high=f"CASE WHEN own = 0 THEN {table.row_at('low')} ELSE {table.row_below('high')} END"
        if marginal
        else "NULL::int",
        num=amount.num,
        den=amount.den,
        rate="NULL::numeric" if component.pays_amounts else shown,
        unit_amount=shown if component.pays_amounts else "NULL::numeric",
        volume=_volume(table, component),
    )


def _whose_volume(component: VolumeComponent) -> dict[str, str]:
    """The partner's own credits, or with them those of all below it; only its own are paid."""
    if not component.of_group:
        return {"owner": "c.partner_id", "is_own": "TRUE", "place": "c.credit_id", "groups": ""}
    place = (
        "row_number() OVER (PARTITION BY o.owner_id "
        "ORDER BY c.occurred_on, c.source, c.external_id, c.partner_code)"
    )
    return {
        "owner": "o.owner_id",
        "is_own": "o.owner_id = c.partner_id",
        "place": place,
        "groups": _GROUPS,
    }


def _deciding(mode: TierMode) -> str:
    return {
        TierMode.MARGINAL: "before",
        TierMode.RETROACTIVE: "total",
        TierMode.WHOLE_TRANSACTION: (
            "last_value(after) OVER (PARTITION BY partner_id, window_on, source, order_number, lone_line "
            "ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
        ),
    }[mode]


def _marginal(table: TierFragments, component: VolumeComponent) -> Ratio:
    """Each slice pays its own row. Where the basis is not what is measured, it is spread over the slices in
    proportion; a credit that moves nothing takes the row at its place, and one that stays in a row is exact."""
    row_before, row_after = table.row_at("before"), table.row_at("after")
    moved = f"({table.paid_to('after', row_after)} - {table.paid_to('before', row_before)})"
    at_place = f"basis_num * ({table.pays})[row_low + 1]"
    spread = component.basis is not component.measure
    num = f"basis_num * {moved} * sign(own)" if spread else moved
    den = (
        "basis_den * abs(own)" if spread else "1"
    )  # a denominator is positive, or limits would compare the wrong way
    return Ratio(
        f"CASE WHEN own = 0 OR row_low = row_high THEN {at_place} ELSE {num} END",
        f"CASE WHEN own = 0 OR row_low = row_high THEN basis_den ELSE {den} END",
    )


def _volume(table: TierFragments, component: VolumeComponent) -> str:
    marginal = component.mode is TierMode.MARGINAL
    # The row reached: the upper one of a rise, the lower one of a fall.
    reached = "CASE WHEN own > 0 THEN row_high ELSE row_low END" if marginal else "row_low"
    return _VOLUME.format(
        measure=table.gate.bind(component.measure.value),
        mode=table.gate.bind(component.mode.value),
        before=decimal_text("before"),
        after=decimal_text("after"),
        decided=decimal_text("deciding"),
        reached=reached,
        goal=decimal_text("goal"),
        slices=_slices(table, component) if marginal else "",
    )


def _slices(table: TierFragments, component: VolumeComponent) -> str:
    """Most credits lie in one row: of those the slice is all of them."""
    upper = f"coalesce(least(high, {table.bound('t.row + 1')}), high)"
    lower = f"CASE WHEN t.row = row_low + 1 THEN low ELSE {table.bound('t.row')} END"
    pay_name = "unit_amount" if component.pays_amounts else "rate"
    slices = {
        place: _SLICE.format(
            row=place,
            volume=decimal_text(f"sign(own) * ({end} - {start})"),
            pay_name=pay_name,
            pay=decimal_text(f"({table.shown})[{place}]"),
        )
        for place, end, start in (("(row_low + 1)", "high", "low"), ("t.row", upper, lower))
    }
    return _SLICES.format(only=slices["(row_low + 1)"], each=slices["t.row"])
