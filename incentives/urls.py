"""Addresses of the incentives rooms, by face: imports only."""

from django.urls import URLPattern

from incentives.adjustments import urls as adjustments
from incentives.disputes import urls as disputes
from incentives.earnings import urls as earnings
from incentives.funds import urls as funds
from incentives.holds import urls as holds
from incentives.ledger import urls as ledger
from incentives.payouts import urls as payouts
from incentives.plans import urls as plans
from incentives.terms import urls as terms
from incentives.trials import urls as trials

console: list[URLPattern] = [
    *plans.console,
    *earnings.console,
    *payouts.console,
    *ledger.console,
    *funds.console,
    *adjustments.console,
    *holds.console,
    *terms.console,
    *trials.console,
    *disputes.console,
]
portal: list[URLPattern] = [
    *earnings.portal,
    *payouts.portal,
    *funds.portal,
    *adjustments.portal,
    *terms.portal,
    *trials.portal,
    *disputes.portal,
]
api: list[URLPattern] = [
    *plans.api,
    *earnings.api,
    *payouts.api,
    *funds.api,
    *adjustments.api,
    *holds.api,
    *terms.api,
    *trials.api,
    *disputes.api,
]
