"""What earnings declare: permissions and menu lines."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import (
    AUDITOR,
    CHANNEL_MANAGER,
    FINANCE,
    PARTNER_ADMIN,
    PARTNER_USER,
    PROGRAMME_ADMIN,
    declare,
)
from prm.web.menu import MenuItem, add_menu_item

declare("earnings.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR}, needs_money=True)
declare("calculations.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("calculations.start", {PROGRAMME_ADMIN, FINANCE})
declare("own_earnings.view", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)

for item in (
    MenuItem(
        "console", "money", _("Calculations"), "calculation-list", "calculator", "calculations.view", order=20
    ),
    MenuItem("console", "money", _("Earnings"), "entry-list", "coins", "earnings.view", order=30),
    MenuItem(
        "console", "money", _("Earned nothing"), "outcome-list", "zoom-question", "earnings.view", order=35
    ),
    MenuItem(
        "portal",
        "earn",
        _("Earnings"),
        "portal-entry-list",
        "coins",
        "own_earnings.view",
        order=10,
        at_hand=True,
    ),
    MenuItem(
        "portal",
        "earn",
        _("Earned nothing"),
        "portal-outcome-list",
        "zoom-question",
        "own_earnings.view",
        order=20,
    ),
):
    add_menu_item(item)
