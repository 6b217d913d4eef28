"""Plan pages of the vendor's staff: list, plan, draft designer, publishing, assignments; called by plans.urls."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.plans import actions, queries
from incentives.plans.cap_fields import caps_as_shown
from incentives.plans.component_fields import is_shown_whole
from incentives.plans.component_forms import COMPONENT_FORMS
from incentives.plans.drafts import access_draft, period_of, revision_read, save_draft
from incentives.plans.fields import PlanError
from incentives.plans.forms import AssignmentForm, EndForm, PlanForm, VersionForm
from incentives.plans.language import PlanDocument, PlanInvalid
from incentives.plans.messages import fault_text
from incentives.plans.models import Plan, PlanVersion
from incentives.plans.partner_goals import targets_of
from incentives.plans.publishing import examine
from incentives.plans.sentences import ComponentText, cap_sentences, describe
from prm.tenancy.queries import current_tenant
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for


@console_page("plans.view")
def plan_list(request: PageRequest) -> HttpResponse:
    plans = list(queries.list_plans(request.actor))
    labels = queries.assignment_labels(request.actor, (a for plan in plans for a in plan.assignments.all()))
    content = {"plans": plans, "labels": labels, "may_change": request.actor.can("plans.change")}
    return render(request, "console/incentives/plans/list.html", content)


@console_page("plans.change", post="plans.change")
def plan_create(request: PageRequest) -> HttpResponse:
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.create_plan(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except actions.PlanCodeTaken as taken:
            form.add_error("code", taken.message)
        else:
            return redirect("version-create", plan.id)
    return render(
        request, "console/incentives/plans/plan_form.html", {"form": form}, status=422 if form.errors else 200
    )


@console_page("plans.view")
def plan_detail(request: PageRequest, plan_id: UUID) -> HttpResponse:
    return _plan_page(request, queries.access_plan(request.actor, plan_id))


def _plan_page(request: PageRequest, plan: Plan, wrong: dict[UUID, EndForm] | None = None) -> HttpResponse:
    """`wrong`: the form of the assignment that could not be ended."""
    versions = list(queries.list_versions(plan))
    assignments = list(plan.assignments.order_by("starts_on"))
    labels = queries.assignment_labels(request.actor, assignments)
    content = {
        "plan": plan,
        "versions": versions,
        "has_targets": bool(targets_of(plan)),
        "in_force": queries.version_in_force(plan.id, timezone.localdate()),
        "assignments": assignments,
        "labels": labels,
        "end_forms": {id_: EndForm(assignment_id=id_, label=label) for id_, label in labels.items()}
        | (wrong or {}),
        "form": next(iter(wrong.values()), None) if wrong else None,
        "today": timezone.localdate(),
        "may_change": request.actor.can("plans.change"),
    }
    return render(request, "console/incentives/plans/detail.html", content, status=422 if wrong else 200)


@console_page("plans.change", post="plans.change")
def version_create(request: PageRequest, plan_id: UUID) -> HttpResponse:
    """The next version: begins as a copy of the last one's document and terms."""
    plan = queries.access_plan(request.actor, plan_id)
    last = queries.list_versions(plan).first()
    fixed = queries.fixed_settings(plan)
    form = VersionForm(request.POST or None, fixed=fixed, initial=_version_initial(last))
    if request.method == "POST" and form.is_valid():
        components = last.document.get("components", []) if last else []
        version = actions.draft_version(
            actor=request.actor,
            plan=plan,
            document=form.settings() | {"components": components},
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
            at=timezone.now(),
            terms=actions.Terms(last.terms, last.pays_after_acceptance) if last else actions.NO_TERMS,
        )
        return redirect("version-detail", version.id)
    content = {"form": form, "plan": plan, "version": None}
    return render(
        request, "console/incentives/plans/version_form.html", content, status=422 if form.errors else 200
    )


