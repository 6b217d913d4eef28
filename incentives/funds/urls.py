"""Addresses of marketing funds, by face."""

from django.urls import URLPattern, path

from incentives.funds import api as machine
from incentives.funds import console as staff
from incentives.funds import portal as own

console: list[URLPattern] = [
    path("funds/", staff.funds_budgets, name="funds-budgets"),
    path("funds/new/", staff.funds_budget_create, name="funds-budget-create"),
    path("funds/requests/", staff.funds_requests, name="funds-requests"),
    path("funds/requests/<uuid:request_id>/", staff.funds_request, name="funds-request"),
    path("funds/requests/<uuid:request_id>/decide/", staff.funds_request_decide, name="funds-request-decide"),
    path("funds/requests/<uuid:request_id>/second/", staff.funds_request_second, name="funds-request-second"),
    path("funds/claims/", staff.funds_claims, name="funds-claims"),
    path("funds/claims/<uuid:claim_id>/", staff.funds_claim, name="funds-claim"),
    path("funds/claims/<uuid:claim_id>/decide/", staff.funds_claim_decide, name="funds-claim-decide"),
    path("funds/claims/<uuid:claim_id>/second/", staff.funds_claim_second, name="funds-claim-second"),
    path("funds/allocations/<uuid:allocation_id>/", staff.funds_allocation, name="funds-allocation"),
    path("funds/<uuid:budget_id>/", staff.funds_budget, name="funds-budget"),
    path("funds/<uuid:budget_id>/amount/", staff.funds_budget_amount, name="funds-budget-amount"),
    path("funds/<uuid:budget_id>/allocate/", staff.funds_allocate, name="funds-allocate"),
]
portal: list[URLPattern] = [
    path("funds/", own.own_funds, name="portal-funds"),
    path("funds/<uuid:allocation_id>/ask/", own.own_funds_ask, name="portal-funds-ask"),
    path("funds/requests/<uuid:request_id>/", own.own_funds_request, name="portal-funds-request"),
    path("funds/requests/<uuid:request_id>/edit/", own.own_funds_edit, name="portal-funds-edit"),
    path("funds/requests/<uuid:request_id>/end/", own.own_funds_end, name="portal-funds-end"),
    path(
        "funds/requests/<uuid:request_id>/claim/", own.own_funds_claim_start, name="portal-funds-claim-start"
    ),
    path("funds/claims/<uuid:claim_id>/", own.own_funds_claim, name="portal-funds-claim"),
    path("funds/claims/<uuid:claim_id>/send/", own.own_funds_claim_send, name="portal-funds-claim-send"),
    path(
        "funds/claims/<uuid:claim_id>/costs/<uuid:cost_id>/remove/",
        own.own_funds_cost_remove,
        name="portal-funds-cost-remove",
    ),
]
api: list[URLPattern] = [
    path("funds-allocations", machine.FundsAllocations.as_view(), name="api-funds-allocations"),
    path("funds-requests", machine.FundsRequests.as_view(), name="api-funds-requests"),
    path("funds-requests/<uuid:request_id>", machine.OneFundsRequest.as_view(), name="api-funds-request"),
    path("funds-claims", machine.FundsClaims.as_view(), name="api-funds-claims"),
    path("funds-claims/<uuid:claim_id>", machine.OneFundsClaim.as_view(), name="api-funds-claim"),
]
