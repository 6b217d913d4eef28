"""The rules that paid the partner of an entry's sale nothing, each with the first thing that it lacked.

Promise: the rules are those of the version that paid, the facts today's about the sale's day, the reasons those of the
engine; a partner is told of its own credits and its own plan alone. Called by: earnings.entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Sum

from incentives.earnings.models import Entry, LineOutcome
from incentives.earnings.one_credit import OneCredit, read_credit
from incentives.plans import facts as plan_facts
from incentives.plans.document import Component, PlanDocument
from incentives.plans.models import PlanAssignment, PlanVersion
from incentives.plans.payables import Claim
from incentives.plans.selection import PlanChooser
from incentives.plans.unpaid import why_unpaid
from incentives.plans.world import World
from prm.accounts.actor import Actor
from prm.kit.periods import Period

ALL_MET = "all_met"  # nothing that can be asked of one sale is lacking
OUTRANKED = "outranked"  # a plan that is assigned more closely filled the slot


@dataclass(frozen=True)
class Unmatched:
    """A component that paid nothing, or with none a whole plan that did not come to its turn. `reason` is a code of
    `plans.reasons` or of this module."""

    plan_name: str
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    component: Component | None = None
    document: PlanDocument | None = None


def unmatched_rules(
    actor: Actor, entry: Entry, version: PlanVersion, document: PlanDocument
) -> list[Unmatched]:
    """In the order of the document; then what filled other slots with nothing, and for staff the plans that another
    kept out. None where the entry is of a whole window, and for a partner of what others sold."""
    line_id = sale_of(entry)
    credit = read_credit(line_id, entry.credited_partner_id) if line_id else None
    if line_id is None or credit is None:
        return []
    found = [
        *_own_rules(entry, version, document, credit, line_id),
        *_other_slots(entry, version, line_id),
    ]
    return found if actor.is_partner else [*found, *_outranked(version, credit)]


def sale_of(entry: Entry) -> UUID | None:
    """The sale that the entry is of; of a linked refund the one that it takes back."""
    refund = entry.inputs.get("refund")
    return UUID(str(refund["sale_line_id"])) if refund else entry.line_id


def _own_rules(
    entry: Entry, version: PlanVersion, document: PlanDocument, credit: OneCredit, line_id: UUID
) -> list[Unmatched]:
    frozen = plan_facts.Version(str(version.id), version.number, date.min, entry.recorded_at, document)
    plan = plan_facts.Plan(str(version.plan_id), version.plan.code, (frozen,), version.plan.slot)
    until = max(Period.of(entry.period_on), Period.of(credit.day)).ends_on
    world, paying = World(credit.facts(plan), until), _paying(entry, line_id)
    return [
        _unmatched(world, Claim(claimed, plan, frozen), component, version.plan.name)
        for claimed in world.credits[credit.line_id]
        for component in document.components
        if component.id not in paying
    ]


def _unmatched(world: World, claim: Claim, component: Component, plan_name: str) -> Unmatched:
    why = why_unpaid(world, claim, component)
    reason, told = (why.reason, why.facts) if why else (ALL_MET, {})
    return Unmatched(plan_name, reason, told, component, claim.document)


def _paying(entry: Entry, line_id: UUID) -> set[str]:
    """The ids of the components of the plan that have something posted for the sale, as far as the reader may see."""
    rows = Entry.objects.filter(
        line_id=line_id, credited_partner_id=entry.credited_partner_id, plan_id=entry.plan_id
    )
    sums = rows.order_by().values("component_id").annotate(minor=Sum("amount_minor"))
    return {row["component_id"] for row in sums if row["minor"]}


def _other_slots(entry: Entry, version: PlanVersion, line_id: UUID) -> list[Unmatched]:
    """What the last calculation kept of slots in which the sale earned nothing, with the facts that it used."""
    rows = LineOutcome.objects.filter(line_id=line_id, partner_id=entry.credited_partner_id)
    return [
        Unmatched(row.slot, row.reason, row.facts)
        for row in rows.order_by("slot")
        if row.slot != version.plan.slot
    ]


def _outranked(version: PlanVersion, credit: OneCredit) -> list[Unmatched]:
    """Plans of the slot that are for the partner on that day, where one that is assigned more closely rules."""
    day, slot = credit.day, version.plan.slot
    rows = list(
        PlanAssignment.objects.select_related("plan")
        .filter(slot=slot, starts_on__lte=day)
        .exclude(ends_on__lte=day)
        .order_by("plan__code", "id")
    )
    names = {str(row.plan_id): row.plan.name for row in rows}
    plans = [plan_facts.Plan(str(row.plan_id), row.plan.code, (), slot) for row in rows]
    assigned = [
        plan_facts.Assignment(str(row.plan_id), row.audience, row.starts_on, row.target, row.ends_on)
        for row in rows
    ]
    chooser = PlanChooser(plans, assigned)
    ruling = {
        plan.id
        for choice in chooser.choices(credit.partner, day)
        if choice.slot == slot
        for plan in choice.plans
    }
    reaching = dict.fromkeys(item.plan_id for item in chooser.reaching(credit.partner, day))
    by = ", ".join(names[plan_id] for plan_id in names if plan_id in ruling)
    return [
        Unmatched(names[plan_id], OUTRANKED, {"plans": by}) for plan_id in reaching if plan_id not in ruling
    ]
