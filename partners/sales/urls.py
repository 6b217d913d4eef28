"""Addresses of sales, by face."""

from django.urls import path

from partners.sales import api as machine
from partners.sales import console as staff
from partners.sales import network, payment_api
from partners.sales import portal as partner

console = [
    path("sales/", staff.sale_list, name="sale-list"),
    path("sales/export.csv", staff.sale_export, name="sale-export"),
    path("sales/<uuid:line_id>/", staff.sale_detail, name="sale-detail"),
    path("sales/<uuid:line_id>/void/", staff.sale_void, name="sale-void"),
]
portal = [
    path("sales/", partner.sale_list, name="portal-sale-list"),
    path("network/", network.network, name="portal-network"),
    path("network/<uuid:below_id>/", network.network_partner, name="portal-network-partner"),
    path("network/<uuid:below_id>/sales/", network.network_sales, name="portal-network-sales"),
]
api = [
    path("sales", machine.Sales.as_view(), name="api-sales"),
    path("sales:batch", machine.SaleBatch.as_view(), name="api-sale-batch"),
    path("sale-payments", payment_api.SalePayments.as_view(), name="api-sale-payments"),
    path("sale-payments:batch", payment_api.SalePaymentBatch.as_view(), name="api-sale-payment-batch"),
    path("sale-payments/<uuid:payment_id>", payment_api.OneSalePayment.as_view(), name="api-sale-payment"),
    path(
        "sale-payments/<uuid:payment_id>/void",
        payment_api.SalePaymentVoid.as_view(),
        name="api-sale-payment-void",
    ),
    path("sales/<uuid:line_id>", machine.OneSale.as_view(), name="api-sale"),
    path("sales/<uuid:line_id>/void", machine.SaleVoid.as_view(), name="api-sale-void"),
    path(
        "sales/by-external-id/<str:source>/<path:external_id>",
        machine.SaleByExternalId.as_view(),
        name="api-sale-by-external-id",
    ),
]
