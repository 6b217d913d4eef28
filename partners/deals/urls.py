"""Addresses of deals, by face."""

from django.urls import URLPattern, path

from partners.deals import api as machine
from partners.deals import board_pages as board
from partners.deals import console as staff
from partners.deals import portal as own
from partners.deals import setup_pages as setup

console: list[URLPattern] = [
    path("deals/", staff.deal_list, name="deal-list"),
    path("deals/board/", board.deal_board, name="deal-board"),
    path("deals/terms/", setup.deal_terms, name="deal-terms"),
    path("deals/amendments/", staff.deal_amendments, name="deal-amendments"),
    path("deals/extensions/", staff.deal_extensions, name="deal-extensions"),
    path("deals/interests/", setup.interest_list, name="interest-list"),
    path("deals/interests/<uuid:interest_id>/withdraw/", setup.interest_withdraw, name="interest-withdraw"),
    path("deals/<uuid:deal_id>/", staff.deal_detail, name="deal-detail"),
    path("deals/<uuid:deal_id>/approve/", staff.deal_approve, name="deal-approve"),
    path("deals/<uuid:deal_id>/reject/", staff.deal_reject, name="deal-reject"),
    path("deals/<uuid:deal_id>/return/", staff.deal_return, name="deal-return"),
    path("deals/<uuid:deal_id>/parts/", setup.deal_parts, name="deal-parts"),
    path("deals/<uuid:deal_id>/extension/", staff.deal_answer_extension, name="deal-answer-extension"),
    path("deals/<uuid:deal_id>/amendment/", staff.deal_answer_amendment, name="deal-answer-amendment"),
    path("deals/<uuid:deal_id>/stage/", board.deal_move, name="deal-move"),
    path("deals/<uuid:deal_id>/pass-on/", staff.deal_pass_on, name="deal-pass-on"),
]
portal: list[URLPattern] = [
    path("deals/", own.deal_list, name="portal-deal-list"),
    path("deals/board/", board.portal_deal_board, name="portal-deal-board"),
    path("deals/check/", own.deal_check, name="portal-deal-check"),
    path("deals/new/", own.deal_create, name="portal-deal-create"),
    path("deals/<uuid:deal_id>/", own.deal_detail, name="portal-deal"),
    path("deals/<uuid:deal_id>/edit/", own.deal_edit, name="portal-deal-edit"),
    path("deals/<uuid:deal_id>/extend/", own.deal_extend, name="portal-deal-extend"),
    path("deals/<uuid:deal_id>/amend/", own.deal_amend, name="portal-deal-amend"),
    path("deals/<uuid:deal_id>/stage/", board.portal_deal_move, name="portal-deal-move"),
    path("deals/<uuid:deal_id>/close/", own.deal_close, name="portal-deal-close"),
]
api: list[URLPattern] = [
    path("deals", machine.Deals.as_view(), name="api-deals"),
    path("deals/<uuid:deal_id>", machine.OneDeal.as_view(), name="api-deal"),
    path("deals/<uuid:deal_id>:approve", machine.DealApproval.as_view(), name="api-deal-approve"),
    path("deals/<uuid:deal_id>:reject", machine.DealRejection.as_view(), name="api-deal-reject"),
    path("deals/<uuid:deal_id>:return", machine.DealReturning.as_view(), name="api-deal-return"),
    path("deals/<uuid:deal_id>:extend", machine.DealExtension.as_view(), name="api-deal-extend"),
    path("deals/<uuid:deal_id>:amend", machine.DealAmending.as_view(), name="api-deal-amend"),
    path("deals/<uuid:deal_id>:answer", machine.DealAnswering.as_view(), name="api-deal-answer"),
    path("deals/<uuid:deal_id>/amendments", machine.DealAmendments.as_view(), name="api-deal-amendments"),
    path("deals/<uuid:deal_id>/parts", machine.DealParts.as_view(), name="api-deal-parts"),
    path("deals/<uuid:deal_id>:close", machine.DealClosing.as_view(), name="api-deal-close"),
]
