"""What payouts declare: permissions, scopes, menu lines, files, guards, the words of their trail."""

from django.utils.translation import gettext_lazy as _

from incentives.ledger.guards import register_closing_guard
from incentives.payouts.calculation import BROKE, JOB_KIND, WORKER_LOST
from incentives.payouts.files.formats import FORMATS
from incentives.payouts.following import forbid_while_owing, forbid_while_paying, payouts_followers
from incentives.payouts.guards import forbid_closing, forbid_undo
from incentives.payouts.hints import same_account
from incentives.payouts.moments import payout_moments
from incentives.payouts.outcomes import count_answers_to_confirm
from incentives.payouts.payer_queries import count_payers_to_confirm
from incentives.payouts.queries import (
    count_accounts_to_confirm,
    count_awaiting_approval,
    count_failed,
    count_to_submit,
    with_bank_details,
)
from incentives.payouts.reconciling import MOST_BYTES, PURPOSE
from incentives.payouts.tax_pages import tax_panel
from incentives.payouts.withholding import count_rates_to_confirm
from incentives.payouts.wording import ACTION_NAMES
from partners.deals.stakes import register_hint
from partners.directory.followers import register_follower, register_merge_guard
from partners.onboarding.kinds import StepKind, register_step
from partners.sales.guards import register_undo_guard
from prm.accounts.permissions import AUDITOR, FINANCE, PARTNER_ADMIN, PARTNER_USER, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.comments.timeline import add_timeline
from prm.files.purposes import declare_purpose
from prm.files.rules import MEGABYTE
from prm.jobs.kinds import declare_job_count, declare_job_failure, declare_job_kind
from prm.notifications.kinds import declare_notice
from prm.outbox.actions import subscribe
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("payouts.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("payouts.prepare", {PROGRAMME_ADMIN, FINANCE})
declare("payouts.approve", {FINANCE})
declare("payouts.export", {FINANCE})
declare("bank.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("bank.confirm", {FINANCE})
declare("payers.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("payers.change", {FINANCE})
declare("statements.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("own_statements.view", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare("own_bank.view", {PARTNER_ADMIN}, needs_money=True)
declare("own_bank.propose", {PARTNER_ADMIN}, needs_money=True)
declare(
    "statement_files.open", {PROGRAMME_ADMIN, FINANCE, AUDITOR, PARTNER_ADMIN, PARTNER_USER}, needs_money=True
)
declare_scope("payouts:read", _("Read payout runs and payments"))
declare_scope("statements:read", _("Read statements"))

# A payment file holds whole account numbers: it leaves by its run's page alone, where the download is written down.
declare_purpose(
    "payment_file",
    permission="payouts.export",
    extensions={kind.extension for kind in FORMATS.values()},
    most_bytes=200 * MEGABYTE,  # a payment is about a kilobyte in XML
    allows=lambda actor, stored: False,
)
# A bank's statement tells of more than our payments: it is looked at on its page, and forgotten after a day.
declare_purpose(
    PURPOSE,
    permission="payouts.export",
    extensions={"xml", "txt", "csv"},
    most_bytes=MOST_BYTES,
    allows=lambda actor, stored: False,
)
declare("tax.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("tax.change", {FINANCE})
declare_purpose(
    "closing_document", permission="statement_files.open", extensions={"pdf"}, scope="statements:read"
)
declare_purpose("statement", permission="statement_files.open", extensions={"pdf"}, scope="statements:read")

for item in (
    MenuItem(
        "console",
        "money",
        _("Payout runs"),
        "payout-list",
        "cash-banknote",
        "payouts.view",
        40,
        count_awaiting_approval,
    ),
    MenuItem("console", "money", _("Statements"), "statement-list", "file-invoice", "statements.view", 50),
    MenuItem(
        "console",
        "money",
        _("Bank details"),
        "bank-list",
        "building-bank",
        "bank.view",
        60,
        count_accounts_to_confirm,
    ),
    MenuItem(
        "console",
        "money",
        _("Paying accounts"),
        "payer-list",
        "wallet",
        "payers.view",
        65,
        count_payers_to_confirm,
    ),
    MenuItem(
        "console",
        "money",
        _("Withholding"),
        "withholding-list",
        "percentage",
        "tax.view",
        67,
        count_rates_to_confirm,
    ),
    MenuItem(
        "portal",
        "earn",
        _("Statements and payouts"),
        "portal-statement-list",
        "file-invoice",
        "own_statements.view",
        30,
        at_hand=True,
    ),
    MenuItem("portal", "company", _("Bank details"), "portal-bank", "building-bank", "own_bank.view", 30),
):
    add_menu_item(item)

for waiting in (
    QueueItem(
        _("Payout runs to approve"), count_awaiting_approval, "payout-list", "payouts.approve", order=10
    ),
    QueueItem(_("Payout runs to submit"), count_to_submit, "payout-list", "payouts.prepare", order=15),
    QueueItem(
        _("Payout runs that could not be calculated"),
        count_failed,
        "payout-list",
        "payouts.prepare",
        order=12,
    ),
    QueueItem(
        _("The bank's answers to confirm"),
        count_answers_to_confirm,
        "payout-list",
        "payouts.export",
        order=13,
    ),
    QueueItem(
        _("Paying accounts to confirm"), count_payers_to_confirm, "payer-list", "payers.change", order=41
    ),
    QueueItem(
        _("Withholding rates to confirm"), count_rates_to_confirm, "withholding-list", "tax.change", order=42
    ),
    QueueItem(_("Bank details to confirm"), count_accounts_to_confirm, "bank-list", "bank.confirm", order=40),
):
    add_queue_item(waiting)

add_panel("partner", tax_panel, permission="tax.view", order=60)
add_timeline("partner", payout_moments, permission="payouts.view")
for code, words in ACTION_NAMES.items():
    name_action(code, words)

declare_job_kind(JOB_KIND, _("Calculation of a payout run"), permission="payouts.view")
declare_job_failure(BROKE, _("A part could not be calculated: %(detail)s"))
declare_job_failure(WORKER_LOST, _("A part was begun %(detail)s times, and its worker was lost each time."))
declare_job_count("payments", _("payments"))
declare_job_count("held_out", _("balances held out"))

subscribe("period.closed", "incentives.payouts.write_statements")
register_hint(same_account)
register_undo_guard(forbid_undo)
register_closing_guard(forbid_closing)
for follower in payouts_followers():
    register_follower(follower)
register_merge_guard(forbid_while_paying)
register_merge_guard(forbid_while_owing)

declare_notice(
    "payout.submitted",
    title=_("Payout run %(number)s waits for approval"),
    text=_("It pays %(total)s on %(pays_on)s. Whoever prepared it cannot approve it."),
)
declare_notice(
    "bank.proposed",
    title=_("New bank details were proposed for your company"),
    text=_(
        "In %(currency)s, the account ending in %(last4)s. If nobody of yours did that, tell the vendor at once: the "
        "details count only after it has confirmed them, and 72 hours later."
    ),
)
declare_notice(
    "bank.confirmed",
    title=_("New bank details of your company were confirmed"),
    text=_(
        "In %(currency)s, the account ending in %(last4)s is paid from 72 hours on. If you do not know it, tell the "
        "vendor at once."
    ),
)
declare_notice(
    "statement.ready",
    title=_("Your statement for %(month)s is ready"),
    text=_("Earned: %(earned)s. Not paid yet: %(closing)s."),
)
register_step(
    StepKind(
        "bank",
        _("Say where you are paid"),
        _("Bank details of your company; they are confirmed before the first payment."),
        "portal-bank",
        "own_bank.view",
        5,
        with_bank_details,
        order=30,
    )
)
