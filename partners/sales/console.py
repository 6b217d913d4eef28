"""Pages of sales for the vendor's people: the list with its totals, its file, one line with its story, voiding.

Called by: partners.sales.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partners.customers.queries import find_customer
from partners.directory.queries import find_visible_partner, visible_partners
from partners.products.queries import list_categories
from partners.sales import actions, queries
from partners.sales import payment_queries as payments
from partners.sales.forms import SaleFilterForm, VoidForm, filter_of
from partners.sales.presentation import sales_file, story_of
from prm.imports.queries import visible_imports
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page
from prm.web.panels import panels_for

EXPORTED_ROWS = 50_000
UNPROCESSABLE = 422


@require_safe
@console_page("sales.view")
def sale_list(request: PageRequest) -> HttpResponse:
    form, wanted = _filter(request)
    rows = queries.list_sales(request.actor, wanted)
    page, credited = page_of(request, rows, order=queries.ORDER), queries.credited_to(request.actor, wanted)
    content = {
        "page": page,
        "totals": queries.totals_of(rows) if credited is None else queries.credited_totals(rows, credited),
        "credited": {} if credited is None else queries.credited_amounts(page.rows, credited),
        "counts_shares": credited is not None,
        "form": form,
        "chips": form.chips(),
        "filtered": wanted.is_set,
        "import_id": wanted.import_id,
        "import_opens": visible_imports(request.actor, [wanted.import_id]),
        "may_import": request.actor.can("sales.import"),
    }
    return render(request, "console/partners/sales/list.html", content)


@require_safe
@console_page("sales.view")
def sale_export(request: PageRequest) -> HttpResponse:
    """The filter as a file, up to 50,000 lines."""
    _form, wanted = _filter(request)
    rows = list(queries.list_sales(request.actor, wanted).order_by(*queries.ORDER)[: EXPORTED_ROWS + 1])
    if len(rows) > EXPORTED_ROWS:
        messages.error(request, _("More than 50,000 lines: narrow the filter and try again."))
        return redirect(f"{request.path.removesuffix('export.csv')}?{request.GET.urlencode()}")
    delimiter = ";" if (translation.get_language() or "").startswith("ru") else ","
    credited = queries.credited_to(request.actor, wanted)
    shares = None if credited is None else queries.credited_amounts(rows, credited)
    content = sales_file(rows, delimiter=delimiter, credited=shares)
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sales.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@console_page("sales.view")
def sale_detail(request: PageRequest, line_id: UUID) -> HttpResponse:
    return render(request, "console/partners/sales/detail.html", _content(request, line_id, VoidForm()))


@require_POST
@console_page("sales.view", post="sales.void")
def sale_void(request: PageRequest, line_id: UUID) -> HttpResponse:
    form = VoidForm(request.POST)
    if not form.is_valid():
        content = _content(request, line_id, form)
        return render(request, "console/partners/sales/detail.html", content, status=UNPROCESSABLE)
    line = queries.access_line(request.actor, line_id)
    try:
        actions.void_sale(
            actor=request.actor, line=line, reason=form.cleaned_data["reason"], at=timezone.now()
        )
    except actions.SaleVoided as refusal:
        messages.info(request, refusal.message)
    else:
        messages.success(request, _("The line is voided: it counts for nothing from now on."))
    return redirect("sale-detail", line_id)


def _filter(request: PageRequest) -> tuple[SaleFilterForm, queries.SaleFilter]:
    partners = visible_partners(request.actor).order_by("name_key", "id").values_list("id", "name")
    credited, customer = (request.GET.get(name, "") for name in ("credited", "customer"))
    linked = {
        "credited": find_visible_partner(request.actor, credited) if credited else None,
        "customer": find_customer(customer) if customer else None,
    }
    form = SaleFilterForm(
        request.GET,
        partners=partners[:2000],
        categories=list_categories().order_by("name", "code").values_list("code", "name"),
        sources=queries.list_sources(),
        linked=linked,
    )
    return form, filter_of(form, import_id=_uuid(request.GET.get("import")))


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _content(request: PageRequest, line_id: UUID, form: VoidForm) -> dict[str, Any]:
    line = queries.access_line(request.actor, line_id)
    story = story_of(line, queries.list_revisions(line))
    named_deal, split_deal = queries.deals_of(line)
    return {
        "line": line,
        "named_deal": named_deal,
        "split_deal": split_deal,
        "shares": queries.list_shares(line),
        "refunds": queries.list_refunds(line),
        "refunded": queries.find_refunded(line),
        "payments": payments.payments_of(line),
        "paid": payments.paid_part_of(line),
        "story": story,
        "import_opens": visible_imports(request.actor, (chapter.import_id for chapter in story)),
        "panels": panels_for("sale", request.actor, line.id),
        "form": form,
        "may_void": request.actor.can("sales.void") and not line.voided,
    }
