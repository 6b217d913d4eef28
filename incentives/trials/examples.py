"""What a rule of pay would make of a real recent sale: calculated by the engine as if it had ruled, then rolled back.

Promises: the newest sale that it pays, else the newest one with the reason; nothing is written. Called by:
trials.example_pages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from incentives.earnings.actions import assign_touched
from incentives.earnings.calculation import calculate_shard
from incentives.earnings.models import CalculationMember, CalculationRun, CalculationShard, Entry
from incentives.earnings.scope import Scope, load_scope, trying
from incentives.earnings.wording import ReasonText, reason_text, window_title
from incentives.plans.language import parse_document
from incentives.plans.models import Audience, Plan, PlanAssignment, PlanVersion
from incentives.plans.queries import value_names
from incentives.plans.reasons import REASONS
from incentives.trials import sql_example
from incentives.trials.estimates import SMALL_SHARDS
from incentives.trials.rehearsal import newest_run, read_rows, rolled_back
from partners.directory.queries import partner_names
from partners.sales.models import SaleLine
from prm.kit.ids import uuid7
from prm.tenancy.queries import current_tenant

RECENT, MOST_PARTNERS = 30, 3


@dataclass(frozen=True, slots=True)
class Paid:
    """What somebody would get from one component; `window`: which one it is for, where not the sale alone;
    `rate`: where one rate says it, without slices of a volume."""

    partner: str
    title: str
    amount_minor: int
    currency: str
    rate: str
    window: str


@dataclass(frozen=True, slots=True)
class Example:
    """`reason`: why nothing is paid, where the engine says it."""

    line: SaleLine
    paid: Sequence[Paid]
    reason: ReasonText | None = None


def example_of(document: Mapping[str, Any], *, at: datetime, component_id: str = "") -> Example | None:
    """Of one component, or of all; None: nobody has sold anything yet. Raises `PlanInvalid`."""
    parse_document(document)
    lines = list(_recent_sales())
    if not lines:
        return None
    with rolled_back():
        return _Rehearsed(document, component_id, lines, at).example()


def _recent_sales() -> QuerySet[SaleLine]:
    sales = SaleLine.objects.filter(kind="sale", voided=False, partner__isnull=False)
    return sales.select_related("partner", "product", "customer").order_by("-occurred_on", "-id")[:RECENT]


class _Rehearsed:
    """A plan of its own slot that everybody has, with this document alone."""

    def __init__(
        self, document: Mapping[str, Any], component_id: str, lines: Sequence[SaleLine], at: datetime
    ) -> None:
        self._component_id, self._lines, self._at = component_id, lines, at
        self._titles = {part["id"]: part.get("title") or part["id"] for part in document["components"]}
        begins = min(current_tenant().first_period_on, lines[-1].occurred_on)
        code = uuid7().hex
        plan = Plan.objects.create(code=code, name=code, slot=code, created_at=at)
        PlanAssignment.objects.create(
            plan=plan, slot=code, audience=Audience.EVERYONE, starts_on=begins, created_at=at
        )
        self._version = PlanVersion(
            plan=plan, number=1, document=dict(document), starts_on=begins, edited_at=at, published_at=at
        )
        self._reasons: dict[UUID, tuple[str, dict[str, Any]]] = {}

    def example(self) -> Example:
        with trying(self._version):
            run = newest_run(
                self._lines[-1].occurred_on, self._lines[0].occurred_on, at=self._at, shard_count=SMALL_SHARDS
            )
            assign_touched(run, None)
            scope, done = load_scope(run), set()
            for partner_id in self._partners():
                number = CalculationMember.objects.values_list("shard_number", flat=True).get(
                    run_id=run.id, partner_id=partner_id
                )
                if number not in done:
                    self._calculate(run, scope, number)
                done.add(number)
                found = self._paid_to(run, partner_id)
                if found is not None:
                    return found
        return Example(self._lines[0], (), self._reason())

    def _partners(self) -> list[UUID]:
        sellers = dict.fromkeys(line.partner_id for line in self._lines if line.partner_id is not None)
        return list(sellers)[:MOST_PARTNERS]

    def _calculate(self, run: CalculationRun, scope: Scope, number: int) -> None:
        shard = CalculationShard(run=run, number=number)
        calculate_shard(shard, scope, at=self._at, look=lambda: self._listen(scope, number))

    def _listen(self, scope: Scope, number: int) -> None:
        """Ask the engine why lines of the shard are paid nothing."""
        with connection.cursor() as cursor:
            cursor.execute(
                sql_example.UNPAID, {**scope.parameters(), "shard": number, "at": self._at, "is_trial": True}
            )
            for compiled in scope.components:
                if compiled.card.version_id == str(self._version.id) and compiled.explain is not None:
                    cursor.execute(compiled.explain.text, compiled.explain.params)
        rows = read_rows(
            sql_example.REASON,
            slot=self._version.plan.slot,
            line=self._lines[0].id,
            reasons=list(REASONS),
        )
        for line_id, reason, facts in rows:
            self._reasons.setdefault(line_id, (reason, json.loads(facts)))

    def _paid_to(self, run: CalculationRun, seller_id: UUID) -> Example | None:
        """The seller's newest sale that is paid, else one of its windows that is."""
        entries = Entry.objects.filter(
            run_id=run.id, plan_id=self._version.plan_id, credited_partner_id=seller_id
        ).exclude(amount_minor=0)
        if self._component_id:
            entries = entries.filter(component_id=self._component_id)
        rows = list(entries.order_by("-occurred_on", "id"))
        of_seller = [line for line in self._lines if line.partner_id == seller_id]
        for line in of_seller:
            mine = [entry for entry in rows if entry.line_id == line.id]
            if mine:
                return Example(line, self._told(mine))
        windows = [entry for entry in rows if entry.line_id is None]
        return Example(of_seller[0], self._told(windows[:1])) if windows else None

    def _told(self, entries: Sequence[Entry]) -> list[Paid]:
        names = partner_names({entry.partner_id for entry in entries})
        return [
            Paid(
                partner=names.get(entry.partner_id, ""),
                title=self._titles[entry.component_id],
                amount_minor=entry.amount_minor,
                currency=entry.currency,
                rate="" if entry.inputs.get("volume") else str(entry.inputs.get("rate") or ""),
                window=window_title(entry.inputs) if entry.line_id is None else "",
            )
            for entry in entries
        ]

    def _reason(self) -> ReasonText | None:
        told = self._reasons.get(self._lines[0].id)
        return reason_text(*told, value_names()) if told else None
