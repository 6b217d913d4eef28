"""Panels of a customer's page for the vendor: who works with it, and its activity; called by coverage.catalogue.

Promise: each number leads to a list with the same filter, where its rows add up to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.coverage import queries
from partners.coverage.queries import Coverage, SoldMonth
from partners.coverage.rules import last_day, month_of, year_until
from partners.customers.models import Customer
from partners.customers.queries import access_customer
from partners.segments.rules import Span
from prm.accounts.actor import Actor
from prm.tenancy.queries import current_tenant
from prm.web import format as formats
from prm.web.panels import Panel

ROWS_SHOWN, MOMENTS_SHOWN = 50, 24


@dataclass(frozen=True)
class Happening:
    """One line of the activity, on a day."""

    on: date
    what: str
    text: str = ""
    url: str = ""


def who_works_panel(actor: Actor, customer_id: UUID) -> Panel:
    customer, today = access_customer(customer_id), _today()
    year = year_until(today)
    rows = queries.who_works_with(actor, customer, today)
    content = {
        "rows": [(told, _links(told, customer, year)) for told in rows[:ROWS_SHOWN]],
        "most": ROWS_SHOWN if len(rows) > ROWS_SHOWN else 0,
        "year": year,
        "last": today,
        "walled": actor.has_portfolio_wall,
    }
    return Panel(_("Who works with it"), "components/partners/who_works.html", content)


def _links(told: Coverage, customer: Customer, year: Span) -> dict[str, str]:
    """Where each number of a row leads."""
    whose = {"credited": told.key} if told.partner else {"seller": "direct"}
    deals = {"partner": told.key, "customer": customer.id}
    return {
        "sales": _sales(customer, year, **whose),
        "open": _address("deal-list", state="open", **deals),
        "protected": _address("deal-list", state="protected", **deals),
    }


def _sales(customer: Customer, days: Span, **more: str) -> str:
    return _address("sale-list", customer=customer.id, since=days.starts_on, until=last_day(days), **more)


def _address(name: str, **parameters: Any) -> str:
    return f"{reverse(name)}?{urlencode(parameters)}"


def activity_panel(actor: Actor, customer_id: UUID) -> Panel:
    customer = access_customer(customer_id)
    moments = [
        *_months(actor, customer),
        *_registrations(actor, customer),
        *_protections(actor, customer, _today()),
    ]
    newest = sorted(moments, key=lambda moment: moment.on, reverse=True)[:MOMENTS_SHOWN]
    return Panel(_("Activity"), "components/partners/customer_activity.html", {"moments": newest})


def _months(actor: Actor, customer: Customer) -> Iterator[Happening]:
    """Each month on the day of its last line."""
    for month_on, sums in groupby(queries.sales_by_month(actor, customer), key=lambda month: month.month_on):
        told = list(sums)
        yield Happening(
            max(month.last_on for month in told),
            _("Sales of %(month)s") % {"month": formats.month(month_on)},
            "; ".join(map(_sold, told)),
            _sales(customer, month_of(month_on)),
        )


def _sold(month: SoldMonth) -> str:
    said = ngettext("%(amount)s in %(n)s line", "%(amount)s in %(n)s lines", month.lines)
    amount = formats.money(month.amount_minor, month.currency)
    return said % {"amount": amount, "n": formats.quantity(month.lines)}


def _registrations(actor: Actor, customer: Customer) -> Iterator[Happening]:
    for deal in queries.newest_deals(actor, customer):
        yield Happening(
            timezone.localtime(deal.submitted_at).date(),
            _("%(partner)s registered %(deal)s") % {"partner": deal.partner.name, "deal": deal},
            f"{deal.line.name}: {deal.get_state_display()}",
            reverse("deal-detail", args=[deal.id]),
        )


def _protections(actor: Actor, customer: Customer, today: date) -> Iterator[Happening]:
    """The beginning of each, and the end of those that are over."""
    for held in queries.newest_protections(actor, customer):
        url, line = reverse("deal-detail", args=[held.deal_id]), held.line.name
        told = {"partner": held.partner.name, "day": formats.day(held.last_day)}
        yield Happening(held.starts_on, _("Protected for %(partner)s until %(day)s") % told, line, url)
        if held.ends_on <= today:
            yield Happening(held.ends_on, _("The protection of %(partner)s ended") % told, line, url)


def _today() -> date:
    return timezone.localtime(timezone=current_tenant().zone).date()
