"""Pages of the programme's own settings and of partners' first steps, for staff; called by onboarding.urls."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from partners.directory.models import PartnerType
from partners.directory.queries import access_partner
from partners.onboarding import agreements, journeys, queries, setup
from partners.onboarding.groups import offered_groups
from partners.onboarding.kinds import step_kinds
from partners.onboarding.models import Programme, Question
from partners.onboarding.presentation import document_shown
from partners.onboarding.setup_forms import (
    LANGUAGES,
    DocumentForm,
    GroupPlanForm,
    OnBehalfForm,
    PlanForm,
    ProgrammeForm,
    QuestionForm,
)
from partners.onboarding.wording import reader_language
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

VIEW, CHANGE = "applications.view", "onboarding.change"
FOLDER = "console/partners/onboarding/"


@console_page(CHANGE, post=CHANGE)
def programme_edit(request: PageRequest) -> HttpResponse:
    programme = queries.programme()
    form = ProgrammeForm(posted(request), initial=_programme_initial(programme))
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        facts: Any = form.facts()
        try:
            setup.save_programme(actor=request.actor, facts=facts, version=version, at=timezone.now())
        except setup.ProgrammeChangedMeanwhile as stale:
            form.add_error(None, str(stale.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("programme-edit")
    context = {"form": form, "questions": queries.live_questions(), "language": reader_language()}
    return render(request, FOLDER + "programme.html", context, status=status_of(form))


def _programme_initial(programme: Programme) -> dict[str, Any]:
    plain = ("is_open", "shows_tiers", "regions", "specialisations", "reply_days", "reapply_days")
    texts = {
        f"{name}_{language}": getattr(programme, name).get(language, "")
        for name in ("intro", "benefits", "faq")
        for language in LANGUAGES
    }
    return {**{name: getattr(programme, name) for name in plain}, **texts, "version": programme.version}


@console_page(CHANGE, post=CHANGE)
def question_create(request: PageRequest) -> HttpResponse:
    form = QuestionForm(posted(request))
    if form.is_valid():
        setup.add_question(actor=request.actor, facts=form.facts(), at=timezone.now())
        messages.success(request, _("The question was added."))
        return redirect("programme-edit")
    return render(request, FOLDER + "question.html", {"form": form}, status=status_of(form))


@console_page(CHANGE, post=CHANGE)
def question_edit(request: PageRequest, question_id: UUID) -> HttpResponse:
    question = queries.access_question(question_id)
    form = QuestionForm(posted(request), initial=_question_initial(question))
    if form.is_valid():
        setup.change_question(actor=request.actor, question=question, changes=form.facts(), at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("programme-edit")
    context = {"form": form, "question": question}
    return render(request, FOLDER + "question.html", context, status=status_of(form))


def _question_initial(question: Question) -> dict[str, Any]:
    words = {f"words_{language}": question.words.get(language, "") for language in LANGUAGES}
    plain = ("kind", "choices", "required", "position")
    return {**words, **{name: getattr(question, name) for name in plain}}


@console_page(CHANGE, post=CHANGE)
def question_retire(request: PageRequest, question_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    setup.retire_question(
        actor=request.actor, question=queries.access_question(question_id), at=timezone.now()
    )
    messages.success(request, _("The question is asked no more."))
    return redirect("programme-edit")


@console_page(VIEW)
def document_list(request: PageRequest) -> HttpResponse:
    context = {
        "versions": list(queries.list_documents()),
        "today": _today(),
        "may_change": request.actor.can(CHANGE),
    }
    return render(request, FOLDER + "documents.html", context)


@console_page(VIEW)
def document_detail(request: PageRequest, document_id: UUID) -> HttpResponse:
    version = queries.access_document(document_id)
    texts = [document_shown(version, language) for language in LANGUAGES if version.texts.get(language)]
    missing = page_of(request, agreements.list_not_accepted(request.actor, version), order=("name_key", "id"))
    context = {"version": version, "texts": texts, "page": missing}
    return render(request, FOLDER + "document.html", context)


@console_page(CHANGE, post=CHANGE)
def document_publish(request: PageRequest) -> HttpResponse:
    form = DocumentForm(posted(request))
    if form.is_valid():
        told = form.cleaned_data
        try:
            agreements.publish_document(
                actor=request.actor,
                kind=told["kind"],
                texts=form.texts(),
                notice_days=told["notice_days"],
                at=timezone.now(),
            )
        except agreements.TextMissing as refusal:
            form.add_error("text_en", str(refusal.message))
        else:
            messages.success(request, _("The version was published."))
            return redirect("document-list")
    return render(request, FOLDER + "document_form.html", {"form": form}, status=status_of(form))


@console_page("partners.view")
def journey_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, journeys.journeys_seen_by(request.actor), order=("-starts_on", "-id"))
    groups = offered_groups().choices()
    context = {
        "page": page,
        "rows": journeys.progress_of(page.rows, _today()),
        "may_change": request.actor.can(CHANGE),
        "plans": _plans(),
        "group_form": GroupPlanForm(groups=groups, auto_id="plan-%s") if groups else None,
    }
    return render(request, FOLDER + "journeys.html", context)


def _plans() -> list[dict[str, str]]:
    """The plan of each type, and those of groups within it, as links."""
    names = dict(offered_groups().choices())
    of_groups = [(plan.partner_type, plan.group_code) for plan in journeys.list_plans() if plan.group_code]
    return [
        {
            "type": code,
            "group": group,
            "label": f"{label}, {names.get(group, group)}" if group else str(label),
        }
        for code, label in PartnerType.choices
        for group in ["", *(group for of_type, group in of_groups if of_type == code)]
    ]


@console_page("partners.view", post="applications.decide")
def partner_journey(request: PageRequest, partner_id: UUID) -> HttpResponse:
    """One partner's first steps; posting starts them where there are none."""
    partner = access_partner(request.actor, partner_id)
    if request.method == "POST":
        try:
            journeys.start_journey(actor=request.actor, partner=partner, at=timezone.now())
        except journeys.JourneyStands as refusal:
            messages.error(request, str(refusal.message))
        return redirect("partner-journey", partner.id)
    journey = journeys.journey_of(partner.id)
    context = {
        "partner": partner,
        "progress": journeys.progress_of([journey], _today())[0] if journey else None,
        "acceptances": agreements.acceptances_of(partner),
        "open_documents": agreements.open_documents(partner.id, _today()),
        "may_change": request.actor.can("applications.decide"),
    }
    return render(request, FOLDER + "journey.html", context)


