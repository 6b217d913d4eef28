"""Pages of customers for the vendor's staff; called by partners.customers.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from partners.customers import actions, queries
from partners.customers.forms import CustomerFilterForm, CustomerForm
from partners.customers.models import Customer
from prm.audit.queries import list_records_about
from prm.web.downloads import csv_answer
from prm.web.forms import posted, reader_countries, status_of
from prm.web.history import steps_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for

BY_NAME = ("name_key", "id")
FIELD_LABELS = {
    "code": gettext_lazy("Code"),
    "name": pgettext_lazy("record", "Name"),
    "tax_id": gettext_lazy("Tax id"),
    "country": gettext_lazy("Country"),
    "industry": gettext_lazy("Industry"),
    "website": gettext_lazy("Website"),
}


@console_page("customers.view")
def customer_list(request: PageRequest) -> HttpResponse:
    filters = _filters(request)
    rows = queries.list_customers(filters.as_filter())
    context = {
        "page": page_of(request, rows, order=BY_NAME),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_change": request.actor.can("customers.change"),
    }
    return render(request, "console/partners/customers/list.html", context)


@console_page("customers.view")
def customer_export(request: PageRequest) -> HttpResponse:
    rows = queries.list_customers(_filters(request).as_filter()).order_by(*BY_NAME)
    header = [_("Code"), pgettext("record", "Name"), _("Tax id"), _("Country"), _("Industry"), _("Website")]
    lines = (
        [row.code, row.name, row.tax_id, row.country, row.industry, row.website] for row in rows.iterator()
    )
    return csv_answer("customers.csv", header, lines)


@console_page("customers.view")
def customer_detail(request: PageRequest, customer_id: UUID) -> HttpResponse:
    customer = queries.access_customer(customer_id)
    context = {
        "customer": customer,
        "twins": queries.list_twins(customer),
        "history": steps_of(list_records_about(customer.id), FIELD_LABELS, {"country": reader_countries()}),
        "panels": panels_for("customer", request.actor, customer.id),
        "may_change": request.actor.can("customers.change"),
    }
    return render(request, "console/partners/customers/detail.html", context)


@console_page("customers.change", post="customers.change")
def customer_create(request: PageRequest) -> HttpResponse:
    form = CustomerForm(posted(request))
    if form.is_valid():
        facts: Any = form.facts()
        try:
            customer = actions.create_customer(actor=request.actor, facts=facts, at=timezone.now())
        except actions.CustomerCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": customer.name})
            return redirect("customer-detail", customer.id)
    return _customer_form(request, form, None)


@console_page("customers.change", post="customers.change")
def customer_edit(request: PageRequest, customer_id: UUID) -> HttpResponse:
    customer = queries.access_customer(customer_id)
    initial = {name: getattr(customer, name) for name in (*CustomerForm.Meta.fields, "version")}
    form = CustomerForm(posted(request), initial=initial)
    if form.is_valid():
        changes: Any = form.facts()
        version = form.cleaned_data["version"] or 0
        try:
            actions.change_customer(
                actor=request.actor, customer=customer, changes=changes, version=version, at=timezone.now()
            )
        except actions.CustomerChangedMeanwhile as stale:
            if not form.meet(stale.customer):
                return redirect("customer-detail", customer.id)
        except actions.CustomerCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("customer-detail", customer.id)
    return _customer_form(request, form, customer)


def _filters(request: PageRequest) -> CustomerFilterForm:
    return CustomerFilterForm(
        request, countries=queries.list_countries(), industries=queries.list_industries()
    )


def _customer_form(request: PageRequest, form: CustomerForm, customer: Customer | None) -> HttpResponse:
    context = {"form": form, "customer": customer, "industries": queries.list_industries()}
    return render(request, "console/partners/customers/form.html", context, status=status_of(form))
