"""What currencies declare: permissions, scopes, the menu line, names of their audit actions."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import ALL_STAFF, FINANCE, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item

declare("rates.view", ALL_STAFF)
declare("rates.change", {PROGRAMME_ADMIN, FINANCE})

declare_scope("rates:read", _("Read exchange rates"))
declare_scope("rates:write", _("Publish exchange rates"))

add_menu_item(
    MenuItem("console", "money", _("Exchange rates"), "rate-list", "arrows-exchange", "rates.view", order=80)
)

name_action("rate.published", _("Rate published"))
name_action("rate.corrected", _("Rate corrected"))
