"""Pages of the table of withholding rates: what counts, a new one, a second person's yes.

Called by: incentives.payouts.urls.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from incentives.payouts import queries, withholding
from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm
from incentives.payouts.forms import ReasonForm
from incentives.payouts.tax_models import TaxStatus, WithholdingRate
from incentives.payouts.wording import FIELD_LABELS
from prm.audit.queries import list_records_about
from prm.web.forms import DayInput, posted
from prm.web.history import steps_of as history_of
from prm.web.pages import PageRequest, console_page


class RateForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("Tax status"), choices=TaxStatus.choices)
    percent = forms.DecimalField(
        label=gettext_lazy("Rate, %"),
        min_value=0,
        max_digits=6,
        decimal_places=3,
        help_text=gettext_lazy("Of the gross payment. 0 ends the withholding from that day on."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Payments from"),
        widget=DayInput,
        help_text=gettext_lazy("The payment day of a run decides which rate counts."),
    )


@console_page("tax.view")
def withholding_list(request: PageRequest) -> HttpResponse:
    today = timezone.localdate()
    counting = {rate.id for rate in withholding.rates_on(today).values()}
    content = {
        "rates": [{"rate": rate, "counts": rate.id in counting} for rate in withholding.list_rates()],
        "may_change": request.actor.can("tax.change"),
    }
    return render(request, "console/incentives/payouts/withholding.html", content)


@console_page("tax.change", post="tax.change", fresh=True)
def withholding_create(request: PageRequest) -> HttpResponse:
    form = RateForm(posted(request))
    if form.is_valid():
        try:
            proposed = withholding.propose_rate(actor=request.actor, at=timezone.now(), **form.cleaned_data)
        except withholding.RateInvalid as refusal:
            form.add_error(refusal.field, _("A rate is at least 0 and below 100 %."))
        else:
            messages.success(
                request, _("Sent for confirmation. It counts once another person has confirmed it.")
            )
            return redirect("withholding-detail", proposed.id)
    status = 422 if form.errors else 200
    return render(request, "console/incentives/payouts/withholding_form.html", {"form": form}, status=status)


@console_page("tax.view")
def withholding_detail(request: PageRequest, rate_id: UUID) -> HttpResponse:
    return _rate_page(request, withholding.access_rate(rate_id), ReasonForm())


@require_POST
@console_page("tax.view", post="tax.change", fresh=True)
def withholding_confirm(request: PageRequest, rate_id: UUID) -> HttpResponse:
    rate = withholding.access_rate(rate_id)
    try:
        withholding.confirm_rate(actor=request.actor, rate=rate, at=timezone.now())
        messages.success(request, _("Confirmed. Payout runs calculated from now on follow it."))
    except ProposerCannotConfirm:
        messages.error(request, _("You proposed this rate, so another person has to confirm it."))
    except AccountNotWaiting:
        messages.info(request, _("This rate was confirmed or replaced already."))
    return redirect("withholding-list")


@require_POST
@console_page("tax.view", post="tax.change")
def withholding_decline(request: PageRequest, rate_id: UUID) -> HttpResponse:
    rate = withholding.access_rate(rate_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _rate_page(request, rate, form)
    try:
        reason = form.cleaned_data["reason"]
        withholding.decline_rate(actor=request.actor, rate=rate, reason=reason, at=timezone.now())
        messages.success(request, _("Declined. The rate before it goes on counting."))
    except AccountNotWaiting:
        messages.info(request, _("This rate was confirmed or replaced already."))
    return redirect("withholding-list")


def _rate_page(request: PageRequest, rate: WithholdingRate, reason_form: ReasonForm) -> HttpResponse:
    content: dict[str, Any] = {
        "rate": rate,
        "may_change": request.actor.can("tax.change"),
        "is_proposer": rate.proposed_by_user_id == request.actor.user_id,
        "confirmers": queries.names_with("tax.change", but={rate.proposed_by_user_id}),
        "reason_form": reason_form,
        "history": history_of(
            list_records_about(rate.id), FIELD_LABELS, {"tax_status": dict(TaxStatus.choices)}
        ),
    }
    status = 422 if reason_form.errors else 200
    return render(request, "console/incentives/payouts/withholding_rate.html", content, status=status)
