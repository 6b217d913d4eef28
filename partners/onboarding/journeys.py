"""First steps of new partners: the plan per type, one partner's journey, what of it is done.

Promise: a journey keeps the plan of its first day; a step is done when data says so; many partners cost as many
questions as one. Called by onboarding decisions and interfaces, and homes above."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from partners.directory.models import Partner
from partners.directory.queries import visible_partners
from partners.onboarding.groups import offered_groups
from partners.onboarding.kinds import StepKind, step_kinds
from partners.onboarding.models import Journey, JourneyPlan
from partners.onboarding.rules import PlannedStep, fault_in_plan, planned, step_state
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

DEFAULT_PLAN: tuple[dict[str, Any], ...] = (
    {"kind": "agreement", "days": 3, "needs": []},
    {"kind": "profile", "days": 7, "needs": []},
    {"kind": "bank", "days": 14, "needs": ["agreement"]},
    {"kind": "team", "days": 14, "needs": []},
    {"kind": "first_course", "days": 30, "needs": ["team"]},
    {"kind": "first_deal", "days": 45, "needs": ["agreement"]},
)


class PlanFaulty(Exception):
    """The plan cannot be followed: `fault` says why."""

    code = "plan_faulty"
    MESSAGES = {  # noqa: RUF012 - never changed
        "repeated": _("A step stands in the plan twice."),
        "unknown": _("There is no such step."),
        "days": _("A step has 0 to 365 days."),
        "order": _("A step can only need one that stands above it."),
    }

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.message = self.MESSAGES[fault]


class PlanChangedMeanwhile(Exception):
    """Somebody else saved this plan after it was opened."""

    code = "version_conflict"
    message = _("Somebody else changed this plan after you opened it.")


class JourneyStands(Exception):
    """The partner has its first steps already."""

    code = "journey_stands"
    message = _("This partner has its first steps already.")


@dataclass(frozen=True)
class ShownStep:
    """One step with its state: "done", "open", "late" or "blocked" by the steps in `needs`."""

    kind: StepKind
    due_on: date
    state: str
    needs: list[StepKind]


@dataclass(frozen=True)
class Progress:
    """A partner's journey as it stands today."""

    journey: Journey
    steps: list[ShownStep]

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def late(self) -> int:
        return sum(step.state == "late" for step in self.steps)

    @property
    def next_step(self) -> ShownStep | None:
        return next((step for step in self.steps if step.state in ("open", "late")), None)


def plan_steps(partner_type: str, group_code: str = "") -> tuple[list[dict[str, Any]], int]:
    """The tenant's plan for a type, or for a group within it, with its version; what is not planned yet is version 0
    and begins with the plan of the type, that with the built-in one as far as rooms offer it."""
    plan = JourneyPlan.objects.filter(partner_type=partner_type, group_code=group_code).first()
    if plan is not None:
        return list(plan.steps), plan.version
    if group_code:
        return plan_steps(partner_type)[0], 0
    known = step_kinds()
    steps = [dict(step) for step in DEFAULT_PLAN if step["kind"] in known]
    for step in steps:
        step["needs"] = [kind for kind in step["needs"] if kind in known]
    return steps, 0


def group_of(partner: Partner, day: date) -> str:
    """Of the groups that have a plan for the partner's type, the first by code that it is in; "" for none."""
    planned_for = JourneyPlan.objects.filter(partner_type=partner.partner_type).exclude(group_code="")
    codes = list(planned_for.order_by("group_code").values_list("group_code", flat=True))
    if not codes:
        return ""
    held = offered_groups().belonging(partner.id, codes, day)
    return next((code for code in codes if code in held), "")


def list_plans() -> list[JourneyPlan]:
    return list(JourneyPlan.objects.order_by("partner_type", "group_code"))


def save_plan(
    *,
    actor: Actor,
    partner_type: str,
    group_code: str = "",
    steps: Sequence[Mapping[str, Any]],
    version: int,
    at: datetime,
) -> JourneyPlan:
    """Replace a plan; partners on their way keep theirs. Raises `PlanFaulty`, `PlanChangedMeanwhile`."""
    fault = fault_in_plan(steps, step_kinds().keys())
    if fault:
        raise PlanFaulty(fault)
    held = JourneyPlan.objects.select_for_update().filter(partner_type=partner_type, group_code=group_code)
    plan = held.first()
    if (plan.version if plan else 0) != version:
        raise PlanChangedMeanwhile
    plan = plan or JourneyPlan(partner_type=partner_type, group_code=group_code, version=0)
    plan.steps, plan.changed_at = [dict(step) for step in steps], at
    plan.version += 1
    plan.save()
    after = {"partner_type": partner_type, "group": group_code, "steps": [step["kind"] for step in steps]}
    record(actor=actor, action="journey.planned", subject=plan, at=at, after=after)
    return plan


def start_journey(*, actor: Actor, partner: Partner, at: datetime) -> Journey:
    """Plan the partner's first steps from today. Raises `JourneyStands`."""
    if Journey.objects.filter(partner=partner).exists():
        raise JourneyStands
    starts_on = at.astimezone(current_tenant().zone).date()
    steps, _version = plan_steps(partner.partner_type, group_of(partner, starts_on))
    told = [
        {"kind": step.kind, "due_on": step.due_on.isoformat(), "needs": list(step.needs)}
        for step in planned(steps, starts_on)
    ]
    journey = Journey.objects.create(partner=partner, starts_on=starts_on, steps=told)
    record(actor=actor, action="journey.started", subject=partner, at=at, after={"starts_on": starts_on})
    emit("journey.started", partner_id=partner.id)
    return journey


def journeys_seen_by(actor: Actor) -> QuerySet[Journey]:
    """Journeys of visible, active partners, with the partner."""
    mine = visible_partners(actor).filter(status="active").values("id")
    return Journey.objects.filter(partner_id__in=mine).select_related("partner")


def journey_of(partner_id: UUID) -> Journey | None:
    return Journey.objects.filter(partner_id=partner_id).first()


def access_journey(partner: Partner) -> Journey:
    """The journey of a partner that was accessed before; 404 where none was started."""
    return get_object_or_404(Journey, partner=partner)


def progress_of(journeys: Collection[Journey], today: date) -> list[Progress]:
    """Each journey with its steps as they stand, one question per kind of step."""
    known = step_kinds()
    ids = [journey.partner_id for journey in journeys]
    used = {step["kind"] for journey in journeys for step in journey.steps} & known.keys()
    done = {code: known[code].done(ids) for code in sorted(used)}
    return [_progress(journey, known, done, today) for journey in journeys]


def _progress(
    journey: Journey, known: Mapping[str, StepKind], done: Mapping[str, Mapping[UUID, bool]], today: date
) -> Progress:
    finished = {code for code, by_partner in done.items() if by_partner.get(journey.partner_id)}
    there = {step["kind"] for step in journey.steps} & known.keys()
    shown = []
    for told in journey.steps:
        if told["kind"] not in known:
            continue  # the room that offered it is gone, or not there yet
        step = PlannedStep(told["kind"], date.fromisoformat(told["due_on"]), tuple(told["needs"]))
        needs = [known[code] for code in step.needs if code in there and code not in finished]
        shown.append(
            ShownStep(known[step.kind], step.due_on, step_state(step, finished, there, today), needs)
        )
    return Progress(journey, shown)


def count_open_steps(actor: Actor, today: date) -> int:
    """How many first steps are left for the actor's own company."""
    journey = journey_of(actor.partner_id) if actor.partner_id else None
    if journey is None:
        return 0
    [progress] = progress_of([journey], today)
    return progress.total - progress.done
