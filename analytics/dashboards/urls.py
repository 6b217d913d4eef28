"""Addresses of dashboards, by face."""

from django.urls import path

from analytics.dashboards import portal as own

portal = [path("", own.home, name="portal-home")]
