"""The page of a plan's goals: what stands for which partner, setting one, taking one away.

Called by: plans.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.plans import partner_goals, queries
from incentives.plans.models import PartnerGoal, Plan
from incentives.plans.partner_goals import Target
from incentives.plans.sentences import bound_text
from partners.directory.queries import usable_partners
from prm.web import format as formats
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page


class GoalForm(forms.Form):
    """`place` is a target and one of its windows."""

    field_order = ("partner", "place", "amount")

    amount = forms.DecimalField(
        label=gettext_lazy("Goal"), min_value=0, max_digits=15, decimal_places=6, localize=True,
        help_text=gettext_lazy(
            "In the plan's currency, or in units. It counts as it stands, whenever the partner came."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, partners: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"] = forms.ModelChoiceField(
            label=_("Partner"), queryset=partners, empty_label=_("Choose a partner")
        )
        self.fields["place"] = forms.ChoiceField(label=_("Window"), choices=places)
        self.order_fields(self.field_order)

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount == 0:
            raise forms.ValidationError(_("A goal is more than 0."))
        return amount


@console_page("plans.view", post="plans.change")
def plan_goals(request: PageRequest, plan_id: UUID) -> HttpResponse:
    plan = queries.access_plan(request.actor, plan_id)
    targets = partner_goals.targets_of(plan)
    form = _form(request, targets)
    if request.method == "POST" and form.is_valid() and _set(request, plan, targets, form):
        messages.success(request, _("The goal is set. The months of its window are calculated anew."))
        return redirect("plan-goals", plan.id)
    page = page_of(request, partner_goals.list_goals(request.actor, plan), order=("-window_on", "id"))
    content = {
        "plan": plan,
        "form": form,
        "targets": targets,
        "page": page,
        "rows": [_row(goal, targets) for goal in page.rows],
        "may_change": request.actor.can("plans.change"),
    }
    return render(request, "console/incentives/plans/goals.html", content, status=422 if form.errors else 200)


@console_page("plans.change", post="plans.change")
def plan_goal_remove(request: PageRequest, goal_id: UUID) -> HttpResponse:
    """Asks once more; then everyone's goal counts again, or none."""
    goal = PartnerGoal.objects.select_related("plan", "partner").filter(
        id=goal_id, amount__isnull=False, partner__in=usable_partners(request.actor)
    ).first()  # fmt: skip
    targets = partner_goals.targets_of(goal.plan) if goal else {}
    if goal is None or goal.component_id not in targets:
        raise Http404
    if request.method == "POST":
        partner_goals.set_goal(
            actor=request.actor, plan=goal.plan, target=targets[goal.component_id], partner=goal.partner,
            window_on=goal.window_on, amount=None, at=timezone.now(),
        )  # fmt: skip
        messages.success(request, _("The goal is taken away."))
        return redirect("plan-goals", goal.plan_id)
    content = {"plan": goal.plan, "goal": goal, "row": _row(goal, targets)}
    return render(request, "console/incentives/plans/goal_remove.html", content)


def _form(request: PageRequest, targets: dict[str, Target]) -> GoalForm:
    """The window of today is chosen until somebody chooses another."""
    today = timezone.localdate()
    places = [
        (_place(target, window.starts_on), f"{target.title}: {_window_text(target, window.starts_on)}")
        for target in targets.values()
        for window in target.windows_around(today)
    ]
    first = next(iter(targets.values()), None)
    chosen = {"place": _place(first, first.window(today).starts_on)} if first else {}
    partners = usable_partners(request.actor).order_by("name_key", "id")
    return GoalForm(request.POST or None, partners=partners, places=places, initial=chosen)


def _place(target: Target, window_on: date) -> str:
    return f"{target.component_id} {window_on.isoformat()}"


def _set(request: PageRequest, plan: Plan, targets: dict[str, Target], form: GoalForm) -> bool:
    given = form.cleaned_data
    component_id, window_on = given["place"].split(" ")
    try:
        partner_goals.set_goal(
            actor=request.actor, plan=plan, target=targets[component_id], partner=given["partner"],
            window_on=date.fromisoformat(window_on), amount=given["amount"], at=timezone.now(),
        )  # fmt: skip
    except (partner_goals.GoalWindowWrong, partner_goals.GoalPlacesWrong) as refusal:
        form.add_error("amount" if refusal.field == "amount" else "place", refusal.message)
        return False
    return True


def _row(goal: PartnerGoal, targets: dict[str, Target]) -> dict[str, Any]:
    """A target that no version has any more still shows its goals, as numbers."""
    target = targets.get(goal.component_id)
    assert goal.amount is not None
    if target is None:
        window, amount = formats.day(goal.window_on), formats.quantity(goal.amount)
    else:
        window = _window_text(target, goal.window_on)
        amount = bound_text(goal.amount, target.component.measure, target.currency)
    return {
        "goal": goal,
        "target": target.title if target else goal.component_id,
        "window": window,
        "amount": amount,
        "removable": target is not None,
    }


def _window_text(target: Target, day: date) -> str:
    window = target.window(day)
    return _("%(from)s until before %(to)s") % {
        "from": formats.day(window.starts_on),
        "to": formats.day(window.ends_on),
    }
