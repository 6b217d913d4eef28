"""Pages of the directory for the vendor's staff; called by partners.directory.urls."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.directory import actions, queries
from partners.directory.contacts import add_contact, change_contact, remove_contact
from partners.directory.extras import list_filters
from partners.directory.family import list_merged
from partners.directory.forms import ContactForm, ManagerForm, MoveForm, PartnerFilterForm, PartnerForm
from partners.directory.intake import ParentUnknown, find_parent
from partners.directory.models import Partner
from partners.directory.presentation import (
    conversation_of,
    file_header,
    file_rows,
    place_in_tree,
    related_pages,
)
from prm.accounts.viewing import PERMISSION as VIEW_AS
from prm.tenancy.queries import current_tenant
from prm.web.downloads import csv_answer, workbook_answer
from prm.web.forms import posted, status_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for

BY_NAME = ("name_key", "id")
CHOICES_OFFERED = 500


@console_page("partners.view")
def partner_list(request: PageRequest) -> HttpResponse:
    filters = _filters(request)
    rows = queries.list_partners(request.actor, filters.as_filter())
    context = {
        "page": page_of(request, rows, order=BY_NAME),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_create": request.actor.can("partners.change"),
        "may_merge": request.actor.can("partners.merge"),
        "has_wall": request.actor.has_portfolio_wall,
    }
    return render(request, "console/partners/directory/list.html", context)


@console_page("partners.view")
def partner_export(request: PageRequest) -> HttpResponse:
    """The list as it is filtered, with profiles; the file can be imported again."""
    header, rows = _exported(request)
    return csv_answer("partners.csv", header, rows)


@console_page("partners.view")
def partner_export_workbook(request: PageRequest) -> HttpResponse:
    header, rows = _exported(request)
    return workbook_answer("partners.xlsx", header, rows)


def _exported(request: PageRequest) -> tuple[list[str], Iterator[list[object]]]:
    rows = queries.list_partners(request.actor, _filters(request).as_filter()).order_by(*BY_NAME)
    return file_header(), file_rows(rows)


@console_page("partners.view")
def partner_detail(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    context = {
        "partner": partner,
        "contacts": queries.list_contacts(partner),
        "team": queries.team_of(partner),
        "may_see_members": request.actor.can("members.view"),
        "standings": queries.list_standings(partner),
        "tree": place_in_tree(request.actor, partner, _today()),
        "merged_partners": list_merged(partner.id),
        "may_merge": request.actor.can("partners.merge"),
        **conversation_of(
            request.actor, partner, kind=request.GET.get("show", ""), before=request.GET.get("before", "")
        ),
        "related": related_pages(request.actor, partner),
        "panels": panels_for("partner", request.actor, partner.id),
        "may_change": request.actor.can("partners.change"),
        "may_assign": request.actor.can("partners.assign"),
        "may_view_as": request.actor.can(VIEW_AS),
    }
    return render(request, "console/partners/directory/detail.html", context)


@console_page("partners.change", post="partners.change")
def partner_create(request: PageRequest) -> HttpResponse:
    form = PartnerForm(posted(request), new=True, initial={"joined_on": _today()})
    if form.is_valid():
        try:
            partner = actions.create_partner(actor=request.actor, facts=_told(form), at=timezone.now())
        except (actions.PartnerCodeTaken, actions.TaxIdInvalid) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": partner.name})
            return redirect("partner-detail", partner.id)
    return _partner_form(request, form, None)


@console_page("partners.change", post="partners.change")
def partner_edit(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    initial = {name: getattr(partner, name) for name in [*PartnerForm.Meta.fields, "version"]}
    form = PartnerForm(posted(request), initial={**initial, "standing_from": _today()})
    if form.is_valid():
        try:
            actions.change_partner(
                actor=request.actor,
                partner=partner,
                changes=_told(form),
                version=form.cleaned_data["version"] or 0,
                standing_from=form.cleaned_data["standing_from"],
                at=timezone.now(),
            )
        except actions.PartnerChangedMeanwhile as stale:
            if not form.meet(stale.partner):
                return redirect("partner-detail", partner.id)
        except (actions.PartnerCodeTaken, actions.TaxIdInvalid) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("partner-detail", partner.id)
    return _partner_form(request, form, partner)


@console_page("partners.change", post="partners.change")
def partner_move(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    form = MoveForm(posted(request), initial={"starts_on": _today()})
    if form.is_valid() and _move(request, partner, form):
        messages.success(request, _("The place in the tree was changed."))
        return redirect("partner-detail", partner.id)
    choices = queries.usable_partners(request.actor).exclude(id=partner.id).order_by(*BY_NAME)
    context = {
        "form": form,
        "partner": partner,
        "choices": choices[:CHOICES_OFFERED],
        "tree": place_in_tree(request.actor, partner, _today()),
    }
    return render(request, "console/partners/directory/move.html", context, status=status_of(form))


def _move(request: PageRequest, partner: Partner, form: MoveForm) -> bool:
    try:
        parent = find_parent(request.actor, form.cleaned_data["parent_code"])
        actions.move_partner(
            actor=request.actor,
            partner=partner,
            parent=parent,
            starts_on=form.cleaned_data["starts_on"],
            at=timezone.now(),
        )
    except (ParentUnknown, actions.PartnerTreeCycle) as refusal:
        form.refuse(refusal)
        return False
    return True


@console_page("partners.assign", post="partners.assign")
def partner_assign(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    managers = queries.list_managers()
    form = ManagerForm(posted(request), managers=managers, initial={"manager": partner.manager_id or ""})
    if form.is_valid():
        chosen = {str(manager.id): manager for manager in managers}.get(form.cleaned_data["manager"])
        actions.assign_manager(actor=request.actor, partner=partner, manager=chosen, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("partner-detail", partner.id)
    context = {"form": form, "partner": partner}
    return render(request, "console/partners/directory/assign.html", context, status=status_of(form))


@console_page("partners.change", post="partners.change")
def contact_create(request: PageRequest, partner_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    form = ContactForm(posted(request))
    if form.is_valid():
        add_contact(actor=request.actor, partner=partner, facts=_told(form), at=timezone.now())
        messages.success(request, _("The contact was added."))
        return redirect("partner-detail", partner.id)
    return _contact_form(request, form, partner)


@console_page("partners.change", post="partners.change")
def contact_edit(request: PageRequest, partner_id: UUID, contact_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    contact = queries.access_contact(partner, contact_id)
    form = ContactForm(
        posted(request), initial={name: getattr(contact, name) for name in ContactForm.Meta.fields}
    )
    if form.is_valid():
        change_contact(actor=request.actor, contact=contact, changes=_told(form), at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("partner-detail", partner.id)
    return _contact_form(request, form, partner, contact=contact)


@console_page("partners.change", post="partners.change")
def contact_remove(request: PageRequest, partner_id: UUID, contact_id: UUID) -> HttpResponse:
    partner = queries.access_partner(request.actor, partner_id)
    contact = queries.access_contact(partner, contact_id)
    if request.method == "POST":
        remove_contact(actor=request.actor, contact=contact, at=timezone.now())
        messages.success(request, _("The contact was removed."))
        return redirect("partner-detail", partner.id)
    context = {"partner": partner, "contact": contact}
    return render(request, "console/partners/directory/contact_remove.html", context)


def _filters(request: PageRequest) -> PartnerFilterForm:
    return PartnerFilterForm(
        request, regions=queries.list_regions(), managers=queries.list_managers(), more=list_filters()
    )


def _partner_form(request: PageRequest, form: PartnerForm, partner: Partner | None) -> HttpResponse:
    context = {
        "form": form,
        "partner": partner,
        "regions": queries.list_regions(),
        "tiers": queries.list_tiers(),
    }
    return render(request, "console/partners/directory/form.html", context, status=status_of(form))


def _contact_form(request: PageRequest, form: ContactForm, partner: Partner, **context: Any) -> HttpResponse:
    context |= {"form": form, "partner": partner}
    return render(request, "console/partners/directory/contact.html", context, status=status_of(form))


def _told(form: Any) -> Any:
    return form.facts()


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
