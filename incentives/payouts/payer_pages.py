"""Pages of the accounts that payouts leave: which count, a new one, a second person's yes.

Called by: incentives.payouts.urls.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from incentives.payouts import payer_queries, payers, queries
from incentives.payouts.bank_accounts import AccountNotWaiting, ProposerCannotConfirm
from incentives.payouts.files.payments import PaymentRefused
from incentives.payouts.forms import ReasonForm
from incentives.payouts.payer_forms import PayerForm
from incentives.payouts.wording import FIELD_LABELS
from prm.audit.queries import list_records_about
from prm.tenancy.queries import current_tenant
from prm.web.forms import posted
from prm.web.history import steps_of as history_of
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, console_page


@console_page("payers.view")
def payer_list(request: PageRequest) -> HttpResponse:
    content = {
        "page": page_of(request, payer_queries.list_payers(request.actor), order=("currency", "id")),
        "may_change": request.actor.can("payers.change"),
    }
    return render(request, "console/incentives/payouts/payers.html", content)


@console_page("payers.change", post="payers.change", fresh=True)
def payer_create(request: PageRequest) -> HttpResponse:
    tenant = current_tenant()
    form = PayerForm(posted(request), initial={"currency": tenant.currency, "name": tenant.name})
    if form.is_valid():
        try:
            proposed = payers.propose_payer(actor=request.actor, at=timezone.now(), **form.told())
        except PaymentRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("Sent for confirmation. It counts once another person has confirmed it.")
            )
            return redirect("payer-detail", proposed.id)
    content = {"form": form}
    return render(
        request, "console/incentives/payouts/payer_form.html", content, status=422 if form.errors else 200
    )


@console_page("payers.view", post="payers.change", fresh=True)
def payer_detail(request: PageRequest, payer_id: UUID) -> HttpResponse:
    """One version of an account. Posting shows the whole number once, to compare it with the bank's papers."""
    return _payer_page(request, payer_id, reveal=request.method == "POST")


@require_POST
@console_page("payers.view", post="payers.change", fresh=True)
def payer_confirm(request: PageRequest, payer_id: UUID) -> HttpResponse:
    account = payer_queries.access_payer(request.actor, payer_id)
    try:
        payers.confirm_payer(actor=request.actor, account=account, at=timezone.now())
        messages.success(request, _("Confirmed. Payouts calculated from now on leave this account."))
    except ProposerCannotConfirm:
        messages.error(request, _("You proposed this account, so another person has to confirm it."))
    except AccountNotWaiting:
        messages.info(request, _("This account was confirmed or replaced already."))
    return redirect("payer-list")


@require_POST
@console_page("payers.view", post="payers.change")
def payer_decline(request: PageRequest, payer_id: UUID) -> HttpResponse:
    account = payer_queries.access_payer(request.actor, payer_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _payer_page(request, payer_id, reveal=False, reason_form=form)
    try:
        reason = form.cleaned_data["reason"]
        payers.decline_payer(actor=request.actor, account=account, reason=reason, at=timezone.now())
        messages.success(request, _("Declined. The account before it goes on counting."))
    except AccountNotWaiting:
        messages.info(request, _("This account was confirmed or replaced already."))
    return redirect("payer-list")


def _payer_page(
    request: PageRequest, payer_id: UUID, *, reveal: bool, reason_form: ReasonForm | None = None
) -> HttpResponse:
    account = payer_queries.access_payer(request.actor, payer_id)
    number = ""
    if reveal:
        number = payers.reveal_payer(actor=request.actor, account=account, at=timezone.now())
    content = {
        "account": account,
        "number": number,
        "may_change": request.actor.can("payers.change"),
        "is_proposer": account.proposed_by_user_id == request.actor.user_id,
        "confirmers": queries.names_with("payers.change", but={account.proposed_by_user_id}),
        "reason_form": reason_form or ReasonForm(),
        "history": history_of(list_records_about(account.id), FIELD_LABELS),
    }
    status = 422 if reason_form is not None else 200
    return render(request, "console/incentives/payouts/payer.html", content, status=status)
