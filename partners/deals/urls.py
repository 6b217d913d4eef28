"""Addresses of deals, by face."""

from django.urls import URLPattern, path

from partners.deals import api as machine
from partners.deals import console as staff
from partners.deals import portal as own

console: list[URLPattern] = [
    path("deals/", staff.deal_list, name="deal-list"),
    path("deals/board/", staff.deal_board, name="deal-board"),
    path("deals/extensions/", staff.deal_extensions, name="deal-extensions"),
    path("deals/interests/", staff.interest_list, name="interest-list"),
    path("deals/interests/<uuid:interest_id>/withdraw/", staff.interest_withdraw, name="interest-withdraw"),
    path("deals/<uuid:deal_id>/", staff.deal_detail, name="deal-detail"),
    path("deals/<uuid:deal_id>/approve/", staff.deal_approve, name="deal-approve"),
    path("deals/<uuid:deal_id>/reject/", staff.deal_reject, name="deal-reject"),
    path("deals/<uuid:deal_id>/return/", staff.deal_return, name="deal-return"),
    path("deals/<uuid:deal_id>/parts/", staff.deal_parts, name="deal-parts"),
    path("deals/<uuid:deal_id>/extension/", staff.deal_answer_extension, name="deal-answer-extension"),
]
portal: list[URLPattern] = [
    path("deals/", own.deal_list, name="portal-deal-list"),
    path("deals/board/", own.deal_board, name="portal-deal-board"),
    path("deals/check/", own.deal_check, name="portal-deal-check"),
    path("deals/new/", own.deal_create, name="portal-deal-create"),
    path("deals/<uuid:deal_id>/", own.deal_detail, name="portal-deal"),
    path("deals/<uuid:deal_id>/edit/", own.deal_edit, name="portal-deal-edit"),
    path("deals/<uuid:deal_id>/extend/", own.deal_extend, name="portal-deal-extend"),
    path("deals/<uuid:deal_id>/close/", own.deal_close, name="portal-deal-close"),
]
api: list[URLPattern] = [
    path("deals", machine.Deals.as_view(), name="api-deals"),
    path("deals/<uuid:deal_id>", machine.OneDeal.as_view(), name="api-deal"),
    path("deals/<uuid:deal_id>:approve", machine.DealApproval.as_view(), name="api-deal-approve"),
    path("deals/<uuid:deal_id>:reject", machine.DealRejection.as_view(), name="api-deal-reject"),
    path("deals/<uuid:deal_id>:return", machine.DealReturning.as_view(), name="api-deal-return"),
    path("deals/<uuid:deal_id>:extend", machine.DealExtension.as_view(), name="api-deal-extend"),
    path("deals/<uuid:deal_id>/parts", machine.DealParts.as_view(), name="api-deal-parts"),
    path("deals/<uuid:deal_id>:close", machine.DealClosing.as_view(), name="api-deal-close"),
]
