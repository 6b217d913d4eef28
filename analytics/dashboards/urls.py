"""Addresses of dashboards, by face."""

from django.urls import path

from analytics.dashboards import console as staff
from analytics.dashboards import portal as own

console = [
    path("", staff.today_page, name="today"),
    path("today/partners/", staff.partner_sales, name="partner-sales"),
    path("today/new-partners/", staff.new_partner_list, name="new-partner-list"),
]
portal = [path("", own.home, name="portal-home")]
