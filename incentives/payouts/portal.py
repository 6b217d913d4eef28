"""Payout pages of a partner: statements, payments, bank details.

Called by: incentives.payouts.urls.
"""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.earnings.wording import CAUSE_WORDS
from incentives.payouts import queries
from incentives.payouts.bank_accounts import propose_account
from incentives.payouts.forms import BankAccountForm
from prm.tenancy.queries import current_tenant
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page

LATEST_PAYMENTS = 12


@portal_page("own_statements.view")
def own_statements(request: PageRequest) -> HttpResponse:
    content = {
        "page": page_of(request, queries.list_statements(request.actor), order=("-period_on", "-id")),
        "payments": queries.list_own_payments(request.actor).order_by("-id")[:LATEST_PAYMENTS],
    }
    return render(request, "portal/incentives/payouts/statements.html", content)


@portal_page("own_statements.view")
def own_statement(request: PageRequest, statement_id: UUID) -> HttpResponse:
    statement = queries.access_statement(request.actor, statement_id)
    lines = json.loads(statement.content)["lines"]
    for line in lines:
        line["cause_word"] = CAUSE_WORDS.get(line["cause"], line["cause"])
    content = {"statement": statement, "lines": lines}
    return render(request, "portal/incentives/payouts/statement.html", content)


@portal_page("own_bank.view", post="own_bank.propose", fresh=True)
def own_bank(request: PageRequest) -> HttpResponse:
    """The details that count, those that wait for the vendor's confirmation, and the form for new ones."""
    form = BankAccountForm(request.POST or None, initial={"currency": current_tenant().currency})
    partner_id = request.actor.partner_id
    if request.method == "POST" and form.is_valid() and partner_id is not None:
        propose_account(actor=request.actor, partner_id=partner_id, at=timezone.now(), **form.cleaned_data)
        messages.success(
            request,
            _("Sent for confirmation. The details count 72 hours after the vendor has confirmed them."),
        )
        return redirect("portal-bank")
    content = {"form": form, "accounts": queries.list_accounts(request.actor).order_by("-proposed_at")}
    return render(request, "portal/incentives/payouts/bank.html", content, status=422 if form.errors else 200)