@console_page("plans.change", post="plans.change")
def version_edit(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = access_draft(request, version_id)
    fixed = queries.fixed_settings(version.plan)
    form = VersionForm(request.POST or None, fixed=fixed, initial=_version_initial(version))
    if request.method == "POST" and form.is_valid():
        document = version.document | form.settings()
        dates = (form.cleaned_data["starts_on"], form.cleaned_data["ends_on"])
        if save_draft(request, version, document, *dates, note=form.cleaned_data["note"]):
            return redirect("version-detail", version.id)
    content = {"form": form, "plan": version.plan, "version": version}
    return render(
        request, "console/incentives/plans/version_form.html", content, status=422 if form.errors else 200
    )


@console_page("plans.view")
def version_detail(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = queries.access_version(request.actor, version_id)
    document, errors = examine(version)
    faults = _faults(version, errors)
    may_change = request.actor.can("plans.change") and version.published_at is None
    content = {
        "version": version,
        "plan": version.plan,
        "document": document,
        "caps": cap_sentences(document) if document else [],
        "components": _components(version, document),
        "faults": faults,
        "kinds": list(COMPONENT_FORMS),
        "may_change": may_change,
        "may_propose": may_change and version.proposed_at is None and not faults,
        "publishing": _publishing(request, version, bool(faults)),
        "panels": panels_for("plan_version", request.actor, version.id),
    }
    return render(request, "console/incentives/plans/version.html", content)


@console_page("plans.publish", post="plans.publish")
def version_publish(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = queries.access_version(request.actor, version_id)
    if request.method == "POST":
        try:
            revision = revision_read(request, version)
            actions.publish_version(
                actor=request.actor, version=version, revision=revision, at=timezone.now()
            )
            messages.success(request, _("Version %(number)s is published.") % {"number": version.number})
        except PlanInvalid:
            messages.error(request, _("The version has faults; they are listed below."))
        except actions.VersionIsPublished:
            messages.info(request, _("This version was published already."))
        except actions.VersionChangedMeanwhile:
            messages.error(
                request,
                _("Somebody saved this draft after you opened it. Read what it says now, then publish it."),
            )
        except actions.EditorCannotPublish as refusal:
            messages.error(request, str(refusal.message))
    return redirect("version-detail", version.id)


@require_POST
@console_page("plans.change", post="plans.change")
def version_propose(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = queries.access_version(request.actor, version_id)
    try:
        actions.propose_version(actor=request.actor, version=version, at=timezone.now())
    except PlanInvalid:
        messages.error(request, _("The version has faults; they are listed below."))
    except actions.VersionIsPublished as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("Those who may publish are told."))
    return redirect("version-detail", version.id)


@console_page("plans.change", post="plans.change")
def assignment_create(request: PageRequest, plan_id: UUID) -> HttpResponse:
    plan = queries.access_plan(request.actor, plan_id)
    form = AssignmentForm(request.POST or None, targets=queries.target_choices())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.assign_plan(
                actor=request.actor,
                plan=plan,
                audience=given["audience"],
                target=form.target,
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                at=timezone.now(),
            )
        except actions.AssignmentOverlaps as clash:
            form.add_error("starts_on", clash.message)
        else:
            return redirect("plan-detail", plan.id)
    content = {"form": form, "plan": plan}
    return render(
        request, "console/incentives/plans/assignment_form.html", content, status=422 if form.errors else 200
    )


@console_page("plans.change", post="plans.change")
def assignment_end(request: PageRequest, assignment_id: UUID) -> HttpResponse:
    assignment = queries.access_assignment(request.actor, assignment_id)
    if request.method != "POST":
        return redirect("plan-detail", assignment.plan_id)
    label = queries.assignment_labels(request.actor, [assignment])[assignment.id]
    form = EndForm(request.POST, assignment_id=assignment.id, label=label)
    if form.is_valid():
        ends_on = form.cleaned_data["ends_on"]
        try:
            actions.end_assignment(
                actor=request.actor, assignment=assignment, ends_on=ends_on, at=timezone.now()
            )
        except actions.AssignmentNotShortened as refusal:
            form.add_error("ends_on", refusal.message)
        else:
            return redirect("plan-detail", assignment.plan_id)
    return _plan_page(request, assignment.plan, {assignment.id: form})


def _version_initial(version: PlanVersion | None) -> dict[str, Any]:
    if version is None:
        currency = current_tenant().currency
        return {
            "currency": currency,
            "payout_currency": currency,
            "starts_on": timezone.localdate().replace(day=1),
        }
    settings = {key: value for key, value in version.document.items() if key != "components"}
    settings.setdefault("payout_currency", settings.get("currency", ""))
    return (
        settings
        | caps_as_shown(settings.pop("caps", []), settings["currency"])
        | {
            "minimum_payout": _number(settings.get("minimum_payout", "0")),
            "starts_on": version.starts_on,
            "ends_on": version.ends_on,
            "note": version.note,
            "revision": version.revision,
        }
    )


def _number(text: Any) -> Any:
    """For a field that writes it as the reader's language does; what a draft holds that is no number stays."""
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return text


def _faults(version: PlanVersion, errors: Sequence[PlanError]) -> list[dict[str, str]]:
    """Each with what it is of and the page that mends it."""
    raw = version.document.get("components", [])
    told = []
    for error in errors:
        match error.pointer.split("/")[1:]:
            case ["components", place, *_rest] if place.isdigit() and isinstance(raw[int(place)], dict):
                of = str(raw[int(place)].get("title") or raw[int(place)].get("id", ""))
                link = reverse("component-edit", args=[version.id, int(place)])
            case _:
                of, link = _("Dates and settings"), reverse("version-edit", args=[version.id])
        told.append({"pointer": error.pointer, "text": fault_text(error), "of": of, "link": link})
    return told


def _components(version: PlanVersion, document: PlanDocument | None) -> list[dict[str, Any]]:
    """Each component in words, with its place where the form can edit it; of a faulty draft only the raw ones."""
    raw = version.document.get("components", [])
    names = queries.value_names()
    texts: list[ComponentText | None] = (
        [describe(c, document, names) for c in document.components] if document else [None] * len(raw)
    )
    return [
        {
            "text": text,
            "raw": written,
            "place": place,
            "editable": is_shown_whole(written, period_of(version)),
        }
        for place, (text, written) in enumerate(zip(texts, raw, strict=True))
    ]


def _publishing(request: PageRequest, version: PlanVersion, faulty: bool) -> dict[str, Any]:
    """Whether this person may publish, and if not, why."""
    if version.published_at is not None:
        return {"state": "published"}
    if faulty:
        return {"state": "faulty"}
    if not request.actor.can("plans.publish"):
        return {"state": "no_right"}
    if request.actor.user_id == version.edited_by_user_id:
        return {"state": "own_edit" if version.edited_by_id else "own_key"}
    return {"state": "ready"}
