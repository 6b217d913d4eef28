"""Testing a version on history: start, progress, result, exports; called by trials.urls."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.plans.actions import PlanInvalid
from incentives.plans.models import PlanVersion
from incentives.plans.queries import access_version
from incentives.trials import actions, presentation, queries
from incentives.trials.forms import ALL, OWN, BacktestForm
from incentives.trials.models import Backtest, TrialState
from incentives.trials.rules import months_between
from prm.kit.periods import Period
from prm.tenancy.queries import current_tenant
from prm.web.downloads import csv_answer, workbook_answer
from prm.web.forms import posted
from prm.web.pages import PageRequest, console_page

POLLING_OVER = 286


@console_page("backtests.start", post="backtests.start")
def backtest_create(request: PageRequest, version_id: UUID) -> HttpResponse:
    version = access_version(request.actor, version_id)
    if version.published_at is not None:
        messages.info(request, _("A published version is not tested: it is in the books."))
        return redirect("version-detail", version.id)
    form = _form(request, version)
    if form.is_valid():
        try:
            backtest = actions.start_backtest(
                actor=request.actor, version=version, at=timezone.now(), **form.wanted()
            )
        except PlanInvalid:
            messages.error(request, _("The version has faults; they are listed below."))
            return redirect("version-detail", version.id)
        except actions.TrialRefused as refusal:
            form.add_error(getattr(refusal, "field", None), str(refusal.message))
        else:
            return redirect("backtest-detail", backtest.id)
    content = {"form": form, "version": version, "plan": version.plan}
    return render(request, "console/incentives/trials/form.html", content, status=422 if form.errors else 200)


def _form(request: PageRequest, version: PlanVersion) -> BacktestForm:
    today = timezone.localdate()
    months = months_between(current_tenant().first_period_on, today)[::-1]
    first, last = presentation.default_months(version, months)
    own = version.starts_on < Period.of(last).ends_on
    initial = {
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
        "throughout": OWN if own else ALL,
    }
    return BacktestForm(posted(request), months=months, initial=initial)


@console_page("backtests.view")
def backtest_detail(request: PageRequest, backtest_id: UUID) -> HttpResponse:
    backtest = queries.access_backtest(request.actor, backtest_id)
    version = backtest.version
    content: dict[str, Any] = {
        "backtest": backtest,
        "version": version,
        "plan": version.plan,
        **_going(backtest),
    }
    content["may_start"] = version.published_at is None and request.actor.can("backtests.start")
    content["may_cancel"] = content["going_on"] and request.actor.can("jobs.cancel")
    if backtest.state == TrialState.DONE:
        content |= _result(request, backtest)
    return render(request, "console/incentives/trials/backtest.html", content)


@console_page("backtests.view")
def backtest_progress(request: PageRequest, backtest_id: UUID) -> HttpResponse:
    """The part that refreshes itself; when the test is over the page is shown anew."""
    backtest = queries.access_backtest(request.actor, backtest_id)
    answer = render(
        request, "console/incentives/trials/_progress.html", {"backtest": backtest, **_going(backtest)}
    )
    if backtest.state != TrialState.RUNNING:
        answer.status_code = POLLING_OVER
        answer["HX-Refresh"] = "true"
    return answer


def _going(backtest: Backtest) -> dict[str, Any]:
    return {"going_on": backtest.state == TrialState.RUNNING, "job": backtest.job}


def _result(request: PageRequest, backtest: Backtest) -> dict[str, Any]:
    rows = queries.visible_amounts(request.actor, backtest)
    currencies = queries.currencies_of(rows)
    currency = presentation.visible_currency(request.GET.get("currency", ""), currencies, backtest.version)
    chances = queries.visible_chances(request.actor, backtest)
    until = Period.of(backtest.last_on).ends_on
    return {
        **presentation.result_of(backtest, rows, currency, request.GET.get("show", "")),
        "currencies": currencies,
        "chances": presentation.chances_shown(chances[: presentation.CHANCES_SHOWN], backtest.version),
        "edited_since": backtest.revision != backtest.version.revision,
        "moved": queries.has_moved(backtest),
        "unassigned": not queries.is_assigned(backtest.version, backtest.first_on, until),
    }


@console_page("backtests.view")
def backtest_export(request: PageRequest, backtest_id: UUID) -> HttpResponse:
    return csv_answer(*_export(request, backtest_id, "csv"))


@console_page("backtests.view")
def backtest_export_workbook(request: PageRequest, backtest_id: UUID) -> HttpResponse:
    return workbook_answer(*_export(request, backtest_id, "xlsx"))


def _export(request: PageRequest, backtest_id: UUID, kind: str) -> tuple[str, Any, Any]:
    """Every partner and month."""
    backtest = queries.access_backtest(request.actor, backtest_id)
    rows = queries.visible_amounts(request.actor, backtest).order_by("partner__code", "month_on", "currency")
    name = f"{backtest.version.plan.code}-v{backtest.version.number}.{kind}"
    return name, presentation.export_header(), presentation.export_rows(rows)
