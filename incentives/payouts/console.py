"""Payout pages of the vendor's staff: runs from preparation to the bank's answers, bank details, statements.

Called by: incentives.payouts.urls.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.ledger.queries import last_closed, list_periods
from incentives.payouts import (
    actions,
    bank_accounts,
    exporting,
    overview,
    queries,
    statement_pages,
)
from incentives.payouts.attempts import attempt, attempt_for_a_reason
from incentives.payouts.calculation import BANK_DETAILS_REST
from incentives.payouts.forms import (
    PaidForm,
    PrepareForm,
    ReasonForm,
    StatementFilterForm,
    TotalForm,
)
from incentives.payouts.models import PayoutRun
from prm.audit.queries import list_records_about
from prm.files.downloads import attachment
from prm.web.history import steps_of as history_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

POLLING_OVER = 286
PAYMENT_LEAD = timedelta(days=3)
ITEM_ORDER = ("partner__name_key", "id")


@console_page("payouts.view")
def payout_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.list_runs(request.actor), order=("-number",))
    content = {
        "page": page,
        "may_prepare": request.actor.can("payouts.prepare"),
        "may_record": request.actor.can("payouts.export"),
        "has_closed_month": last_closed() is not None,
    }
    return render(request, "console/incentives/payouts/list.html", content)


@console_page("payouts.prepare", post="payouts.prepare")
def payout_create(request: PageRequest) -> HttpResponse:
    form = _prepare_form(request)
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.prepare_run(actor=request.actor, at=timezone.now(), **form.wanted)
        except actions.RunAlreadyOpen:
            form.add_error("period", _("There is an open run of this month and currency."))
        except actions.PeriodNotClosed:
            form.add_error("period", _("This month is not closed."))
        else:
            return redirect("payout-detail", run.id)
    content = {"form": form, "periods": form.periods, "currencies": form.currencies}
    return render(
        request, "console/incentives/payouts/form.html", content, status=422 if form.errors else 200
    )


@console_page("payouts.prepare")
def payout_preview(request: PageRequest) -> HttpResponse:
    """What a run with these choices would pay and hold, before it is made."""
    form = _prepare_form(request)
    content: dict[str, Any] = {"valid": form.is_valid()}
    if content["valid"]:
        content |= overview.preview_content(request.actor, form.wanted, timezone.now())
    return render(request, "console/incentives/payouts/_preview.html", content)


def _prepare_form(request: PageRequest) -> PrepareForm:
    closed = list_periods().filter(closed_at__isnull=False).order_by("-starts_on")
    bound = request.POST if request.method == "POST" else request.GET if "period" in request.GET else None
    return PrepareForm(
        bound,
        periods=[period.starts_on for period in closed],
        currencies=queries.payout_currencies(),
        initial={"pays_on": timezone.localdate() + PAYMENT_LEAD},
    )


@console_page("payouts.view")
def payout_detail(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _run_page(request, queries.access_run(request.actor, run_id), ReasonForm())


def _run_page(request: PageRequest, run: PayoutRun, reason_form: ReasonForm) -> HttpResponse:
    show = request.GET.get("show", "")
    page = page_of(request, overview.tables_of(run, show), order=ITEM_ORDER)
    content = overview.run_content(request.actor, run)
    content |= {
        "show": show if show in ("held", "look") else "payable",
        "page": page,
        "rows": overview.with_words(page.rows),
        "total_form": TotalForm(currency=run.currency),
        "reason_form": reason_form,
        "paid_form": PaidForm(),
    }
    status = 422 if reason_form.errors else 200
    return render(request, "console/incentives/payouts/run.html", content, status=status)


@console_page("payouts.view")
def payout_progress(request: PageRequest, run_id: UUID) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    content = {"run": run, "progress": overview.progress_of(run)}
    answer = render(request, "console/incentives/payouts/_progress.html", content)
    if not content["progress"]["is_on"]:  # type: ignore[index]
        answer.status_code = POLLING_OVER
        answer["HX-Refresh"] = "true"
    return answer


@console_page("payouts.view", post="payouts.prepare")
def payout_recalculate(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _step(request, run_id, actions.recalculate_run, _("The run is calculated again."))


@console_page("payouts.view", post="payouts.prepare")
def payout_submit(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_total(request, run_id, actions.submit_run, _("The run waits for approval."))


@console_page("payouts.view", post="payouts.approve", fresh=True)
def payout_approve(request: PageRequest, run_id: UUID) -> HttpResponse:
    approve = partial(actions.approve_run, seen_hash=request.POST.get("content_hash", ""))
    return _with_total(request, run_id, approve, _("Your approval is recorded."))


@console_page("payouts.view", post="payouts.export", fresh=True)
def payout_export(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _step(request, run_id, exporting.start_export, _("The payment file is being written."))


@console_page("payouts.export", fresh=True)  # it holds whole account numbers
def payout_file(request: PageRequest, run_id: UUID) -> Any:
    run = queries.access_run(request.actor, run_id)
    return attachment(exporting.open_payment_file(actor=request.actor, run=run, at=timezone.now()))


@console_page("payouts.view", post="payouts.approve")
def payout_reject(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, actions.reject_run, _("The run is back with its preparer."))


@console_page("payouts.view", post="payouts.prepare")
def payout_cancel(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, actions.cancel_run, _("The run is cancelled; nothing was paid."))


@console_page("bank.view")
def bank_list(request: PageRequest) -> HttpResponse:
    """Proposed details first, for they wait; then those that count."""
    show = "counting" if request.GET.get("show") == "counting" else "waiting"
    rows = queries.list_accounts(request.actor).filter(confirmed_at__isnull=show == "waiting")
    content = {
        "page": page_of(request, rows, order=("-proposed_at", "-id")),
        "show": show,
        "waiting": queries.count_accounts_to_confirm(request.actor),
        "now": timezone.now(),
    }
    return render(request, "console/incentives/payouts/bank.html", content)


@console_page("bank.view", post="bank.confirm", fresh=True)
def bank_detail(request: PageRequest, account_id: UUID) -> HttpResponse:
    """One version of a partner's details. Posting shows the whole number once, to compare it with the letter."""
    return _bank_page(request, account_id, reveal=request.method == "POST")


