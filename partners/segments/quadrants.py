"""What partners of each quadrant get: the matrix of the resource page.

Promise: no more of the funds and of the leads is given away than there is; one trail line per quadrant that changed.
Called by: segments.console and the demo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partners.segments.models import QuadrantPlan
from partners.segments.rules import QUADRANTS
from prm.accounts.actor import Actor
from prm.audit.actions import record
from prm.tenancy.queries import current_tenant

WHOLE = 100
SHARED_OUT = {
    "funds_percent": _("The shares of funds come to %(sum)s percent together; there are 100."),
    "leads_percent": _("The shares of leads come to %(sum)s percent together; there are 100."),
}
Plans = Mapping[str, Mapping[str, Any]]


class SharesExceed(Exception):
    """More than the whole would be given away; `field` is the share, `quadrant` the one that takes most of it."""

    code = "shares_exceed"

    def __init__(self, field: str, quadrant: str, total: int) -> None:
        super().__init__(self.code)
        self.field, self.quadrant, self.total = field, quadrant, total

    @property
    def message(self) -> str:
        return str(SHARED_OUT[self.field]) % {"sum": self.total}


def plans_by_quadrant() -> dict[str, QuadrantPlan]:
    """The plan of each quadrant, empty where nobody wrote one."""
    held = {plan.quadrant: plan for plan in QuadrantPlan.objects.all()}
    return {code: held.get(code) or QuadrantPlan(quadrant=code) for code in QUADRANTS}


@transaction.atomic
def plan_quadrants(*, actor: Actor, plans: Plans, at: datetime) -> None:
    """Write what is told of each quadrant; what is absent stays. Raises `SharesExceed`."""
    list(QuadrantPlan.objects.select_for_update().order_by("id"))
    held = plans_by_quadrant()
    for field in SHARED_OUT:
        shares = {code: plans.get(code, {}).get(field, getattr(plan, field)) for code, plan in held.items()}
        if sum(shares.values()) > WHOLE:
            raise SharesExceed(field, max(shares, key=lambda code: shares[code]), sum(shares.values()))
    for code, facts in plans.items():
        _write(actor, held[code], facts, at)


def _write(actor: Actor, plan: QuadrantPlan, facts: Mapping[str, Any], at: datetime) -> None:
    before = {name: getattr(plan, name) for name, value in facts.items() if getattr(plan, name) != value}
    if not before:
        return
    for name in before:
        setattr(plan, name, facts[name])
    plan.save()
    after = {"quadrant": plan.quadrant, **{name: facts[name] for name in before}}
    record(
        actor=actor, action="quadrant.planned", subject=current_tenant(), at=at, before=before, after=after
    )
