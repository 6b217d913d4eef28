"""A calculation that is rolled back: the engine's own phases, read before nothing of them remains.

Promise: writes nothing that outlasts `rolled_back`; called by trials.{work,estimates,standings}."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from incentives.earnings.actions import assign_touched
from incentives.earnings.calculation import calculate_shard
from incentives.earnings.models import CalculationRun, CalculationShard
from incentives.earnings.queries import closed_periods
from incentives.earnings.rules import widest_start
from incentives.earnings.scope import Scope, caps_in_use, load_scope, trying, window_kinds_in_use
from incentives.plans.document import CapSpan, TierMode, VolumeComponent
from incentives.plans.goals import measured_unit
from incentives.plans.models import PlanVersion
from incentives.trials import sql_trial
from incentives.trials.rules import Chance, chance_at
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant

Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Amounts:
    """What one partner gets for one month; `old_minor` without the version, `new_minor` with it."""

    partner_id: UUID
    month_on: date
    currency: str
    posted_minor: int
    old_minor: int
    new_minor: int


@dataclass(frozen=True, slots=True)
class PartnerChance:
    partner_id: UUID
    component_id: str
    window_on: date
    volume: Decimal
    chance: Chance


@dataclass(frozen=True)
class Rehearsal:
    """What to try: a version, on the months [first_on, until)."""

    version: PlanVersion
    first_on: date
    until: date
    throughout: bool
    at: datetime
    shard_count: int

    @property
    def tried(self) -> PlanVersion:
        """The version as if it were published now."""
        tried = copy(self.version)
        tried.published_at = self.at
        if self.throughout:
            tried.starts_on, tried.ends_on = self.first_on, None
        return tried


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is taken back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rehearse(trial: Rehearsal, *, report: Report) -> tuple[list[Amounts], list[PartnerChance]]:
    """Calculate all that is due by the plans in force, then with the version among them; `report` hears of each part
    and may stop the work by raising."""
    chances: list[PartnerChance] = []
    with rolled_back():
        with trying(trial.tried):
            old, new = _run(trial), _run(trial)
        _calculate(old, trial, report, look=lambda _scope: None)
        with trying(trial.tried):
            _calculate(new, trial, report, look=lambda scope: chances.extend(_chances(trial, scope)))
        amounts = _amounts(trial, old, new)
    return amounts, chances


def _run(trial: Rehearsal) -> CalculationRun:
    return newest_run(
        trial.first_on, Period.of(trial.until).plus(-1).starts_on, at=trial.at, shard_count=trial.shard_count
    )


def newest_run(first_on: date, last_on: date, *, at: datetime, shard_count: int) -> CalculationRun:
    """A run without a row: of the newest month, so that every fact known today counts, and as far back as amounts
    from `first_on` on depend on each other."""
    tenant = current_tenant()
    newest = CalculationRun.objects.aggregate(on=Max("period_on"))["on"]
    days = [last_on, at.astimezone(tenant.zone).date(), newest or tenant.first_period_on]
    period, closed = max(Period.of(day) for day in days), closed_periods()
    while period.starts_on in closed:
        period = period.plus(1)
    begins = widest_start(first_on, window_kinds_in_use(), tenant.fiscal_month)
    if any(per is CapSpan.LIFE for per, _over in caps_in_use()):
        begins = tenant.first_period_on
    return CalculationRun(
        period_on=period.starts_on,
        recompute_from=max(begins, tenant.first_period_on),
        shard_count=shard_count,
    )


def _calculate(
    run: CalculationRun, trial: Rehearsal, report: Report, *, look: Callable[[Scope], None]
) -> None:
    assign_touched(run, None)
    scope = load_scope(run)
    for number in range(run.shard_count):
        shard = CalculationShard(run=run, number=number)
        calculate_shard(shard, scope, at=trial.at, look=lambda: look(scope))
        report(1)


def _amounts(trial: Rehearsal, old: CalculationRun, new: CalculationRun) -> list[Amounts]:
    rows = read_rows(
        sql_trial.AMOUNTS,
        tenant=old.tenant_id,
        slot=trial.version.plan.slot,
        first_on=trial.first_on,
        until=trial.until,
        old_run=old.id,
        new_run=new.id,
    )
    return [Amounts(*row) for row in rows]


def _chances(trial: Rehearsal, scope: Scope) -> Iterator[PartnerChance]:
    mine = {
        compiled.number: compiled.component
        for compiled in scope.components
        if compiled.card.version_id == str(trial.version.id)
        and isinstance(compiled.component, VolumeComponent)
        and compiled.component.mode is TierMode.RETROACTIVE
    }
    if not mine:
        return
    currency = trial.version.document["currency"]
    rows = read_rows(sql_trial.VOLUMES, components=list(mine), first_on=trial.first_on, until=trial.until)
    for number, partner_id, window_on, volume, row, goal, basis in rows:
        component = mine[number]
        unit = measured_unit(component, currency)
        chance = chance_at(component, row=row, volume=volume, basis=basis, goal=goal, unit=unit)
        if chance is not None:
            yield PartnerChance(partner_id, component.id, window_on, volume / unit, chance)


def read_rows(text: str, **parameters: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
