"""Goals of single partners for machines: what stands, and many set or taken away at once.

Called by: plans.urls."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.response import Response

from incentives.plans import partner_goals, queries
from incentives.plans.models import Plan
from incentives.plans.serializers import GoalRead, GoalWrite
from partners.directory.models import Partner
from partners.directory.queries import usable_partners
from prm.accounts.actor import Actor
from prm.api.batches import RowWritten, answer_batch, read_rows, write_rows
from prm.api.lists import answer_list
from prm.api.problems import FieldError, Invalid
from prm.api.requests import ApiRequest
from prm.api.schema import operation
from prm.api.serializers import read_query
from prm.api.views import ApiView


class PlanGoals(ApiView):
    scopes: ClassVar = {"GET": "plans:read"}

    @operation("List goals of single partners", answer=GoalRead, listed=True)
    def get(self, request: ApiRequest, plan_id: UUID) -> Response:
        """The latest window first."""
        read_query(request)
        rows = partner_goals.list_goals(request.actor, queries.access_plan(request.actor, plan_id))
        return answer_list(request, rows, order=("-window_on", "id"), row=GoalRead)


class PlanGoalBatch(ApiView):
    scopes: ClassVar = {"POST": "plans:write"}
    idempotent = True
    bucket = "bulk"

    @operation("Set many goals", body=GoalWrite, batch="goals")
    def post(self, request: ApiRequest, plan_id: UUID) -> Response:
        """`{"mode": "partial", "goals": [...]}` with up to 500 rows. `goal` null takes one away; `window_on` is the
        first day of a month, quarter or year, as the component measures."""
        plan = queries.access_plan(request.actor, plan_id)
        targets = partner_goals.targets_of(plan)

        def write(content: dict[str, Any]) -> RowWritten:
            return _write(request, plan, targets, content)

        rows, mode = read_rows(request, name="goals")
        return answer_batch(write_rows(rows, write, shape=GoalWrite), mode=mode)


def _write(
    request: ApiRequest, plan: Plan, targets: dict[str, partner_goals.Target], content: dict[str, Any]
) -> RowWritten:
    target = targets.get(content["component"])
    if target is None:
        text = _("The plan has no pay by goal with this id.")
        raise Invalid([FieldError("unknown_component", text, "/component")])
    partner = _partner(request.actor, content["partner"])
    goal: Decimal | None = content["goal"]
    try:
        standing, effect = partner_goals.set_goal(
            actor=request.actor, plan=plan, target=target, partner=partner, window_on=content["window_on"],
            amount=goal, at=request.at,
        )  # fmt: skip
    except (partner_goals.GoalWindowWrong, partner_goals.GoalPlacesWrong) as refusal:
        field = "goal" if refusal.field == "amount" else refusal.field
        raise Invalid([FieldError(refusal.code, str(refusal.message), f"/{field}")]) from refusal
    return RowWritten(effect, standing.id if standing else plan.id)


def _partner(actor: Actor, code: str) -> Partner:
    partner = usable_partners(actor).filter(code=code).first()
    if partner is None:
        text = _("There is no partner with the code %(code)s.") % {"code": code}
        raise Invalid([FieldError("unknown_partner", text, "/partner")])
    return partner
