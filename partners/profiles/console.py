"""Profiles for the vendor's staff: a partner's profile and documents, lists of words, custom fields.

Called by: profiles.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.directory.actions import PartnerChangedMeanwhile
from partners.directory.queries import access_partner
from partners.profiles import actions, fields, queries, terms
from partners.profiles.forms import (
    PREFIX,
    DocumentForm,
    FieldForm,
    ProfileForm,
    TermForm,
    option_lines,
)
from partners.profiles.presentation import LIST_LABELS
from prm.files.actions import FileRefused
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

FORM = "console/partners/profiles/form.html"
LONGEST_PLACE = 4


@console_page("profiles.change", post="profiles.change")
def profile_edit(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = access_partner(request.actor, partner_id)
    form = ProfileForm(
        posted(request),
        terms=terms.offered_terms(partner.id),
        fields=fields.fillable_by(request.actor),
        said=fields.values_of(partner.id),
        initial=_initial(partner.id, partner.version),
    )
    if form.is_valid():
        try:
            actions.write_profile(
                actor=request.actor,
                partner=partner,
                told=form.told(),
                version=form.cleaned_data["version"] or 0,
                at=timezone.now(),
            )
        except (PartnerChangedMeanwhile, terms.TermUnknown) as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("partner-detail", partner.id)
    content = {"form": form, "partner": partner, "may_define": request.actor.can("vocabulary.change")}
    return render(request, "console/partners/profiles/profile.html", content, status=status_of(form))


def _initial(partner_id: UUID, version: int) -> dict[str, Any]:
    custom = {PREFIX + code: value for code, value in fields.values_of(partner_id).items()}
    return {**terms.codes_of(partner_id), **custom, "version": version}


@console_page("profiles.change", post="profiles.change")
def document_add(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = access_partner(request.actor, partner_id)
    form = DocumentForm(posted(request), request.FILES or None)
    if form.is_valid():
        sent = form.cleaned_data["attached"]
        try:
            actions.add_document(
                actor=request.actor,
                company=partner,
                facts=form.told(),  # type: ignore[arg-type]
                name=sent.name,
                content=sent.read(),
                at=timezone.now(),
            )
        except FileRefused as refusal:
            form.add_error("attached", str(refusal.message))
        else:
            messages.success(request, _("The document was stored."))
            return redirect("partner-detail", partner.id)
    content = {"form": form, "partner": partner, "heading": _("Store a document"), "has_file": True}
    return render(request, FORM, content, status=status_of(form))


@console_page("profiles.change", post="profiles.change")
def document_remove(request: PageRequest, paper_id: UUID) -> HttpResponse:
    document = queries.access_document(request.actor, paper_id)
    company = document.company
    if request.method == "POST":
        actions.remove_document(actor=request.actor, document=document, at=timezone.now())
        messages.success(request, _("The document was removed."))
        return redirect("partner-detail", company.id)
    content = {
        "partner": company,
        "heading": _("Remove “%(title)s”") % {"title": document.title},
        "lead": _("Nobody will find it any more. That it was here stays in the history."),
        "save": _("Remove"),
        "danger": True,
    }
    return render(request, FORM, content)


@require_POST
@console_page("profiles.change", post="profiles.change")
def unlist(request: PageRequest, partner_id: UUID) -> HttpResponse:
    """Take a partner out of the public directory."""
    partner = access_partner(request.actor, partner_id)
    actions.unlist(actor=request.actor, partner=partner, at=timezone.now())
    messages.success(request, _("The partner is not in the public directory any more."))
    return redirect("partner-detail", partner.id)


@console_page("vocabulary.view")
def term_list(request: PageRequest) -> HttpResponse:
    found = terms.list_terms(retired=True)
    content = {
        "lists": [(terms.TERM_FIELDS[name].value, LIST_LABELS[name], held) for name, held in found.items()],
        "may_change": request.actor.can("vocabulary.change"),
    }
    return render(request, "console/partners/profiles/terms.html", content)


@console_page("vocabulary.view")
def term_detail(request: PageRequest, term_id: UUID) -> HttpResponse:
    """The partners for which a word holds."""
    term = terms.access_term(term_id)
    content = {
        "term": term,
        "page": page_of(request, terms.partners_with(request.actor, term), order=("name_key", "id")),
        "may_change": request.actor.can("vocabulary.change"),
    }
    return render(request, "console/partners/profiles/term.html", content)


@console_page("vocabulary.change", post="vocabulary.change")
def term_create(request: PageRequest) -> HttpResponse:
    form = TermForm(posted(request), initial={"kind": request.GET.get("kind", "")})
    if form.is_valid():
        facts: Any = form.facts()
        try:
            terms.add_term(actor=request.actor, facts=facts, at=timezone.now())
        except terms.TermCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("term-list")
    content = {"form": form, "heading": _("New word"), "back": "term-list", "back_name": _("Lists of words")}
    return render(request, FORM, content, status=status_of(form))


@console_page("vocabulary.change", post="vocabulary.change")
def term_edit(request: PageRequest, term_id: UUID) -> HttpResponse:
    term = terms.access_term(term_id)
    initial = {"label_en": term.label_en, "label_ru": term.label_ru}
    form = TermForm(posted(request), known=True, initial=initial)
    if form.is_valid():
        changes: Any = form.facts()
        terms.rename_term(actor=request.actor, term=term, changes=changes, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("term-list")
    content = {
        "form": form,
        "heading": term.label,
        "lead": f"{term.get_kind_display()} · {term.code}",
        "back": "term-list",
        "back_name": _("Lists of words"),
    }
    return render(request, FORM, content, status=status_of(form))


@require_POST
@console_page("vocabulary.change", post="vocabulary.change")
def term_turn(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Out of use, or back."""
    terms.turn_term(actor=request.actor, term=terms.access_term(term_id), at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("term-list")


@console_page("vocabulary.view")
def field_list(request: PageRequest) -> HttpResponse:
    content = {
        "custom_fields": fields.list_fields(retired=True),
        "may_change": request.actor.can("vocabulary.change"),
    }
    return render(request, "console/partners/profiles/fields.html", content)


@console_page("vocabulary.change", post="vocabulary.change")
def field_create(request: PageRequest) -> HttpResponse:
    form = FieldForm(posted(request), initial={"partner_access": "none"})
    if form.is_valid():
        facts: Any = form.facts()
        try:
            field = fields.define_field(actor=request.actor, facts=facts, at=timezone.now())
        except (fields.FieldCodeTaken, fields.FieldFactsInvalid) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The field “%(name)s” is asked from now on.") % {"name": field.label})
            return redirect("field-list")
    content = {"form": form, "heading": _("New field"), "back": "field-list", "back_name": _("Custom fields")}
    return render(request, FORM, content, status=status_of(form))


@console_page("vocabulary.change", post="vocabulary.change")
def field_edit(request: PageRequest, field_id: UUID) -> HttpResponse:
    field = fields.access_field(field_id)
    names = ["label_en", "label_ru", "is_required", "partner_access"]
    initial = {name: getattr(field, name) for name in names} | {"options_text": option_lines(field)}
    form = FieldForm(posted(request), known=field, initial=initial)
    if form.is_valid():
        changes: Any = form.facts()
        try:
            fields.change_field(actor=request.actor, field=field, changes=changes, at=timezone.now())
        except fields.FieldFactsInvalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("field-list")
    content = {
        "form": form,
        "heading": field.label,
        "lead": f"{field.get_kind_display()} · {field.code}",
        "back": "field-list",
        "back_name": _("Custom fields"),
    }
    return render(request, FORM, content, status=status_of(form))


@require_POST
@console_page("vocabulary.change", post="vocabulary.change")
def field_turn(request: PageRequest, field_id: UUID) -> HttpResponse:
    """Out of use, or back."""
    fields.turn_field(actor=request.actor, field=fields.access_field(field_id), at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("field-list")


@require_POST
@console_page("vocabulary.change", post="vocabulary.change")
def field_move(request: PageRequest, field_id: UUID) -> HttpResponse:
    """To the place that the button names; forms and pages ask in this order."""
    field, told = fields.access_field(field_id), request.POST.get("place", "")
    if told.isascii() and told.isdigit() and len(told) <= LONGEST_PLACE:
        fields.place_field(actor=request.actor, field=field, place=int(told), at=timezone.now())
    return redirect("field-list")
