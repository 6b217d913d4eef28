"""One shard of a run: working tables, targets, differences, outcomes; all in Postgres, in one transaction.

Promise: rows never enter Python; nothing is visible before the shard commits; called by earnings.actions."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from incentives.earnings import sql_caps, sql_credits, sql_entries, sql_floors, sql_outcomes, sql_scope
from incentives.earnings.models import CalculationShard
from incentives.earnings.scope import Scope
from incentives.plans.caps import PLAN_CAPS, limit_name
from incentives.plans.compiler import INVOICED, OF_PAYMENT, CompiledComponent
from incentives.plans.document import BonusComponent, OverrideComponent
from prm.kit.binding import Statement
from prm.kit.failpoints import failpoint

SETTINGS = (
    "SET LOCAL work_mem = '128MB'",
    "SET LOCAL statement_timeout = '300s'",
    "SET LOCAL jit = off",  # compiling costs more than these statements save
    "SET LOCAL default_statistics_target = 10",  # working tables are analysed as often as they are read
)
TABLES = (
    "calc_member", "calc_held", "calc_above", "calc_rule", "calc_calendar", "calc_span", "calc_choice",
    "calc_component", "calc_goal", "calc_split", "calc_credit", "calc_refund", "calc_fate", "calc_kept", "calc_rate",
    "calc_target", "calc_merged", "calc_posted", "calc_unpaid", "calc_decline",
)  # fmt: skip


def calculate_shard(
    shard: CalculationShard, scope: Scope, *, at: datetime, look: Callable[[], None] | None = None
) -> dict[str, int]:
    """Post what the shard's partners should have earned and have not; returns counts for the run's progress.

    `look` is for a trial that is rolled back: it reads the working tables, and outcomes are left as they are."""
    work = _Work({**scope.parameters(), "shard": shard.number, "at": at, "is_trial": look is not None})
    for setting in SETTINGS:
        work.run(setting)
    work.fill("calc_member", sql_scope.MEMBERS)
    work.fill("calc_held", sql_scope.HELD)
    work.fill("calc_above", sql_scope.ABOVE)
    work.fill("calc_rule", sql_scope.RULES)
    work.fill("calc_calendar", sql_scope.CALENDAR)
    work.fill("calc_span", sql_scope.SPANS)
    work.fill("calc_choice", sql_scope.CHOICES)
    work.fill("calc_component", sql_entries.COMPONENTS)
    work.fill("calc_goal", sql_scope.GOALS)
    work.fill("calc_split", sql_credits.SPLITS)
    credits = work.fill("calc_credit", sql_credits.credits_sql(scope.facts, ordered=bool(scope.volumes)))
    refunds = work.fill("calc_refund", sql_credits.REFUNDS)
    work.fill("calc_fate", sql_credits.FATES)
    work.fill("calc_kept", sql_credits.KEPT)
    rates = work.fill("calc_rate", sql_credits.RATES)
    work.run(sql_credits.RESULTS)
    _earn(work, scope, has_refunds=refunds > 0)
    failpoint("calculation.mid_shard")
    posted = work.fill("calc_posted", sql_entries.POSTED)
    facts = scope.facts
    entries = work.run(
        sql_entries.entries_sql(
            asks_invoice=INVOICED in facts,
            asks_payment=facts >= OF_PAYMENT,
            has_posted=posted > 0,
            has_rates=rates > 0,
        )
    )
    outcomes = 0
    if look is None:
        outcomes = _explain(work, scope)
    else:
        look()
    work.run(f"DROP TABLE IF EXISTS {', '.join(TABLES)}")
    return {"credits": credits, "entries": entries, "outcomes": outcomes}


def _earn(work: "_Work", scope: Scope, *, has_refunds: bool) -> None:
    """What partners earn themselves, then what those above them get for it, then what whole windows earn, each within
    the limits of its component; all of it within the caps of its plan."""
    overrides = [c for c in scope.components if isinstance(c.component, OverrideComponent)]
    bonuses = [c for c in scope.components if isinstance(c.component, BonusComponent)]
    _earn_own(
        work, scope, [c for c in scope.components if c not in overrides + bonuses], has_refunds=has_refunds
    )
    for compiled in overrides:
        work.state(compiled.pay)
    if overrides and scope.caps_windows:
        work.run(sql_caps.window_caps(sql_caps.ABOVE))
    if overrides and has_refunds:
        work.run(sql_entries.OVERRIDE_REVERSALS)
    _earn_windows(work, scope, bonuses, has_refunds=has_refunds)
    if scope.caps:
        _cap_plans(work, scope, has_refunds=has_refunds, has_overrides=bool(overrides))


def _earn_windows(
    work: "_Work", scope: Scope, bonuses: Iterable[CompiledComponent], *, has_refunds: bool
) -> None:
    for compiled in bonuses:
        work.state(compiled.pay)
        if has_refunds:
            work.state(compiled.merge)
    if bonuses and scope.caps_windows:
        work.run(sql_caps.window_caps(sql_caps.OF_WINDOWS))
    if scope.floors:
        work.run(sql_floors.TOP_UPS)


def _earn_own(
    work: "_Work", scope: Scope, components: Iterable[CompiledComponent], *, has_refunds: bool
) -> None:
    for compiled in components:
        work.state(compiled.pay)
        if has_refunds:
            work.state(compiled.merge)
    work.run("ANALYZE calc_target")
    if scope.caps_windows:
        work.run(sql_caps.window_caps(sql_caps.OWN))
    if has_refunds:
        work.run(sql_entries.OWN_REVERSALS)


def _cap_plans(work: "_Work", scope: Scope, *, has_refunds: bool, has_overrides: bool) -> None:
    """Overrides have read what refunds leave of commissions; what is paid back is what was paid after these caps."""
    work.run(sql_entries.FORGET_REVERSALS)
    for per, over in PLAN_CAPS:
        if (per, over) in scope.caps:
            limit = limit_name(per, over)
            work.run(sql_caps.plan_caps(per, over, limit, asks_payment=scope.facts >= OF_PAYMENT))
    if has_refunds:
        work.run(sql_entries.OWN_REVERSALS)
    if has_refunds and has_overrides:
        work.run(sql_entries.OVERRIDE_REVERSALS)


def _explain(work: "_Work", scope: Scope) -> int:
    work.fill("calc_unpaid", sql_outcomes.UNPAID)
    asked = work.column(sql_outcomes.VERSIONS_ASKED)
    for compiled in scope.components:
        if compiled.card.version_id in asked:
            work.state(compiled.explain)
    work.run(sql_outcomes.FORGET)
    return work.run(sql_outcomes.OUTCOMES)


class _Work:
    """The statements of one shard, with the parameters they share."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters

    def run(self, text: str, parameters: Mapping[str, Any] | None = None) -> int:
        with connection.cursor() as cursor:
            cursor.execute(text, self._parameters if parameters is None else parameters)
            return int(cursor.rowcount)

    def state(self, statement: Statement | None) -> None:
        """Run what a component says, if it says anything."""
        if statement is not None:
            self.run(statement.text, statement.params)

    def fill(self, table: str, text: str) -> int:
        """Make a working table and let the planner know it; returns its rows."""
        rows = self.run(text)
        self.run(f"ANALYZE {table}")
        return rows

    def column(self, text: str) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(text, self._parameters)
            return {str(value) for (value,) in cursor.fetchall()}