@console_page("bank.view", post="bank.confirm", fresh=True)
def bank_confirm(request: PageRequest, account_id: UUID) -> HttpResponse:
    account = queries.access_account(request.actor, account_id)
    if request.method == "POST":
        try:
            bank_accounts.confirm_account(actor=request.actor, account=account, at=timezone.now())
            messages.success(request, _("Confirmed. The details count 72 hours from now."))
        except bank_accounts.ProposerCannotConfirm:
            messages.error(request, _("You proposed these details, so another person has to confirm them."))
        except bank_accounts.AccountNotWaiting:
            messages.info(request, _("These details were confirmed or replaced already."))
    return redirect("bank-list")


@console_page("bank.view", post="bank.confirm")
def bank_decline(request: PageRequest, account_id: UUID) -> HttpResponse:
    account = queries.access_account(request.actor, account_id)
    form = ReasonForm(request.POST or None)
    if request.method != "POST":
        return redirect("bank-detail", account_id)
    if not form.is_valid():
        return _bank_page(request, account_id, reveal=False, reason_form=form)
    try:
        reason = form.cleaned_data["reason"]
        bank_accounts.decline_account(actor=request.actor, account=account, reason=reason, at=timezone.now())
        messages.success(request, _("Declined. The partner can propose other details."))
    except bank_accounts.AccountNotWaiting:
        messages.info(request, _("These details were confirmed or replaced already."))
    return redirect("bank-list")


def _bank_page(
    request: PageRequest, account_id: UUID, *, reveal: bool, reason_form: ReasonForm | None = None
) -> HttpResponse:
    account = queries.access_account(request.actor, account_id)
    number = ""
    if reveal:
        number = bank_accounts.reveal_account(actor=request.actor, account=account, at=timezone.now())
    content = {
        "account": account,
        "number": number,
        "counts_from": account.confirmed_at + BANK_DETAILS_REST if account.confirmed_at else None,
        "may_confirm": request.actor.can("bank.confirm"),
        "is_proposer": account.proposed_by_user_id == request.actor.user_id,
        "confirmers": queries.names_with("bank.confirm", but={account.proposed_by_user_id}),
        "reason_form": reason_form or ReasonForm(),
        "history": history_of(list_records_about(account.id), {}),
    }
    status = 422 if reason_form is not None else 200
    return render(request, "console/incentives/payouts/bank_detail.html", content, status=status)


@console_page("statements.view")
def statement_list(request: PageRequest) -> HttpResponse:
    form = StatementFilterForm(request, queries.statement_months(request.actor))
    rows = queries.list_statements(request.actor, **form.as_filter())
    content = {
        "page": page_of(request, rows, order=("-period_on", "partner__name_key", "id")),
        "filters": form,
        "chips": form.chips(),
        "filtered": bool(form.wanted),
    }
    return render(request, "console/incentives/payouts/statements.html", content)


@console_page("statements.view")
def statement_detail(request: PageRequest, statement_id: UUID) -> HttpResponse:
    statement = queries.access_statement(request.actor, statement_id)
    content = statement_pages.statement_page(request, statement)
    return render(request, "console/incentives/payouts/statement.html", content)


def _step(request: PageRequest, run_id: UUID, action: Callable[..., Any], done: str) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    if request.method == "POST":
        attempt(request, lambda: action(actor=request.actor, run=run, at=timezone.now()), done)
    return redirect("payout-detail", run_id)


def _with_total(request: PageRequest, run_id: UUID, action: Callable[..., Any], done: str) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    if request.method == "POST":
        form = TotalForm(request.POST, currency=run.currency)
        typed = form.cleaned_data["total"] if form.is_valid() else None
        attempt(
            request,
            lambda: action(actor=request.actor, run=run, typed_total_minor=typed, at=timezone.now()),
            done,
        )
    return redirect("payout-detail", run_id)


def _with_reason(request: PageRequest, run_id: UUID, action: Callable[..., Any], done: str) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and not form.is_valid():
        return _run_page(request, run, form)
    if request.method == "POST":
        attempt_for_a_reason(request, form, action, done, run=run)
    return redirect("payout-detail", run_id)
