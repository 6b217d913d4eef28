"""What the ledger declares: permissions, the menu line, the words of its trail."""

from django.utils.translation import gettext_lazy as _

from incentives.ledger.payable import payable_tile
from incentives.ledger.queries import count_closable
from prm.accounts.permissions import AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.queue import QueueItem, add_queue_item
from prm.web.tiles import add_tile

declare("ledger.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("payable.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR}, needs_money=True)
declare("periods.close", {PROGRAMME_ADMIN, FINANCE})
declare("ledger_accounts.change", {PROGRAMME_ADMIN, FINANCE})
add_menu_item(MenuItem("console", "money", _("Ledger"), "ledger", "book-2", "ledger.view", order=70))
add_tile(payable_tile, permission="payable.view", order=10)
add_queue_item(
    QueueItem(
        label=_("Months to close"),
        count=count_closable,
        url_name="ledger",
        permission="periods.close",
        order=30,
    )
)
name_action("period.closed", _("Month closed"))
name_action("ledger.reversed", _("Transfer reversed"))
name_action("ledger.sealed", _("Transfers sealed"))
name_action("ledger.account_numbered", _("Account numbered"))
