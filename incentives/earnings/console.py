"""Earnings pages of the vendor's staff: entries, explanation, why not, calculations.

Called by: incentives.earnings.urls.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.earnings import actions, entries, queries
from incentives.earnings.forms import CalculationForm
from incentives.earnings.models import CalculationRun, RunState
from incentives.earnings.pages import entry_list_content, explanation_content, outcome_list_content
from incentives.earnings.wording import failure_text, reason_label
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

POLLING_OVER = 286


@console_page("earnings.view")
def entry_list(request: PageRequest) -> HttpResponse:
    return render(request, "console/incentives/earnings/list.html", entry_list_content(request))


@console_page("earnings.view")
def entry_explanation(request: PageRequest, entry_id: UUID) -> HttpResponse:
    content = explanation_content(request.actor, entry_id)
    return render(request, "console/incentives/earnings/explanation.html", content)


@console_page("earnings.view")
def outcome_list(request: PageRequest) -> HttpResponse:
    content = outcome_list_content(request, entries.list_outcomes(request.actor))
    return render(request, "console/incentives/earnings/outcomes.html", content)


@console_page("calculations.view")
def calculation_list(request: PageRequest) -> HttpResponse:
    content = {
        "page": page_of(request, queries.list_runs(request.actor), order=("-number",)),
        "form": CalculationForm(periods=_open_months()),
        "may_start": request.actor.can("calculations.start"),
    }
    return render(request, "console/incentives/earnings/calculations.html", content)


@console_page("calculations.start", post="calculations.start")
def calculation_start(request: PageRequest) -> HttpResponse:
    form = CalculationForm(request.POST or None, periods=_open_months())
    if request.method != "POST":
        return redirect("calculation-list")
    if not form.is_valid():
        messages.error(request, _("Choose an open month."))
        return redirect("calculation-list")
    period_on = date.fromisoformat(form.cleaned_data["period"])
    try:
        run = actions.start_calculation(actor=request.actor, period_on=period_on, at=timezone.now())
    except actions.CALCULATION_REFUSALS as refusal:
        messages.error(request, str(refusal.message))
    else:
        return redirect("calculation-detail", run.id)
    return redirect("calculation-list")


@console_page("calculations.view")
def calculation_detail(request: PageRequest, run_id: UUID) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    content = _run_content(run) | {"may_start": request.actor.can("calculations.start")}
    return render(request, "console/incentives/earnings/calculation.html", content)


@console_page("calculations.view")
def calculation_progress(request: PageRequest, run_id: UUID) -> HttpResponse:
    """The part of the page that refreshes itself; when the run is over the polling ends and the page is shown anew."""
    run = queries.access_run(request.actor, run_id)
    answer = render(request, "console/incentives/earnings/_progress.html", _run_content(run))
    if run.state in (RunState.CALCULATED, RunState.FAILED):
        answer.status_code = POLLING_OVER
        answer["HX-Refresh"] = "true"
    return answer


def _run_content(run: CalculationRun) -> dict[str, Any]:
    reasons = run.funnel.get("reasons", {})
    return {
        "run": run,
        "failure": failure_text(run.failure),
        "progress": queries.progress_of(run.id),
        "going_on": run.state in (RunState.QUEUED, RunState.CALCULATING),
        "looked_at": run.funnel.get("looked_at", 0),
        "earned": run.funnel.get("earned", 0),
        "reasons": sorted(
            ({"code": code, "label": reason_label(code), "count": n} for code, n in reasons.items()),
            key=lambda row: -row["count"],
        ),
        "totals": sorted(run.totals.get("payable", {}).items()),
    }


def _open_months() -> list[date]:
    """Months from the tenant's first to the current one that are not closed, newest first."""
    closed = queries.closed_periods()
    month, last = Period.of(current_tenant().first_period_on), Period.of(timezone.localdate())
    months = []
    while month <= last:
        if month.starts_on not in closed:
            months.append(month.starts_on)
        month = month.plus(1)
    return months[::-1]
