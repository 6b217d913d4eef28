"""Addresses of the platform's own pages and resources, by face."""

from django.urls import URLPattern

from prm.api import urls as api_documents
from prm.currencies import urls as currencies
from prm.files import urls as files
from prm.jobs import urls as jobs

console: list[URLPattern] = [*currencies.console, *files.console, *jobs.console]
portal: list[URLPattern] = [*files.portal]
api: list[URLPattern] = [*api_documents.api, *files.api, *jobs.api]
