"""The own profile, papers and place in the public directory, for a partner's people; called by profiles.urls."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from partners.directory.actions import PartnerChangedMeanwhile
from partners.directory.queries import access_own_company
from partners.profiles import actions, fields, queries, terms
from partners.profiles.completeness import completeness_of
from partners.profiles.forms import PREFIX, DocumentForm, ListingForm, ProfileForm
from partners.profiles.presentation import profile_of, said_documents
from prm.files.actions import FileRefused
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, portal_page

FORM = "portal/partners/profiles/form.html"


@portal_page("own_profile.view")
def profile(request: PageRequest) -> HttpResponse:
    company = access_own_company(request.actor)
    content = {
        "partner": company,
        "profile": profile_of(request.actor, company.id),
        "completeness": completeness_of(company.id),
        "documents": said_documents(company.id),
        "listing": queries.find_listing(company.id),
        "may_change": request.actor.can("own_profile.change"),
        "actor_id": request.actor.id,
    }
    return render(request, "portal/partners/profiles/profile.html", content)


@portal_page("own_profile.change", post="own_profile.change")
def profile_edit(request: PageRequest) -> HttpResponse:
    company = access_own_company(request.actor)
    offered = terms.offered_terms(company.id)
    said = fields.values_of(company.id)
    custom = {PREFIX + code: value for code, value in said.items()}
    form = ProfileForm(
        posted(request),
        terms={name: offered[name] for name in terms.OWN_TERM_FIELDS},
        fields=fields.fillable_by(request.actor),
        said=said,
        initial={**terms.codes_of(company.id), **custom, "version": company.version},
    )
    if form.is_valid():
        try:
            actions.write_profile(
                actor=request.actor,
                partner=company,
                told=form.told(),
                version=form.cleaned_data["version"] or 0,
                at=timezone.now(),
            )
        except (PartnerChangedMeanwhile, terms.TermUnknown) as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("portal-profile")
    content = {"form": form, "heading": _("What you are good at"), "nothing_asked": form.is_empty}
    return render(request, FORM, content, status=status_of(form))


@portal_page("own_profile.change", post="own_profile.change")
def document_add(request: PageRequest) -> HttpResponse:
    company = access_own_company(request.actor)
    form = DocumentForm(posted(request), request.FILES or None, own_side=True)
    if form.is_valid():
        sent = form.cleaned_data["attached"]
        try:
            actions.add_document(
                actor=request.actor,
                company=company,
                facts=form.told(),  # type: ignore[arg-type]
                name=sent.name,
                content=sent.read(),
                at=timezone.now(),
            )
        except FileRefused as refusal:
            form.add_error("attached", str(refusal.message))
        else:
            messages.success(request, _("The document was stored."))
            return redirect("portal-profile")
    content = {"form": form, "heading": _("Store a document"), "has_file": True}
    return render(request, FORM, content, status=status_of(form))


@require_POST
@portal_page("own_profile.change", post="own_profile.change")
def document_remove(request: PageRequest, paper_id: UUID) -> HttpResponse:
    document = queries.access_document(request.actor, paper_id)
    try:
        actions.remove_document(actor=request.actor, document=document, at=timezone.now())
    except actions.DocumentNotYours as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The document was removed."))
    return redirect("portal-profile")


@portal_page("own_profile.change", post="own_profile.change")
def listing_edit(request: PageRequest) -> HttpResponse:
    """Stand in the public directory with these words."""
    company = access_own_company(request.actor)
    listing = queries.find_listing(company.id)
    form = ListingForm(posted(request), initial={"about": listing.about if listing else ""})
    if form.is_valid():
        about = form.cleaned_data["about"]
        actions.list_publicly(actor=request.actor, partner=company, about=about, at=timezone.now())
        messages.success(request, _("Customers find you in the public directory now."))
        return redirect("portal-profile")
    content = {
        "form": form,
        "heading": _("Public directory"),
        "lead": _(
            "Anybody sees name, type, country, region, tier, website, specialisations and these words."
        ),
        "save": _("Show us") if listing is None else _("Save"),
    }
    return render(request, FORM, content, status=status_of(form))


@require_POST
@portal_page("own_profile.change", post="own_profile.change")
def listing_end(request: PageRequest) -> HttpResponse:
    company = access_own_company(request.actor)
    actions.unlist(actor=request.actor, partner=company, at=timezone.now())
    messages.success(request, _("You are not in the public directory any more."))
    return redirect("portal-profile")
