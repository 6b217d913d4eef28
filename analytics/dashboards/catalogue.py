"""What dashboards declare: the first pages of both faces."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import ALL_STAFF, PARTNER_ROLES, declare
from prm.web.menu import MenuItem, add_menu_item

declare("portal.view", PARTNER_ROLES)
declare("today.view", ALL_STAFF)
add_menu_item(MenuItem("console", "today", _("Today"), "today", "home", "today.view", order=0))
add_menu_item(
    MenuItem("portal", "home", _("Home"), "portal-home", "home", "portal.view", order=0, at_hand=True)
)
