"""The partner's own company page; called by partners.directory.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.directory import actions, queries
from partners.directory.contacts import add_contact, change_contact, remove_contact
from partners.directory.forms import ContactForm, WebsiteForm
from partners.directory.presentation import conversation_of
from prm.web.forms import posted, status_of
from prm.web.pages import PageRequest, portal_page


@portal_page("company.view")
def company(request: PageRequest) -> HttpResponse:
    partner = queries.access_own_company(request.actor)
    context = {
        "partner": partner,
        "contacts": queries.list_contacts(partner),
        "standings": queries.list_standings(partner),
        **conversation_of(request.actor, partner, before=request.GET.get("before", "")),
        "may_change": request.actor.can("company.change"),
    }
    return render(request, "portal/partners/directory/company.html", context)


@portal_page("company.change", post="company.change")
def company_edit(request: PageRequest) -> HttpResponse:
    partner = queries.access_own_company(request.actor)
    form = WebsiteForm(posted(request), initial={"website": partner.website, "version": partner.version})
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        changes: Any = form.facts()
        try:
            actions.change_partner(
                actor=request.actor, partner=partner, changes=changes, version=version, at=timezone.now()
            )
        except actions.PartnerChangedMeanwhile as stale:
            if not form.meet(stale.partner):
                return redirect("portal-company")
        else:
            messages.success(request, _("Saved."))
            return redirect("portal-company")
    context = {"form": form, "partner": partner}
    return render(request, "portal/partners/directory/website.html", context, status=status_of(form))


@portal_page("company.change", post="company.change")
def company_contact_create(request: PageRequest) -> HttpResponse:
    partner = queries.access_own_company(request.actor)
    form = ContactForm(posted(request))
    if form.is_valid():
        facts: Any = form.facts()
        add_contact(actor=request.actor, partner=partner, facts=facts, at=timezone.now())
        messages.success(request, _("The contact was added."))
        return redirect("portal-company")
    return _contact_form(request, form, None)


@portal_page("company.change", post="company.change")
def company_contact_edit(request: PageRequest, contact_id: UUID) -> HttpResponse:
    contact = queries.access_contact(queries.access_own_company(request.actor), contact_id)
    form = ContactForm(
        posted(request), initial={name: getattr(contact, name) for name in ContactForm.Meta.fields}
    )
    if form.is_valid():
        changes: Any = form.facts()
        change_contact(actor=request.actor, contact=contact, changes=changes, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("portal-company")
    return _contact_form(request, form, contact)


@portal_page("company.change", post="company.change")
def company_contact_remove(request: PageRequest, contact_id: UUID) -> HttpResponse:
    contact = queries.access_contact(queries.access_own_company(request.actor), contact_id)
    if request.method == "POST":
        remove_contact(actor=request.actor, contact=contact, at=timezone.now())
        messages.success(request, _("The contact was removed."))
        return redirect("portal-company")
    return render(request, "portal/partners/directory/contact_remove.html", {"contact": contact})


def _contact_form(request: PageRequest, form: ContactForm, contact: object) -> HttpResponse:
    context = {"form": form, "contact": contact}
    return render(request, "portal/partners/directory/contact.html", context, status=status_of(form))
