"""What payouts declare: permissions, menu lines, files."""

from django.utils.translation import gettext_lazy as _

from incentives.payouts.queries import count_accounts_to_confirm, count_awaiting_approval
from prm.accounts.permissions import AUDITOR, FINANCE, PARTNER_ADMIN, PARTNER_USER, PROGRAMME_ADMIN, declare
from prm.files.purposes import declare_purpose
from prm.outbox.actions import subscribe
from prm.web.menu import MenuItem, add_menu_item

declare("payouts.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("payouts.prepare", {PROGRAMME_ADMIN, FINANCE})
declare("payouts.approve", {FINANCE})
declare("bank.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("bank.confirm", {FINANCE})
declare("statements.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("own_statements.view", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare("own_bank.view", {PARTNER_ADMIN}, needs_money=True)
declare("own_bank.propose", {PARTNER_ADMIN}, needs_money=True)
declare(
    "statement_files.open", {PROGRAMME_ADMIN, FINANCE, AUDITOR, PARTNER_ADMIN, PARTNER_USER}, needs_money=True
)

declare_purpose("payment_file", permission="payouts.view", extensions={"csv"})
declare_purpose("statement", permission="statement_files.open", extensions={"pdf"})

for item in (
    MenuItem("console", "money", _("Payout runs"), "payout-list", "cash-banknote", "payouts.view", 40, count_awaiting_approval),
    MenuItem("console", "money", _("Statements"), "statement-list", "file-invoice", "statements.view", 50),
    MenuItem("console", "money", _("Bank details"), "bank-list", "building-bank", "bank.view", 60, count_accounts_to_confirm),
    MenuItem("portal", "earn", _("Statements and payouts"), "portal-statement-list", "file-invoice", "own_statements.view", 30, at_hand=True),
    MenuItem("portal", "company", _("Bank details"), "portal-bank", "building-bank", "own_bank.view", 30),
):  # fmt: skip
    add_menu_item(item)

subscribe("period.closed", "incentives.payouts.write_statements")
