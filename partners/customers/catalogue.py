"""What customers declare: permissions, scopes, the menu line, names of their audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.customers.importing import CUSTOMERS
from prm.accounts.permissions import ALL_STAFF, CHANNEL_MANAGER, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.imports.kinds import register_import
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item

declare("customers.view", ALL_STAFF)
declare("customers.change", {PROGRAMME_ADMIN, CHANNEL_MANAGER})

declare_scope("customers:read", _("Read end customers"))
declare_scope("customers:write", _("Write end customers"))

add_menu_item(
    MenuItem(
        "console", "sales", _("Customers"), "customer-list", "building-store", "customers.view", order=50
    )
)

register_import(CUSTOMERS)

name_action("customer.created", pgettext_lazy("customer", "Added"))
name_action("customer.changed", pgettext_lazy("customer", "Changed"))
name_action("customer.removed", pgettext_lazy("customer", "Removed"))
