"""On a partner's page of a customer: what the partner earned on the sales to it; called by earnings.catalogue.

Promise: own entries of own credited lines alone; the sum is that of the list it leads to."""

from uuid import UUID

from django.utils.translation import gettext as _

from incentives.earnings.entries import EntryFilter, list_entries, totals_of
from prm.accounts.actor import Actor
from prm.web.panels import Panel


def own_customer_panel(actor: Actor, customer_id: UUID) -> Panel:
    totals = totals_of(list_entries(actor, EntryFilter(customer=customer_id)))
    content = {"totals": totals, "customer_id": customer_id}
    return Panel(_("Earned on this customer"), "components/earnings/own_customer.html", content)
