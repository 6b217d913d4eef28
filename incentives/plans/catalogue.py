"""What plans declare: permissions and the menu line."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.web.menu import MenuItem, add_menu_item

declare("plans.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR})
declare("plans.change", {PROGRAMME_ADMIN})
declare("plans.publish", {PROGRAMME_ADMIN, FINANCE})

add_menu_item(MenuItem("console", "money", _("Plans"), "plan-list", "list-details", "plans.view", order=10))
