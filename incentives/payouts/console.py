"""Payout pages of the vendor's staff: runs, bank details, statements.

Called by: incentives.payouts.urls.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.ledger.queries import list_periods
from incentives.payouts import actions, exporting, queries
from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm, confirm_account
from incentives.payouts.forms import OutcomeForm, PrepareForm, ReasonForm, TotalForm
from incentives.payouts.models import ItemState, PayoutRun
from incentives.payouts.wording import HELD_TEXTS, steps_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page

POLLING_OVER = 286
PAYMENT_LEAD = timedelta(days=3)
REFUSALS: dict[type[Exception], Any] = {
    actions.RunStateRefuses: gettext_lazy("The run has moved on meanwhile; look at its state."),
    actions.NothingToPay: gettext_lazy("There is nothing payable in this run."),
    actions.TotalDiffers: gettext_lazy("The typed total is not the total of the run."),
    actions.PreparerCannotApprove: gettext_lazy(
        "You prepared this run, so another person has to approve it."
    ),
    actions.EditorCannotApprove: gettext_lazy(
        "You edited a plan or bank details in this run last; another person has to approve it."
    ),
    actions.AlreadyApproved: gettext_lazy("You have approved this run already; a second person is needed."),
    actions.ContentChanged: gettext_lazy(
        "The content is not what was approved. Reject the run and calculate it again."
    ),
    exporting.OutcomeRefused: gettext_lazy("This payment does not take this outcome any more."),
}


@console_page("payouts.view")
def payout_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.list_runs(request.actor), order=("-number",))
    content = {"page": page, "may_prepare": request.actor.can("payouts.prepare")}
    return render(request, "console/incentives/payouts/list.html", content)


@console_page("payouts.prepare", post="payouts.prepare")
def payout_create(request: PageRequest) -> HttpResponse:
    periods = [p.starts_on for p in list_periods().filter(closed_at__isnull=False).order_by("-starts_on")]
    form = PrepareForm(
        request.POST or None,
        periods=periods,
        currencies=queries.payout_currencies(),
        initial={"pays_on": timezone.localdate() + PAYMENT_LEAD},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            run = actions.prepare_run(
                actor=request.actor,
                period_on=date.fromisoformat(given["period"]),
                currency=given["currency"],
                pays_on=given["pays_on"],
                at=timezone.now(),
            )
        except actions.RunAlreadyOpen:
            form.add_error("period", _("There is an open run of this month and currency."))
        except actions.PeriodNotClosed:
            form.add_error("period", _("This month is not closed."))
        else:
            return redirect("payout-detail", run.id)
    content = {"form": form, "periods": periods}
    return render(
        request, "console/incentives/payouts/form.html", content, status=422 if form.errors else 200
    )


@console_page("payouts.view")
def payout_detail(request: PageRequest, run_id: UUID) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    return render(request, "console/incentives/payouts/run.html", _run_content(request, run))


@console_page("payouts.view")
def payout_progress(request: PageRequest, run_id: UUID) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    answer = render(request, "console/incentives/payouts/_progress.html", {"run": run})
    if run.state not in ("calculating", "exporting"):
        answer.status_code = POLLING_OVER
        answer["HX-Refresh"] = "true"
    return answer


@console_page("payouts.view", post="payouts.prepare")
def payout_submit(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_total(request, run_id, actions.submit_run, _("The run waits for approval."))


@console_page("payouts.view", post="payouts.approve", fresh=True)
def payout_approve(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_total(request, run_id, actions.approve_run, _("Your approval is recorded."))


@console_page("payouts.view", post="payouts.approve", fresh=True)
def payout_export(request: PageRequest, run_id: UUID) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    if request.method == "POST":
        _try(
            request,
            lambda: exporting.start_export(actor=request.actor, run=run, at=timezone.now()),
            _("The payment file is being written."),
        )
    return redirect("payout-detail", run_id)


@console_page("payouts.view", post="payouts.approve")
def payout_reject(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, actions.reject_run, _("The run is calculated again."))


@console_page("payouts.view", post="payouts.prepare")
def payout_cancel(request: PageRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, actions.cancel_run, _("The run is cancelled; nothing was paid."))


@console_page("payouts.view", post="payouts.approve")
def item_outcome(request: PageRequest, item_id: UUID) -> HttpResponse:
    item = queries.access_item(request.actor, item_id)
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _try(
            request,
            lambda: exporting.record_outcome(
                actor=request.actor, item=item, at=timezone.now(), **form.cleaned_data
            ),
            _("Recorded."),
        )
        if done:
            return redirect("payout-detail", item.run_id)
    content = {"form": form, "item": item, "run": item.run}
    return render(
        request, "console/incentives/payouts/outcome.html", content, status=422 if form.errors else 200
    )


@console_page("bank.view")
def bank_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.list_accounts(request.actor), order=("-proposed_at", "-id"))
    content = {"page": page, "may_confirm": request.actor.can("bank.confirm"), "me": request.actor.user_id}
    return render(request, "console/incentives/payouts/bank.html", content)


@console_page("bank.view", post="bank.confirm", fresh=True)
def bank_confirm(request: PageRequest, account_id: UUID) -> HttpResponse:
    account = queries.access_account(request.actor, account_id)
    if request.method == "POST":
        try:
            confirm_account(actor=request.actor, account=account, at=timezone.now())
            messages.success(request, _("Confirmed. The details count 72 hours from now."))
        except ProposerCannotConfirm:
            messages.error(request, _("You proposed these details, so another person has to confirm them."))
        except AccountNotWaiting:
            messages.info(request, _("These details were confirmed or replaced already."))
    return redirect("bank-list")


@console_page("statements.view")
def statement_list(request: PageRequest) -> HttpResponse:
    page = page_of(request, queries.list_statements(request.actor), order=("-period_on", "-id"))
    return render(request, "console/incentives/payouts/statements.html", {"page": page})


def _run_content(request: PageRequest, run: PayoutRun) -> dict[str, Any]:
    items = list(queries.list_items(run))
    payable = [item for item in items if item.state != ItemState.HELD]
    before = queries.previous_run(run)
    return {
        "run": run,
        "steps": steps_of(run.state),
        "payable": _with_anomalies(run, payable),
        "held": [
            {"item": item, "reason": HELD_TEXTS[item.reason]}
            for item in items
            if item.state == ItemState.HELD
        ],
        "before": before,
        "change_minor": run.total_minor - before.total_minor if before else None,
        "file": queries.file_of(run),
        "approvals": list(run.approvals.filter(voided_at__isnull=True).select_related("approver__user")),
        "needed": actions.approvals_needed(run),
        "total_form": TotalForm(currency=run.currency),
        "reason_form": ReasonForm(),
        "rights": _rights(request, run),
    }


def _with_anomalies(run: PayoutRun, items: list[Any]) -> list[dict[str, Any]]:
    usual = queries.usual_amounts(run, [item.partner_id for item in items])
    rows = []
    for item in items:
        largest = usual.get(item.partner_id)
        if largest is None:
            note = _("first payout")
        elif item.amount_minor > 3 * largest:
            note = _("more than three times the largest so far")
        else:
            note = ""
        rows.append({"item": item, "note": note})
    return rows


def _rights(request: PageRequest, run: PayoutRun) -> dict[str, Any]:
    """What this person may do with the run now, and if not, why."""
    actor = request.actor
    rights: dict[str, Any] = {
        "submit": run.state == "calculated" and run.item_count > 0 and actor.can("payouts.prepare"),
        "cancel": run.state in ("calculated", "submitted", "approved") and actor.can("payouts.prepare"),
        "reject": run.state in ("submitted", "approved") and actor.can("payouts.approve"),
        "export": run.state == "approved" and actor.can("payouts.approve"),
        "approve": False,
        "why_not": "",
    }
    if run.state == "submitted":
        rights |= _approval_right(request, run)
    return rights


def _approval_right(request: PageRequest, run: PayoutRun) -> dict[str, Any]:
    actor = request.actor
    if not actor.can("payouts.approve"):
        return {"why_not": _("Approving is for finance.")}
    try:
        actions.refuse_approver(actor=actor, run=run)
    except actions.PreparerCannotApprove:
        others = ", ".join(queries.approver_names(run)) or "—"
        return {
            "why_not": _("You prepared this run, so another person has to approve it: %(people)s.")
            % {"people": others}
        }
    except actions.EditorCannotApprove:
        return {"why_not": str(REFUSALS[actions.EditorCannotApprove])}
    if run.approvals.filter(voided_at__isnull=True, approver_user_id=actor.user_id or "").exists():
        return {"why_not": str(REFUSALS[actions.AlreadyApproved])}
    return {"approve": True}


def _with_total(request: PageRequest, run_id: UUID, action: Callable[..., Any], done: str) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    if request.method == "POST":
        form = TotalForm(request.POST, currency=run.currency)
        typed = form.cleaned_data["total"] if form.is_valid() else None
        _try(
            request,
            lambda: action(actor=request.actor, run=run, typed_total_minor=typed, at=timezone.now()),
            done,
        )
    return redirect("payout-detail", run_id)


def _with_reason(request: PageRequest, run_id: UUID, action: Callable[..., Any], done: str) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    if request.method == "POST":
        form = ReasonForm(request.POST)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            _try(
                request, lambda: action(actor=request.actor, run=run, reason=reason, at=timezone.now()), done
            )
        else:
            messages.error(request, _("Write the reason: the others will read it."))
    return redirect("payout-detail", run_id)


def _try(request: PageRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it, or tell the refusal in words."""
    try:
        act()
    except tuple(REFUSALS) as refusal:
        messages.error(request, str(REFUSALS[type(refusal)]))
        return False
    messages.success(request, done)
    return True
