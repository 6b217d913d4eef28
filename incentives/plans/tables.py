"""The tables inside components as values: tiers by volume, steps by attainment, levels above (money.md 3).

Promise: rows rise and leave no gap, each pays in exactly one way; called by plans.language alone."""

from decimal import Decimal

from incentives.plans.document import Level, Measure, Step, Tier
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
