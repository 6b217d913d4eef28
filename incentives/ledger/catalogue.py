"""What the ledger declares: permissions, the menu line, the words of its trail."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import AUDITOR, FINANCE, PROGRAMME_ADMIN, declare
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item

declare("ledger.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("periods.close", {PROGRAMME_ADMIN, FINANCE})
add_menu_item(MenuItem("console", "money", _("Ledger"), "ledger", "book-2", "ledger.view", order=70))
name_action("period.closed", _("Month closed"))
name_action("ledger.reversed", _("Transfer reversed"))
