"""Addresses of payouts, by face."""

from django.urls import path

from incentives.payouts import console as pages
from incentives.payouts import portal as own

console = [
    path("payouts/", pages.payout_list, name="payout-list"),
    path("payouts/new/", pages.payout_create, name="payout-create"),
    path("payouts/<uuid:run_id>/", pages.payout_detail, name="payout-detail"),
    path("payouts/<uuid:run_id>/progress/", pages.payout_progress, name="payout-progress"),
    path("payouts/<uuid:run_id>/submit/", pages.payout_submit, name="payout-submit"),
    path("payouts/<uuid:run_id>/approve/", pages.payout_approve, name="payout-approve"),
    path("payouts/<uuid:run_id>/export/", pages.payout_export, name="payout-export"),
    path("payouts/<uuid:run_id>/reject/", pages.payout_reject, name="payout-reject"),
    path("payouts/<uuid:run_id>/cancel/", pages.payout_cancel, name="payout-cancel"),
    path("payouts/items/<uuid:item_id>/outcome/", pages.item_outcome, name="item-outcome"),
    path("bank/", pages.bank_list, name="bank-list"),
    path("bank/<uuid:account_id>/confirm/", pages.bank_confirm, name="bank-confirm"),
    path("statements/", pages.statement_list, name="statement-list"),
]
portal = [
    path("statements/", own.own_statements, name="portal-statement-list"),
    path("statements/<uuid:statement_id>/", own.own_statement, name="portal-statement"),
    path("bank/", own.own_bank, name="portal-bank"),
]