@console_page("applications.decide", post="applications.decide")
def accept_on_behalf(request: PageRequest, partner_id: UUID) -> HttpResponse:
    """The vendor has the signed paper: it is written down with the name of who wrote it."""
    partner = access_partner(request.actor, partner_id)
    versions = {str(version.id): version for version in agreements.open_documents(partner.id, _today())}
    choices = [(key, f"{version.get_kind_display()}, {version.number}") for key, version in versions.items()]
    form = OnBehalfForm(posted(request), choices=choices)
    if form.is_valid():
        version = versions[form.cleaned_data["document"]]
        agreements.accept_document(
            actor=request.actor,
            partner=partner,
            version=version,
            language=current_tenant().language,
            at=timezone.now(),
        )
        messages.success(request, _("The acceptance was written down."))
        return redirect("partner-journey", partner.id)
    context = {"form": form, "partner": partner, "has_choices": bool(choices)}
    return render(request, FOLDER + "on_behalf.html", context, status=status_of(form))


@require_safe
@console_page(CHANGE)
def plan_for_group(request: PageRequest) -> HttpResponse:
    """Where the two choices of the list lead."""
    partner_type, group = request.GET.get("type", ""), request.GET.get("group", "")
    if partner_type not in PartnerType.values:
        return redirect("journey-list")
    return redirect(f"{reverse('plan-of-steps', args=[partner_type])}?{urlencode({'group': group})}")


@console_page(CHANGE, post=CHANGE)
def plan_edit(request: PageRequest, partner_type: str) -> HttpResponse:
    """The plan of a type; with `?group=` that of a group within it."""
    groups, group_code = dict(offered_groups().choices()), request.GET.get("group", "")
    if partner_type not in PartnerType.values or (group_code and group_code not in groups):
        raise Http404
    steps, version = journeys.plan_steps(partner_type, group_code)
    form = PlanForm(posted(request), kinds=step_kinds(), steps=steps, initial={"version": version})
    if form.is_valid():
        try:
            journeys.save_plan(
                actor=request.actor,
                partner_type=partner_type,
                group_code=group_code,
                steps=form.steps(),
                version=form.cleaned_data["version"] or 0,
                at=timezone.now(),
            )
        except (journeys.PlanFaulty, journeys.PlanChangedMeanwhile) as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Saved. Partners on their way keep their own steps."))
            return redirect("journey-list")
    label = PartnerType(partner_type).label
    context = {"form": form, "type_label": f"{label}, {groups[group_code]}" if group_code else label}
    return render(request, FOLDER + "plan.html", context, status=status_of(form))


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
