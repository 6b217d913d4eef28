"""Payout pages of a partner: statements, payments, bank details.

Called by: incentives.payouts.urls.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.payouts import queries, statement_pages
from incentives.payouts.bank_accounts import propose_account
from incentives.payouts.calculation import BANK_DETAILS_REST
from incentives.payouts.forms import BankAccountForm
from incentives.payouts.overview import with_words
from incentives.payouts.planned import list_planned_payments
from incentives.payouts.taxes import find_standing
from prm.tenancy.queries import current_tenant
from prm.web.keyset import page_of
from prm.web.pages import PageRequest, portal_page

LATEST_PAYMENTS = 12


@portal_page("own_statements.view")
def own_statements(request: PageRequest) -> HttpResponse:
    """Statements, what was sent to the bank, and what waits with its reason."""
    content = {
        "page": page_of(request, queries.list_statements(request.actor), order=("-period_on", "-id")),
        "payments": with_words(list(queries.list_own_payments(request.actor)[:LATEST_PAYMENTS])),
        "planned": with_words(list(list_planned_payments(request.actor))),
        "missing_details": queries.currencies_without_details(request.actor),
        "may_propose": request.actor.can("own_bank.propose"),
        "tax_status": _own_tax_status(request),
    }
    return render(request, "portal/incentives/payouts/statements.html", content)


def _own_tax_status(request: PageRequest) -> str:
    """In words, once somebody has said it."""
    standing = find_standing(request.actor.partner_id) if request.actor.partner_id else None
    return standing.get_status_display() if standing else ""


@portal_page("own_statements.view")
def own_statement(request: PageRequest, statement_id: UUID) -> HttpResponse:
    statement = queries.access_statement(request.actor, statement_id)
    content = statement_pages.statement_page(request, statement)
    return render(request, "portal/incentives/payouts/statement.html", content)


@portal_page("own_bank.view", post="own_bank.propose", fresh=True)
def own_bank(request: PageRequest) -> HttpResponse:
    """The details that count, those that wait for the vendor's confirmation, and the form for new ones."""
    form = BankAccountForm(request.POST or None, initial={"currency": current_tenant().currency})
    partner_id = request.actor.partner_id
    if request.method == "POST" and form.is_valid() and partner_id is not None:
        propose_account(actor=request.actor, partner_id=partner_id, at=timezone.now(), **form.told())
        messages.success(
            request,
            _("Sent for confirmation. The details count 72 hours after the vendor has confirmed them."),
        )
        return redirect("portal-bank")
    accounts = list(queries.list_accounts(request.actor).order_by("-proposed_at"))
    for account in accounts:
        account.counts_from = account.confirmed_at + BANK_DETAILS_REST if account.confirmed_at else None  # type: ignore[attr-defined]
    content = {"form": form, "accounts": accounts, "now": timezone.now()}
    return render(request, "portal/incentives/payouts/bank.html", content, status=422 if form.errors else 200)
