"""Addresses of the platform's own pages and resources, by face."""

from django.urls import URLPattern

console: list[URLPattern] = []
portal: list[URLPattern] = []
api: list[URLPattern] = []
