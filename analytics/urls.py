"""Addresses of the analytics rooms, by face: imports only."""

from django.urls import URLPattern

from analytics.dashboards import urls as dashboards

console: list[URLPattern] = [*dashboards.console]
portal: list[URLPattern] = [*dashboards.portal]
api: list[URLPattern] = []
