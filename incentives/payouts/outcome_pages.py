"""Pages of the bank's answers that people record: of one payment or of all the rest, confirmed, declined, taken back.

Called by: incentives.payouts.urls.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from incentives.payouts import outcomes, overview, queries, settling
from incentives.payouts.attempts import attempt, attempt_for_a_reason
from incentives.payouts.forms import AnswerForm, OutcomeForm, PaidForm, ReasonForm
from incentives.payouts.models import PayoutItem
from prm.web.pages import PageRequest, console_page

RECORDED = gettext_lazy("Recorded. It counts once a second person of finance confirms it.")


@console_page("payouts.view", post="payouts.export", fresh=True)
def payout_paid(request: PageRequest, run_id: UUID) -> HttpResponse:
    """The bank executed the file: all payments without another answer are paid, once a second person confirms it."""
    run = queries.access_run(request.actor, run_id)
    form = PaidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        event_ref = form.cleaned_data["event_ref"]
        attempt(
            request,
            lambda: outcomes.record_rest_as_paid(
                actor=request.actor, run=run, at=timezone.now(), event_ref=event_ref
            ),
            RECORDED,
        )
    elif request.method == "POST":
        messages.error(request, _("Write the bank's reference: it tells this answer from others."))
    return redirect("payout-detail", run_id)


@console_page("payouts.view", post="payouts.export", fresh=True)
def payout_answer_confirm(request: PageRequest, run_id: UUID) -> HttpResponse:
    """A second person's yes to what was recorded by hand."""
    run = queries.access_run(request.actor, run_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: outcomes.confirm_answer(
                actor=request.actor, run=run, at=timezone.now(), answer_id=form.cleaned_data["answer"]
            ),
            _("Confirmed. The answer counts from now on."),
        )
    return redirect("payout-detail", run_id)


@console_page("payouts.view", post="payouts.export")
def payout_answer_decline(request: PageRequest, run_id: UUID) -> HttpResponse:
    run = queries.access_run(request.actor, run_id)
    form, reason_form = AnswerForm(request.POST or None), ReasonForm(request.POST or None)
    if request.method == "POST" and not reason_form.is_valid():
        messages.error(request, _("Write the reason: the others will read it."))
    elif request.method == "POST" and form.is_valid():
        attempt_for_a_reason(
            request,
            reason_form,
            outcomes.decline_answer,
            _("Declined. The answer does not count."),
            run=run,
            answer_id=form.cleaned_data["answer"],
        )
    return redirect("payout-detail", run_id)


@console_page("payouts.view", post="payouts.export", fresh=True)
def item_outcome(request: PageRequest, item_id: UUID) -> HttpResponse:
    """The bank's answers about one payment, and the form for the next one."""
    item = queries.access_item(request.actor, item_id)
    form = OutcomeForm(request.POST or None, used=queries.used_references(item))
    if request.method == "POST" and form.is_valid():
        done = attempt(
            request,
            lambda: outcomes.record_outcome(
                actor=request.actor, item=item, at=timezone.now(), **form.cleaned_data
            ),
            RECORDED,
        )
        if done:
            return redirect("payout-detail", item.run_id)
    return _item_page(request, item, form, ReasonForm())


def _item_page(
    request: PageRequest, item: PayoutItem, form: OutcomeForm, reason_form: ReasonForm
) -> HttpResponse:
    content = overview.outcome_content(request.actor, item) | {"form": form, "reason_form": reason_form}
    status = 422 if form.errors or reason_form.errors else 200
    return render(request, "console/incentives/payouts/outcome.html", content, status=status)


@require_POST
@console_page("payouts.view", post="payouts.export", fresh=True)
def item_take_back(request: PageRequest, item_id: UUID) -> HttpResponse:
    """The answer was recorded by mistake."""
    item = queries.access_item(request.actor, item_id)
    done = _("Taken back. The payment is unclear until another person decides it.")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _item_page(request, item, OutcomeForm(used=queries.used_references(item)), form)
    attempt_for_a_reason(request, form, settling.take_back_answer, done, item=item)
    return redirect("item-outcome", item_id)
