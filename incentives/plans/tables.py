"""The tables inside components as values: tiers by volume, steps by attainment, levels above (money.md 3).

Promise: rows rise and leave no gap, each pays in exactly one way; called by plans.language alone."""

from decimal import Decimal

from incentives.plans.document import BonusStep, Level, Measure, Step, Tier
from incentives.plans.fields import Fields, as_fields

MAX_TIERS = 50
MAX_LEVELS = 10


def read_tiers(fields: Fields, measure: Measure, currency: str) -> tuple[Tier, ...]:
    rows: list[Tier] = []
    for place, raw in enumerate(fields.elements("tiers", limit=MAX_TIERS)):
        inner = as_fields(raw, f"{fields.at('tiers')}/{place}", fields.faults)
        if inner is not None:
            row = _read_tier(inner, measure, currency)
            _check_tier(inner, row, rows, place)
            rows.append(row)
    return tuple(rows)


def _read_tier(fields: Fields, measure: Measure, currency: str) -> Tier:
    starts_at = fields.decimal("from")
    if measure is not Measure.UNITS:
        fields.check_places("from", currency)
    if fields.has("rate") == fields.has("amount"):
        fields.raw("rate", None)
        fields.raw("amount", None)
        fields.faults.add(fields.pointer, "tier_pay")
        row = Tier(starts_at)
    elif fields.has("rate"):
        row = Tier(starts_at, rate=fields.rate("rate"))
    else:
        row = Tier(starts_at, amount=fields.decimal("amount"))
        if measure is not Measure.UNITS:
            fields.fault("amount", "amount_needs_units")
    fields.refuse_unknown()
    return row


def _check_tier(fields: Fields, row: Tier, before: list[Tier], place: int) -> None:
    if place == 0 and row.starts_at != 0:
        fields.fault("from", "tiers_start")
    if before and row.starts_at <= before[-1].starts_at:
        fields.fault("from", "tiers_order")
    if before and (row.rate is None) != (before[0].rate is None):
        fields.faults.add(fields.pointer, "tiers_mixed")


def read_steps(fields: Fields) -> tuple[Step, ...]:
    """The first carries the base rate, which later ones may multiply."""
    steps: list[Step] = []
    for place, raw in enumerate(fields.elements("steps", limit=MAX_TIERS)):
        inner = as_fields(raw, f"{fields.at('steps')}/{place}", fields.faults)
        if inner is not None:
            step = _read_step(inner, steps[0].rate if steps else None)
            if place == 0 and step.from_attainment != 0:
                inner.fault("from_attainment", "tiers_start")
            if steps and step.from_attainment <= steps[-1].from_attainment:
                inner.fault("from_attainment", "tiers_order")
            steps.append(step)
    return tuple(steps)


def _read_step(fields: Fields, base: Decimal | None) -> Step:
    attainment, rate, multiplier = fields.decimal("from_attainment"), Decimal(0), None
    if fields.has("rate") == fields.has("multiplier"):
        fields.raw("rate", None)
        fields.raw("multiplier", None)
        fields.faults.add(fields.pointer, "step_pay")
    elif fields.has("rate"):
        rate = fields.rate("rate")
    elif base is None:
        fields.raw("multiplier")
        fields.fault("multiplier", "multiplier_of_nothing")
    else:
        multiplier = fields.decimal("multiplier")
        rate = base * multiplier
        if rate > 1:
            fields.fault("multiplier", "rate_above_one")
    fields.refuse_unknown()
    return Step(attainment, rate, multiplier)


def read_bonus_steps(fields: Fields, measure: Measure, currency: str) -> tuple[BonusStep, ...]:
    """All begin at a goal, or all at a share of the target's."""
    steps: list[BonusStep] = []
    by_attainment = starts_by_attainment(fields)
    for place, raw in enumerate(fields.elements("steps", limit=MAX_TIERS)):
        inner = as_fields(raw, f"{fields.at('steps')}/{place}", fields.faults)
        if inner is not None:
            step = _read_bonus_step(inner, measure, currency, by_attainment=by_attainment)
            if steps and step.starts_at <= steps[-1].starts_at:
                inner.fault("from_attainment" if by_attainment else "goal", "tiers_order")
            steps.append(step)
    return tuple(steps)


def starts_by_attainment(fields: Fields) -> bool:
    """Whether the first step of a bonus begins at a share of the target's goal."""
    raw = fields.raw("steps", None)
    return isinstance(raw, list) and bool(raw) and isinstance(raw[0], dict) and "from_attainment" in raw[0]


def _read_bonus_step(fields: Fields, measure: Measure, currency: str, *, by_attainment: bool) -> BonusStep:
    start = "from_attainment" if by_attainment else "goal"
    if fields.has("goal" if by_attainment else "from_attainment"):
        fields.raw("goal" if by_attainment else "from_attainment")
        fields.faults.add(fields.pointer, "bonus_starts_mixed")
    starts_at, prorate = fields.decimal(start), False
    if fields.has(start) and starts_at == 0:
        fields.fault(start, "bonus_of_nothing")
    if not by_attainment:
        prorate = fields.boolean("prorate", default=False)
        if measure is not Measure.UNITS:
            fields.check_places(start, currency)
    if fields.has("rate") == fields.has("amount"):
        fields.raw("rate", None)
        fields.raw("amount", None)
        fields.faults.add(fields.pointer, "tier_pay")
        step = BonusStep(starts_at, prorate=prorate)
    elif fields.has("rate"):
        step = BonusStep(starts_at, rate=fields.rate("rate"), prorate=prorate)
    else:
        step = BonusStep(starts_at, amount_minor=fields.amount_minor("amount", currency), prorate=prorate)
    fields.refuse_unknown()
    return step


def read_levels(fields: Fields) -> tuple[Level, ...]:
    levels: list[Level] = []
    for place, raw in enumerate(fields.elements("levels", limit=MAX_LEVELS)):
        inner = as_fields(raw, f"{fields.at('levels')}/{place}", fields.faults)
        if inner is not None:
            level = Level(inner.integer("up", least=1, most=MAX_LEVELS), inner.rate("rate"))
            if levels and level.up <= levels[-1].up:
                inner.fault("up", "levels_order")
            levels.append(level)
            inner.refuse_unknown()
    return tuple(levels)
