"""Addresses of payouts, by face."""

from django.urls import path

from incentives.payouts import answer_pages as answers
from incentives.payouts import api as machine
from incentives.payouts import console as pages
from incentives.payouts import exclusion_pages as excluding
from incentives.payouts import outcome_pages as answered
from incentives.payouts import payer_pages as payers
from incentives.payouts import portal as own
from incentives.payouts import statement_pages as statements
from incentives.payouts import tax_pages as taxes
from incentives.payouts import withholding_pages as rates

console = [
    path("payouts/", pages.payout_list, name="payout-list"),
    path("payouts/new/", pages.payout_create, name="payout-create"),
    path("payouts/new/preview/", pages.payout_preview, name="payout-preview"),
    path("payouts/answers/", answers.answers_create, name="answers-create"),
    path("payouts/answers/<uuid:kept_id>/", answers.answers_detail, name="answers-detail"),
    path("payouts/<uuid:run_id>/", pages.payout_detail, name="payout-detail"),
    path("payouts/<uuid:run_id>/progress/", pages.payout_progress, name="payout-progress"),
    path("payouts/<uuid:run_id>/recalculate/", pages.payout_recalculate, name="payout-recalculate"),
    path("payouts/<uuid:run_id>/submit/", pages.payout_submit, name="payout-submit"),
    path("payouts/<uuid:run_id>/approve/", pages.payout_approve, name="payout-approve"),
    path("payouts/<uuid:run_id>/export/", pages.payout_export, name="payout-export"),
    path("payouts/<uuid:run_id>/file/", pages.payout_file, name="payout-file"),
    path("payouts/<uuid:run_id>/reject/", pages.payout_reject, name="payout-reject"),
    path("payouts/<uuid:run_id>/cancel/", pages.payout_cancel, name="payout-cancel"),
    path("payouts/<uuid:run_id>/paid/", answered.payout_paid, name="payout-paid"),
    path(
        "payouts/<uuid:run_id>/answers/confirm/", answered.payout_answer_confirm, name="payout-answer-confirm"
    ),
    path(
        "payouts/<uuid:run_id>/answers/decline/", answered.payout_answer_decline, name="payout-answer-decline"
    ),
    path("payouts/items/<uuid:item_id>/take-out/", excluding.item_take_out, name="item-take-out"),
    path("payouts/items/<uuid:item_id>/put-back/", excluding.item_put_back, name="item-put-back"),
    path("payouts/items/<uuid:item_id>/outcome/", answered.item_outcome, name="item-outcome"),
    path("payouts/items/<uuid:item_id>/take-back/", answered.item_take_back, name="item-take-back"),
    path("bank/", pages.bank_list, name="bank-list"),
    path("bank/<uuid:account_id>/", pages.bank_detail, name="bank-detail"),
    path("bank/<uuid:account_id>/confirm/", pages.bank_confirm, name="bank-confirm"),
    path("bank/<uuid:account_id>/decline/", pages.bank_decline, name="bank-decline"),
    path("payers/", payers.payer_list, name="payer-list"),
    path("payers/new/", payers.payer_create, name="payer-create"),
    path("payers/<uuid:payer_id>/", payers.payer_detail, name="payer-detail"),
    path("payers/<uuid:payer_id>/confirm/", payers.payer_confirm, name="payer-confirm"),
    path("payers/<uuid:payer_id>/decline/", payers.payer_decline, name="payer-decline"),
    path("statements/", pages.statement_list, name="statement-list"),
    path("statements/<uuid:statement_id>/", pages.statement_detail, name="statement-detail"),
    path(
        "statements/<uuid:statement_id>/<str:file_kind>/",
        statements.console_statement_file,
        name="statement-file",
    ),
    path("withholding/", rates.withholding_list, name="withholding-list"),
    path("withholding/new/", rates.withholding_create, name="withholding-create"),
    path("withholding/<uuid:rate_id>/", rates.withholding_detail, name="withholding-detail"),
    path("withholding/<uuid:rate_id>/confirm/", rates.withholding_confirm, name="withholding-confirm"),
    path("withholding/<uuid:rate_id>/decline/", rates.withholding_decline, name="withholding-decline"),
    path("partners/<uuid:partner_id>/tax/", taxes.partner_tax, name="partner-tax"),
]
portal = [
    path("statements/", own.own_statements, name="portal-statement-list"),
    path("statements/<uuid:statement_id>/", own.own_statement, name="portal-statement"),
    path(
        "statements/<uuid:statement_id>/<str:file_kind>/",
        statements.own_statement_file,
        name="portal-statement-file",
    ),
    path("bank/", own.own_bank, name="portal-bank"),
]
api = [
    path("payouts", machine.Payouts.as_view(), name="api-payouts"),
    path("payouts/<uuid:run_id>", machine.OnePayout.as_view(), name="api-payout"),
    path("payouts/<uuid:run_id>/items", machine.PayoutItems.as_view(), name="api-payout-items"),
    path("statements", machine.Statements.as_view(), name="api-statements"),
    path("statements/<uuid:statement_id>", machine.OneStatement.as_view(), name="api-statement"),
    path(
        "statements/<uuid:statement_id>/<str:file_kind>",
        machine.StatementFile.as_view(),
        name="api-statement-file",
    ),
]
