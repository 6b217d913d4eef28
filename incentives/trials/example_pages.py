"""A live example beside a rule of pay: on the page of a version, and while its form is filled in.

Promise: nothing is saved, whatever was typed. Called by: trials.urls, trials.catalogue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from incentives.plans.component_forms import COMPONENT_FORMS
from incentives.plans.condition_rows import nothing_to_choose
from incentives.plans.document import ComponentType
from incentives.plans.language import PlanInvalid
from incentives.plans.models import PlanVersion
from incentives.plans.queries import access_version
from incentives.trials.examples import Example, example_of
from prm.accounts.actor import Actor
from prm.web import format as formats
from prm.web.pages import PageRequest, console_page
from prm.web.panels import Panel

TEMPLATE = "console/incentives/trials/_example.html"
UNNAMED = "example"  # what a component is called until its id is typed


@require_POST
@console_page("backtests.view", post="backtests.view")
def version_example(request: PageRequest, version_id: UUID) -> HttpResponse:
    """What all components together would pay."""
    return _answer(request, access_version(request.actor, version_id).document)


@require_POST
@console_page("backtests.start", post="backtests.start")
def component_example(request: PageRequest, version_id: UUID, kind: str) -> HttpResponse:
    """What the component would pay as it is typed now."""
    version = access_version(request.actor, version_id)
    if kind not in COMPONENT_FORMS:
        raise Http404
    typed = request.POST.copy()
    typed["id"] = typed.get("id") or UNNAMED
    form = COMPONENT_FORMS[kind](typed, initial={}, choices_of=nothing_to_choose)
    if not form.is_valid():
        return render(request, TEMPLATE, {"unfinished": True})
    component = form.component()
    others = _others(version, typed.get("place", ""), component)
    document = version.document | {"components": [component, *others], "caps": []}
    return _answer(request, document, component["id"])


def _answer(request: PageRequest, document: Mapping[str, Any], component_id: str = "") -> HttpResponse:
    try:
        example = example_of(document, at=timezone.now(), component_id=component_id)
    except PlanInvalid:
        return render(request, TEMPLATE, {"unfinished": True})
    return render(
        request, TEMPLATE, {"example": example, "paid": _spoken(example), "of_one": bool(component_id)}
    )


def _others(version: PlanVersion, place: str, component: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the component pays by: the target of a bonus by attainment; what sellers earn, for a share of it."""
    rest = [
        other
        for at, other in enumerate(version.document.get("components", []))
        if str(at) != place and other.get("id") != component["id"]
    ]
    if component["type"] == ComponentType.BONUS and "from_attainment" in component["steps"][0]:
        return [other for other in rest if other.get("type") == ComponentType.TARGET]
    if component["type"] == ComponentType.OVERRIDE and component.get("basis") == "commission":
        return [
            other for other in rest if other.get("type") not in (ComponentType.OVERRIDE, ComponentType.BONUS)
        ]
    return []


def _spoken(example: Example | None) -> list[dict[str, Any]]:
    return [
        {"paid": one, "rate": formats.percent(Decimal(one.rate)) if one.rate else ""}
        for one in (example.paid if example else ())
    ]


def example_panel(actor: Actor, version_id: UUID) -> Panel | None:
    """A place on the page of a version that fills itself once the page is there; who only looks sees none."""
    return _place(actor, version_id, "console/incentives/trials/_example_panel.html")


def form_panel(actor: Actor, version_id: UUID) -> Panel | None:
    """The same beside the form of a component: it follows what is typed."""
    return _place(actor, version_id, "console/incentives/trials/_example_aside.html")


def _place(actor: Actor, version_id: UUID, template: str) -> Panel | None:
    return None if actor.is_viewing else Panel(_("On a real sale"), template, {"version_id": version_id})
