"""Pages of products and categories for the vendor's staff; called by partners.products.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from partners.products import actions, queries
from partners.products.forms import CategoryForm, ProductFilterForm, ProductForm
from partners.products.models import Product, ProductCategory
from prm.audit.queries import list_records_about
from prm.web.downloads import csv_answer
from prm.web.forms import posted, status_of
from prm.web.history import steps_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

BY_NAME = ("name_key", "id")
FIELD_LABELS = {
    "code": gettext_lazy("Code"),
    "name": pgettext_lazy("record", "Name"),
    "category": gettext_lazy("Category"),
    "earns": gettext_lazy("Earns commission"),
}
VALUE_LABELS = {"earns": {"True": gettext_lazy("yes"), "False": gettext_lazy("no")}}


@console_page("products.view")
def product_list(request: PageRequest) -> HttpResponse:
    filters = _filters(request)
    rows = queries.list_products(filters.as_filter())
    context = {
        "page": page_of(request, rows, order=BY_NAME),
        "filters": filters,
        "chips": filters.chips(),
        "filtered": bool(filters.wanted),
        "may_change": request.actor.can("products.change"),
    }
    return render(request, "console/partners/products/list.html", context)


@console_page("products.view")
def product_export(request: PageRequest) -> HttpResponse:
    rows = queries.list_products(_filters(request).as_filter()).order_by(*BY_NAME)
    header = [_("Code"), pgettext("record", "Name"), _("Category code"), _("Category"), _("Earns commission")]
    lines = (
        [
            row.code,
            row.name,
            row.category.code if row.category else "",
            row.category.name if row.category else "",
            _("yes") if row.earns else _("no"),
        ]
        for row in rows.iterator()
    )
    return csv_answer("products.csv", header, lines)


@console_page("products.view")
def product_detail(request: PageRequest, product_id: UUID) -> HttpResponse:
    product = queries.access_product(product_id)
    context = {
        "product": product,
        "history": steps_of(list_records_about(product.id), FIELD_LABELS, VALUE_LABELS),
        "may_change": request.actor.can("products.change"),
    }
    return render(request, "console/partners/products/detail.html", context)


@console_page("products.change", post="products.change")
def product_create(request: PageRequest) -> HttpResponse:
    form = ProductForm(posted(request), initial={"earns": True})
    if form.is_valid():
        facts: Any = form.facts()
        try:
            product = actions.create_product(actor=request.actor, facts=facts, at=timezone.now())
        except actions.ProductCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": product.name})
            return redirect("product-detail", product.id)
    return _product_form(request, form, None)


@console_page("products.change", post="products.change")
def product_edit(request: PageRequest, product_id: UUID) -> HttpResponse:
    product = queries.access_product(product_id)
    initial = {name: getattr(product, name) for name in (*ProductForm.Meta.fields, "version")}
    form = ProductForm(posted(request), initial=initial)
    if form.is_valid():
        changes: Any = form.facts()
        version = form.cleaned_data["version"] or 0
        try:
            actions.change_product(
                actor=request.actor, product=product, changes=changes, version=version, at=timezone.now()
            )
        except actions.ProductChangedMeanwhile as stale:
            if not form.meet(stale.product):
                return redirect("product-detail", product.id)
        except actions.ProductCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("product-detail", product.id)
    return _product_form(request, form, product)


@console_page("products.view")
def category_list(request: PageRequest) -> HttpResponse:
    context = {
        "categories": queries.list_categories_with_counts(),
        "may_change": request.actor.can("products.change"),
    }
    return render(request, "console/partners/products/categories.html", context)


@console_page("products.change", post="products.change")
def category_create(request: PageRequest) -> HttpResponse:
    form = CategoryForm(posted(request))
    if form.is_valid():
        try:
            actions.create_category(actor=request.actor, at=timezone.now(), **form.facts())
        except actions.CategoryCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("category-list")
    return _category_form(request, form, None)


@console_page("products.change", post="products.change")
def category_edit(request: PageRequest, category_id: UUID) -> HttpResponse:
    category = queries.access_category(category_id)
    form = CategoryForm(posted(request), initial={"code": category.code, "name": category.name})
    if form.is_valid():
        try:
            actions.change_category(actor=request.actor, category=category, at=timezone.now(), **form.facts())
        except actions.CategoryCodeTaken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("category-list")
    return _category_form(request, form, category)


def _filters(request: PageRequest) -> ProductFilterForm:
    return ProductFilterForm(request, categories=list(queries.list_categories().order_by("name", "code")))


def _product_form(request: PageRequest, form: ProductForm, product: Product | None) -> HttpResponse:
    context = {"form": form, "product": product}
    return render(request, "console/partners/products/form.html", context, status=status_of(form))


def _category_form(
    request: PageRequest, form: CategoryForm, category: ProductCategory | None
) -> HttpResponse:
    context = {"form": form, "category": category}
    return render(request, "console/partners/products/category.html", context, status=status_of(form))
