"""What dashboards declare: the first pages of both faces."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import PARTNER_ROLES, declare
from prm.web.menu import MenuItem, add_menu_item

declare("portal.view", PARTNER_ROLES)
add_menu_item(
    MenuItem("portal", "home", _("Home"), "portal-home", "home", "portal.view", order=0, at_hand=True)
)
