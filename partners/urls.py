"""Addresses of the partners rooms, by face: imports only."""

from django.urls import URLPattern

from partners.customers import urls as customers
from partners.directory import urls as directory
from partners.products import urls as products

console: list[URLPattern] = [*directory.console, *products.console, *customers.console]
portal: list[URLPattern] = [*directory.portal]
api: list[URLPattern] = []
