"""The form of one component of a draft: add, change, remove, and its conditions while they are typed; called by
plans.urls."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from incentives.plans import queries
from incentives.plans.component_fields import LIMIT_FIELDS, is_shown_whole
from incentives.plans.component_forms import COMPONENT_FORMS, ComponentForm, initial_of
from incentives.plans.condition_rows import posted_tree
from incentives.plans.drafts import access_draft, period_of, save_draft
from incentives.plans.fields import PlanError
from incentives.plans.language import PlanInvalid, parse_document
from incentives.plans.messages import fault_text
from incentives.plans.models import PlanVersion
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for

CONDITIONS = ("where", "measure_where")


@console_page("plans.change", post="plans.change")
def component_create(request: PageRequest, version_id: UUID, kind: str) -> HttpResponse:
    version = access_draft(request, version_id)
    form = _component_form(request, kind, {"window": version.document.get("period")})
    if form.is_bound and form.is_valid():
        components = [*version.document.get("components", []), form.component()]
        if _save_components(request, version, form, components, len(components) - 1):
            return redirect("version-detail", version.id)
    return _component_page(request, version, form)


@console_page("plans.change", post="plans.change")
def component_edit(request: PageRequest, version_id: UUID, place: int) -> HttpResponse:
    """Whatever a component says, it can be removed."""
    version = access_draft(request, version_id)
    components = list(version.document.get("components", []))
    if place >= len(components):
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        kept = components[:place] + components[place + 1 :]
        save_draft(
            request, version, version.document | {"components": kept}, version.starts_on, version.ends_on
        )
        return redirect("version-detail", version.id)
    period = period_of(version)
    if not is_shown_whole(components[place], period):
        raise Http404
    form = _component_form(request, components[place]["type"], initial_of(components[place], period))
    if form.is_bound and form.is_valid():
        components[place] = form.component()
        if _save_components(request, version, form, components, place):
            return redirect("version-detail", version.id)
    return _component_page(request, version, form, place=place)


@require_POST
@console_page("plans.change", post="plans.change")
def component_conditions(request: PageRequest, version_id: UUID) -> HttpResponse:
    """The conditions of a form that is being filled in, after a step or another fact."""
    version = access_draft(request, version_id)
    name = request.POST.get("tree", "where")
    if name not in CONDITIONS:
        raise Http404
    content = {
        "tree": posted_tree(request.POST, name, queries.ConditionChoices()),
        "shape_url": reverse("component-conditions", args=[version.id]),
    }
    answer = render(request, "console/incentives/plans/_conditions.html", content)
    answer["HX-Trigger"] = "conditions-changed"
    return answer


def _save_components(
    request: PageRequest,
    version: PlanVersion,
    form: ComponentForm,
    components: list[dict[str, Any]],
    place: int,
) -> bool:
    """Save when the plan language accepts the component; its faults are shown at the form's fields."""
    document = version.document | {"components": components}
    try:
        parse_document(document)
    except PlanInvalid as refusal:
        mine = [error for error in refusal.errors if error.pointer.startswith(f"/components/{place}")]
        for error in mine:
            _show_fault(form, error)
        if mine:
            return False
    return save_draft(request, version, document, version.starts_on, version.ends_on)


def _show_fault(form: ComponentForm, error: PlanError) -> None:
    parts = error.pointer.split("/")[3:]
    if parts and parts[0] in CONDITIONS:
        form.mark(parts, fault_text(error))
    else:
        form.add_error(_field_of(error.pointer, form), fault_text(error))


def _field_of(pointer: str, form: ComponentForm) -> str | None:
    """The form's field for a pointer such as /components/0/tiers/1/from."""
    parts = pointer.split("/")[3:]
    match parts:
        case ["tiers" | "steps", row, *column]:
            name = f"{'from' if column in (['from'], ['from_attainment'], ['goal']) else 'pays'}_{row}"
            return name if name in form.fields else None
        case ["cap" | "floor", per]:
            return LIMIT_FIELDS[parts[0]].get(per)
    names = {"rate": "percent", "from": "starts_on", "to": "ends_on"}
    found = names.get(parts[0], parts[0]) if parts else ""
    return found if found in form.fields else None


def _component_form(request: PageRequest, kind: str, initial: dict[str, Any]) -> ComponentForm:
    """Bound once it is to be saved; while a step of the conditions is taken, it shows what was typed."""
    if kind not in COMPONENT_FORMS:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    is_step = posted is not None and "step" in posted
    return COMPONENT_FORMS[kind](
        None if is_step else posted,
        initial=initial,
        choices_of=queries.ConditionChoices(),
        typed=posted if is_step else None,
    )


def _component_page(
    request: PageRequest, version: PlanVersion, form: ComponentForm, *, place: int | None = None
) -> HttpResponse:
    content = {
        "form": form,
        "version": version,
        "plan": version.plan,
        "place": place,
        "panels": panels_for("plan_component", request.actor, version.id),
        "shape_url": reverse("component-conditions", args=[version.id]),
    }
    return render(
        request, "console/incentives/plans/component_form.html", content, status=422 if form.errors else 200
    )
