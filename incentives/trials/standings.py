"""How far partners are in the running windows: calculated and rolled back, then kept; read by both sides.

Promises: what stands is replaced as a whole, in one transaction; a partner reads its own. Called by: trials.tasks,
trials.{portal,panels}."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, Min

from incentives.earnings.actions import assign_touched
from incentives.earnings.calculation import calculate_shard
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard
from incentives.earnings.queries import touched_since
from incentives.earnings.scope import Scope, load_scope
from incentives.plans.compiler import CompiledComponent, compile_so_far
from incentives.plans.document import (
    BonusComponent,
    Component,
    MeasuredComponent,
    PlanDocument,
    TargetComponent,
    VolumeComponent,
)
from incentives.plans.eligibility import PARTNER_FACTS, barriers_of, pays_on
from incentives.plans.goals import measured_unit
from incentives.plans.language import parse_document
from incentives.plans.predicates import CREDIT_FACTS, FactType
from incentives.trials import sql_trial
from incentives.trials.models import Standing
from incentives.trials.rehearsal import newest_run, read_rows, rolled_back
from incentives.trials.rules import Step, bonus_steps_of, forecast, steps_of
from prm.kit.predicates import FactValue
from prm.tenancy.locks import hold
from prm.tenancy.queries import current_tenant

REFRESH = "incentives.trials.refresh_standings"
SHARDS = 4
Found = Iterator[tuple[CompiledComponent, Standing]]


def refresh_standings(*, at: datetime, everyone: bool = False) -> int:
    """Of the tenant in context: of those whom sales touch since it was done last, where sales alone have changed and
    the day is the same, else or if asked for of everybody; how many were made."""
    hold("standings")
    today = at.astimezone(current_tenant().zone).date()
    found: list[Standing] = []
    with rolled_back():
        run = newest_run(today, today, at=at, shard_count=SHARDS)
        touched = None if everyone else _touched(run, today)
        assign_touched(run, touched)
        looked_at = list(CalculationMember.objects.filter(run_id=run.id).values_list("partner_id", flat=True))
        scope = load_scope(run)
        for number in range(SHARDS):
            shard = CalculationShard(run=run, number=number)
            calculate_shard(shard, scope, at=at, look=lambda: found.extend(_read(scope, today, at)))
    stale = Standing.objects.all() if touched is None else Standing.objects.filter(partner_id__in=looked_at)
    stale.delete()
    Standing.objects.bulk_create(found)
    return len(found)


def _touched(run: CalculationRun, today: date) -> dict[str, Any] | None:
    """None: each row may be another now."""
    kept = Standing.objects.aggregate(made_at=Max("made_at"), as_of=Min("as_of"))
    if kept["made_at"] is None or kept["as_of"] != today:
        return None
    return touched_since(kept["made_at"], run.period_on)


def _read(scope: Scope, today: date, at: datetime) -> list[Standing]:
    found = [*_by_volume(scope, today), *_by_window(scope, today)]
    partners = _partners(today)
    for compiled, standing in found:
        standing.as_of, standing.made_at = today, at
        standing.barriers = barriers_of(_measured(compiled), partners[standing.partner_id])
    return [standing for _compiled, standing in found]


def _partners(today: date) -> dict[UUID, dict[str, FactValue]]:
    """What each partner of the shard is today, by the names of conditions."""
    return {
        partner_id: {
            fact: frozenset(value or ()) if CREDIT_FACTS.type_of(fact) is FactType.TEXTS else value
            for fact, value in zip(PARTNER_FACTS, values, strict=True)
        }
        for partner_id, *values in read_rows(sql_trial.PARTNERS, day=today)
    }


def _by_volume(scope: Scope, today: date) -> Found:
    by_volume = {c.number: c for c in scope.components if isinstance(c.component, VolumeComponent)}
    if not by_volume:
        return
    for number, partner_id, starts_on, ends_on, goal, volume, earned in read_rows(
        sql_trial.STANDINGS, components=list(by_volume), day=today
    ):
        compiled = by_volume[number]
        yield compiled, _standing(compiled, partner_id, starts_on, ends_on, goal, volume, earned)


def _by_window(scope: Scope, today: date) -> Found:
    for compiled in scope.components:
        if isinstance(compiled.component, BonusComponent):
            asked = compile_so_far(compiled, today)
            for *told, bounds in read_rows(asked.text, **asked.params):
                standing = _standing(compiled, *told)
                unit = _unit(compiled)
                standing.bounds = [None if bound is None else str(bound / unit) for bound in bounds]
                yield compiled, standing


def _standing(
    compiled: CompiledComponent,
    partner_id: UUID,
    starts_on: date,
    ends_on: date,
    goal: Decimal | None,
    volume: Decimal,
    earned: int,
) -> Standing:
    unit = _unit(compiled)
    return Standing(
        partner_id=partner_id,
        version_id=compiled.card.version_id,
        component_id=compiled.component.id,
        window_on=starts_on,
        window_ends_on=ends_on,
        volume=volume / unit,
        goal=None if goal is None else goal / unit,
        earned_minor=earned,
    )


def _unit(compiled: CompiledComponent) -> int:
    return measured_unit(_measured(compiled), compiled.card.document.currency)


def _measured(compiled: CompiledComponent) -> MeasuredComponent:
    assert isinstance(compiled.component, MeasuredComponent)
    return compiled.component


@dataclass(frozen=True)
class Goal:
    """A standing with what its plan says of it."""

    standing: Standing
    document: PlanDocument
    component: VolumeComponent | BonusComponent
    steps: Sequence[Step]
    forecast: Decimal | None

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if step.missing > 0), None)

    @property
    def lacks_goal(self) -> bool:
        return _of_goal(self.component) and self.standing.goal is None

    @property
    def in_dates(self) -> bool:
        return pays_on(self.component, self.standing.as_of)

    @property
    def is_kept_out(self) -> bool:
        """Whether nothing that the partner sells now counts."""
        return bool(self.standing.barriers) or not self.in_dates

    @property
    def days_left(self) -> int:
        return (self.standing.window_ends_on - self.standing.as_of).days


def goals_of(partner_id: UUID) -> list[Goal]:
    rows = Standing.objects.filter(partner_id=partner_id).select_related("version__plan")
    return [_goal(row) for row in rows.order_by("version__plan__name", "component_id", "id")]


def _goal(row: Standing) -> Goal:
    document = parse_document(row.version.document)
    component: Component = next(c for c in document.components if c.id == row.component_id)
    assert isinstance(component, VolumeComponent | BonusComponent)
    steps = [] if _of_goal(component) and row.goal is None else _steps(row, component)
    ahead = forecast(row.volume, row.window_on, row.window_ends_on, row.as_of)
    return Goal(row, document, component, steps, ahead)


def _steps(row: Standing, component: VolumeComponent | BonusComponent) -> list[Step]:
    if isinstance(component, BonusComponent):
        return bonus_steps_of(component.steps, volume=row.volume, bounds=row.bounds)
    return steps_of(component.rows, volume=row.volume, goal=row.goal)


def _of_goal(component: VolumeComponent | BonusComponent) -> bool:
    if isinstance(component, BonusComponent):
        return bool(component.of_target)
    return isinstance(component, TargetComponent)
