"""Addresses of the partners rooms, by face: imports only."""

from django.urls import URLPattern

console: list[URLPattern] = []
portal: list[URLPattern] = []
api: list[URLPattern] = []
