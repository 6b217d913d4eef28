"""Addresses of the incentives rooms, by face: imports only."""

from django.urls import URLPattern

from incentives.plans import urls as plans

console: list[URLPattern] = [*plans.console]
portal: list[URLPattern] = []
api: list[URLPattern] = []
