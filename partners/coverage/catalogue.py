"""What coverage declares: the permission and menu line of a partner's customers, panels of a customer's page."""

from django.utils.translation import gettext_lazy as _

from partners.coverage.presentation import activity_panel, who_works_panel
from prm.accounts.permissions import PARTNER_ROLES, declare
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("own_customers.view", PARTNER_ROLES)

add_menu_item(
    MenuItem(
        "portal",
        "sell",
        _("Customers"),
        "portal-customer-list",
        "building-store",
        "own_customers.view",
        order=20,
    )
)

add_panel("customer", who_works_panel, permission="sales.view", order=10)
add_panel("customer", activity_panel, permission="sales.view", order=20)
