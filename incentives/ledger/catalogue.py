"""What the ledger declares: permissions and the menu line."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import AUDITOR, FINANCE, PROGRAMME_ADMIN, declare
from prm.web.menu import MenuItem, add_menu_item

declare("ledger.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("periods.close", {PROGRAMME_ADMIN, FINANCE})
add_menu_item(MenuItem("console", "money", _("Ledger"), "ledger", "book-2", "ledger.view", order=70))
