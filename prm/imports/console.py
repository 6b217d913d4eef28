"""Pages of imports: the history, a new file, and one page that walks from columns to the summary.

Called by: prm.imports.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from prm.files.actions import FileEmpty, FileKindRefused, FileTooLarge
from prm.imports import actions, queries
from prm.imports.forms import FileForm, HistoryFilter, MappingForm
from prm.imports.kinds import ImportKind, import_kind, kinds_for
from prm.imports.models import Import, ImportState
from prm.imports.presentation import failed_rows_file, failure_of, refused_row, steps_of, template_file
from prm.imports.reading import FileUnreadable
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

STOP_POLLING = 286
UNPROCESSABLE = 422
ROWS_SHOWN = 25
FILE_FAULTS = {
    "file_without_rows": gettext_lazy("The file has no rows under its header."),
    "too_many_columns": gettext_lazy("The file has more than 200 columns."),
    "too_many_rows": gettext_lazy("The file has more than 200,000 rows; divide it."),
    "encoding_unknown": gettext_lazy("The text is neither UTF-8 nor Windows-1251."),
    "file_damaged": gettext_lazy("The file cannot be read; save it again as CSV or .xlsx."),
    "file_kind_refused": gettext_lazy("Send a CSV or an Excel file (.xlsx)."),
    "file_too_large": gettext_lazy("The file is larger than 20 MB; divide it."),
    "file_empty": gettext_lazy("The file is empty."),
}


@require_safe
@console_page("imports.view")
def import_list(request: PageRequest) -> HttpResponse:
    filters = HistoryFilter(request.GET, kinds=queries.readable_kinds(request.actor))
    given = (
        {name: value for name, value in filters.cleaned_data.items() if value} if filters.is_valid() else {}
    )
    page = page_of(request, queries.list_imports(request.actor).filter(**given), order=("-number",))
    rows = [(batch, import_kind(batch.kind).label) for batch in page.rows]
    may_start = bool(kinds_for(request.actor)) and request.actor.can("imports.change")
    content = {
        "page": page,
        "rows": rows,
        "filters": filters,
        "filtered": bool(given),
        "may_start": may_start,
    }
    return render(request, "console/prm/imports/list.html", content)


@console_page("imports.change", post="imports.change")
def import_create(request: PageRequest) -> HttpResponse:
    kinds = kinds_for(request.actor)
    form = FileForm(
        request.POST or None,
        request.FILES or None,
        kinds=kinds,
        initial={"kind": request.GET.get("kind"), "source": request.GET.get("source") or "file"},
    )
    if request.method == "POST" and form.is_valid():
        batch = _take(request, form)
        if batch is not None:
            return redirect("import-detail", batch.id)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    content = {
        "form": form,
        "kinds": kinds,
        "sources": queries.last_sources(request.actor),
        "has_wall": request.actor.has_portfolio_wall,
    }
    return render(request, "console/prm/imports/create.html", content, status=status)


def _take(request: PageRequest, form: FileForm) -> Import | None:
    upload = form.cleaned_data["file"]
    try:
        return actions.take_file(
            actor=request.actor,
            kind=import_kind(form.cleaned_data["kind"]),
            source=form.cleaned_data["source"],
            name=upload.name,
            content=upload.read(),
            at=timezone.now(),
        )
    except (FileUnreadable, FileTooLarge, FileKindRefused, FileEmpty) as fault:
        form.add_error("file", FILE_FAULTS[fault.code])
        return None


@require_safe
@console_page("imports.view")
def import_template(request: PageRequest, kind: str) -> HttpResponse:
    found = next((known for known in kinds_for(request.actor) if known.key == kind), None)
    if found is None:
        raise Http404
    return _csv(template_file(found, delimiter=_delimiter()), f"{found.key}.csv")


@require_safe
@console_page("imports.view")
def import_detail(request: PageRequest, import_id: UUID) -> HttpResponse:
    batch = queries.access_import(request.actor, import_id)
    return render(request, "console/prm/imports/detail.html", _content(request, batch))


@require_safe
@console_page("imports.view")
def import_progress(request: PageRequest, import_id: UUID) -> HttpResponse:
    """The part that moves; when the work is over the polling ends and the page is shown anew."""
    batch = queries.access_import(request.actor, import_id)
    answer = render(request, "console/prm/imports/_progress.html", {"batch": batch, "job": batch.job})
    if batch.state not in queries.ALIVE:
        answer.status_code = STOP_POLLING
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@console_page("imports.view", post="imports.change")
def import_check(request: PageRequest, import_id: UUID) -> HttpResponse:
    batch = queries.access_import(request.actor, import_id)
    form = _mapping_form(batch, request.POST)
    if not form.is_valid():
        content = {**_content(request, batch), "form": form, "is_mapping": True}
        return render(request, "console/prm/imports/detail.html", content, status=UNPROCESSABLE)
    try:
        actions.start_check(
            actor=request.actor,
            batch=batch,
            mapping=form.mapping,
            decimal=form.cleaned_data["decimal"],
            at=timezone.now(),
        )
    except actions.ImportNotInState as refusal:
        messages.error(request, refusal.message)
    return redirect("import-detail", batch.id)


@console_page("imports.change", post="imports.change")
def import_row(request: PageRequest, import_id: UUID, number: int) -> HttpResponse:
    """One refused row: its form, and what became of it after it was corrected, left out or taken in."""
    batch = queries.access_import(request.actor, import_id)
    kind, partly = import_kind(batch.kind), "HX-Request" in request.headers
    if request.method == "POST":
        try:
            _decide(request, batch, kind, number)
        except actions.ImportNotInState as refusal:
            messages.error(request, refusal.message)
            return HttpResponse(headers={"HX-Refresh": "true"}) if partly else _back_to_rows(batch)
        if not partly:
            return _back_to_rows(batch)
        batch = queries.access_import(request.actor, import_id)
    row = queries.access_row(batch, number)
    content = {
        **_standing(request, batch, kind),
        "row": row,
        "refused": refused_row(kind, batch, row),
        "partly": request.method == "POST",
    }
    return render(request, "console/prm/imports/_row_answer.html", content)


def _decide(request: PageRequest, batch: Import, kind: ImportKind, number: int) -> None:
    """The button says what is done with the row: its cells are written unless it is left out or taken in."""
    actor, at = request.actor, timezone.now()
    match request.POST.get("do"):
        case "leave_out":
            actions.leave_row_out(actor=actor, batch=batch, number=number, at=at)
        case "take_in":
            actions.take_row_in(actor=actor, batch=batch, number=number, at=at)
        case _:
            given = {
                column.key: request.POST[column.key].strip()
                for column in kind.columns
                if column.key in request.POST
            }
            actions.correct_row(actor=actor, batch=batch, number=number, cells=given, at=at)


def _back_to_rows(batch: Import) -> HttpResponse:
    return redirect(reverse("import-detail", args=[batch.id]) + "#rows")


@require_POST
@console_page("imports.view", post="imports.change")
def import_apply(request: PageRequest, import_id: UUID) -> HttpResponse:
    batch = queries.access_import(request.actor, import_id)
    whole = request.POST.get("how") == "whole"
    try:
        actions.start_applying(actor=request.actor, batch=batch, whole=whole, at=timezone.now())
    except (actions.ImportNotInState, actions.RowsHaveErrors, actions.NothingToApply) as refusal:
        messages.error(request, refusal.message)
    return redirect("import-detail", batch.id)


@require_POST
@console_page("imports.view", post="imports.change")
def import_undo(request: PageRequest, import_id: UUID) -> HttpResponse:
    batch = queries.access_import(request.actor, import_id)
    try:
        actions.start_undo(actor=request.actor, batch=batch, at=timezone.now())
    except (actions.ImportNotInState, actions.UndoNotOffered) as refusal:
        messages.error(request, refusal.message)
    return redirect("import-detail", batch.id)


@require_safe
@console_page("imports.view")
def import_errors(request: PageRequest, import_id: UUID) -> HttpResponse:
    batch = queries.access_import(request.actor, import_id)
    content = failed_rows_file(import_kind(batch.kind), batch, delimiter=_delimiter())
    return _csv(content, f"{batch}-errors.csv")


def _standing(request: PageRequest, batch: Import, kind: ImportKind) -> dict[str, Any]:
    """What changes with each row that is decided: how many are good, and what may be done with them."""
    return {
        "batch": batch,
        "may_change": request.actor.can("imports.change"),
        "is_open": batch.state in actions.OPEN,
        "records_url": _records_url(kind, batch),
        "can_undo": kind.undo is not None,
        "apply_label": _apply_label(batch),
    }


def _content(request: PageRequest, batch: Import) -> dict[str, Any]:
    kind = import_kind(batch.kind)
    asks_mapping = batch.state in (ImportState.UPLOADED, ImportState.FAILED)
    is_mapping = asks_mapping or (batch.state == ImportState.CHECKED and request.GET.get("step") == "columns")
    content: dict[str, Any] = {
        **_standing(request, batch, kind),
        "job": batch.job,
        "failure": failure_of(batch),
        "kind": kind,
        "steps": steps_of(batch),
        "alive": batch.state in queries.ALIVE,
        "is_mapping": is_mapping,
        "rows_in_file": batch.options.get("rows", 0),
    }
    if is_mapping:
        content["form"] = _mapping_form(batch)
    elif batch.state in actions.OPEN:
        page = page_of(request, queries.rows_in_error(batch), order=("number",), limit=ROWS_SHOWN)
        content["page"] = page
        content["refused"] = [refused_row(kind, batch, row) for row in page.rows]
        content["left_out"] = [
            refused_row(kind, batch, row) for row in queries.rows_left_out(batch)[:ROWS_SHOWN]
        ]
    return content


def _apply_label(batch: Import) -> str:
    ready = batch.counts.get("created", 0) + batch.counts.get("updated", 0) - batch.counts.get("applied", 0)
    return ngettext("Apply %(n)s good row", "Apply %(n)s good rows", ready) % {"n": ready} if ready else ""


def _mapping_form(batch: Import, data: Any = None) -> MappingForm:
    chosen = {f"column_{key}": header for key, header in batch.mapping.items()}
    return MappingForm(
        data,
        kind=import_kind(batch.kind),
        headers=batch.headers,
        samples=batch.options.get("samples", {}),
        initial={**chosen, "decimal": batch.options.get("decimal", "auto")},
    )


def _records_url(kind: ImportKind, batch: Import) -> str:
    try:
        return f"{reverse(kind.records_url_name)}?import={batch.id}" if kind.records_url_name else ""
    except NoReverseMatch:
        return ""


def _delimiter() -> str:
    """What the reader's spreadsheet takes for a separator."""
    return ";" if (translation.get_language() or "").startswith("ru") else ","


def _csv(content: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
