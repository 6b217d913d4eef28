"""Goals of single partners: where a plan has them, what stands, setting one and taking it away.

Promise: a goal names a target of the plan and the first day of one of its windows; each change is audited and makes the
months of its window be calculated anew. Called by: plans.goal_pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incentives.plans.document import Measure, PlanDocument, TargetComponent
from incentives.plans.language import PlanInvalid, parse_document
from incentives.plans.models import PartnerGoal, Plan
from partners.directory.models import Partner
from partners.directory.queries import usable_partners
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.kit.money import exponent_of
from prm.kit.periods import Window, window_of
from prm.outbox.actions import emit
from prm.tenancy.queries import current_tenant

WINDOWS_BACK, WINDOWS_AHEAD = 4, 4


class GoalWindowWrong(Exception):
    """The day is not the first of a window of the target."""

    code = "goal_window_wrong"
    field = "window_on"
    message = _("A goal belongs to a whole window of the plan: write its first day.")


class GoalPlacesWrong(Exception):
    """More decimal places than the currency has."""

    code = "goal_places_wrong"
    field = "amount"
    message = _("The goal has more decimal places than the plan's currency.")


@dataclass(frozen=True)
class Target:
    """A target of a plan, as its newest version that has it says."""

    component_id: str
    title: str
    component: TargetComponent
    currency: str

    def window(self, day: date) -> Window:
        return window_of(day, self.component.window, current_tenant().fiscal_month)

    def windows_around(self, day: date) -> list[Window]:
        """From some that are over to some that are to come, the earliest first."""
        now = self.window(day)
        earlier = list(_walk(self, now, WINDOWS_BACK, back=True))
        return [*reversed(earlier), now, *_walk(self, now, WINDOWS_AHEAD, back=False)]


def _walk(target: Target, window: Window, steps: int, *, back: bool) -> Iterator[Window]:
    for _step in range(steps):
        day = date.fromordinal(window.starts_on.toordinal() - 1) if back else window.ends_on
        window = target.window(day)
        yield window


def targets_of(plan: Plan) -> dict[str, Target]:
    """By component id; drafts count too, so that goals may stand before their version does."""
    found: dict[str, Target] = {}
    for version in plan.versions.order_by("number"):
        document = _document_of(version.document)
        for component in document.components if document else ():
            if isinstance(component, TargetComponent):
                assert document is not None
                title = component.title or component.id
                found[component.id] = Target(component.id, title, component, document.currency)
    return found


def _document_of(raw: object) -> PlanDocument | None:
    try:
        return parse_document(raw)
    except PlanInvalid:
        return None


def list_goals(actor: Actor, plan: Plan) -> QuerySet[PartnerGoal]:
    """What stands, of the partners that the actor may know of: the latest window first."""
    standing = PartnerGoal.objects.filter(plan=plan, amount__isnull=False, partner__in=usable_partners(actor))
    return standing.select_related("partner").order_by(
        "-window_on", "component_id", "partner__name_key", "id"
    )


def set_goal(
    *,
    actor: Actor,
    plan: Plan,
    target: Target,
    partner: Partner,
    window_on: date,
    amount: Decimal | None,
    at: datetime,
) -> tuple[PartnerGoal | None, str]:
    """Set, change or (`amount` None) take away; says "created", "updated" or "unchanged". None: there was nothing to
    take away. Raises `GoalWindowWrong`, `GoalPlacesWrong`."""
    if target.window(window_on).starts_on != window_on:
        raise GoalWindowWrong
    places = 6 if target.component.measure is Measure.UNITS else exponent_of(target.currency)
    if amount is not None and amount != round(amount, places):
        raise GoalPlacesWrong
    key = {"plan": plan, "component_id": target.component_id, "partner": partner, "window_on": window_on}
    standing = PartnerGoal.objects.select_for_update().filter(**key).first()
    before = standing.amount if standing else None
    if before == amount:
        return standing, "unchanged"
    goal = standing or PartnerGoal(**key)
    goal.amount, goal.changed_at = amount, at
    goal.save()
    told = {"partner": partner.code, "component": target.component_id, "window": window_on}
    record(
        actor=actor,
        action="plan.goal_set",
        subject=plan,
        at=at,
        before={**told, "goal": before},
        after={**told, "goal": amount},
    )
    emit("goal.set", plan_id=plan.id, partner_id=partner.id, window_on=window_on.isoformat())
    return goal, "updated" if standing else "created"
