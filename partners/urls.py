"""Addresses of the partners rooms, by face: imports only."""

from django.urls import URLPattern

from partners.conflicts import urls as conflicts
from partners.coverage import urls as coverage
from partners.customers import urls as customers
from partners.deals import urls as deals
from partners.directory import urls as directory
from partners.onboarding import urls as onboarding
from partners.products import urls as products
from partners.profiles import urls as profiles
from partners.sales import urls as sales
from partners.segments import urls as segments
from partners.tiers import urls as tiers
from partners.training import urls as training

console: list[URLPattern] = [
    *directory.console,
    *profiles.console,
    *onboarding.console,
    *products.console,
    *customers.console,
    *training.console,
    *deals.console,
    *sales.console,
    *conflicts.console,
    *segments.console,
    *tiers.console,
]
portal: list[URLPattern] = [
    *directory.portal,
    *profiles.portal,
    *onboarding.portal,
    *training.portal,
    *deals.portal,
    *sales.portal,
    *conflicts.portal,
    *coverage.portal,
    *segments.portal,
    *tiers.portal,
]
api: list[URLPattern] = [
    *directory.api,
    *profiles.api,
    *onboarding.api,
    *products.api,
    *customers.api,
    *training.api,
    *deals.api,
    *sales.api,
    *conflicts.api,
    *coverage.api,
    *segments.api,
    *tiers.api,
]
join: list[URLPattern] = [*onboarding.public]
check: list[URLPattern] = [*training.public]
find: list[URLPattern] = [*profiles.public]
