"""What adjustments declare: permissions, menu, queue, files, followers, notices, the words of their trail."""

from django.utils.translation import gettext_lazy as _

from incentives.adjustments.actions import PAPER
from incentives.adjustments.following import adjustments_followers, forbid_while_deciding
from incentives.adjustments.forms import PAPER_KINDS
from incentives.adjustments.presentation import entry_panel, partner_panel
from incentives.adjustments.queries import count_to_approve, may_open_paper
from incentives.adjustments.wording import ACTION_NAMES, NOTICES
from partners.directory.followers import register_follower, register_merge_guard
from prm.accounts.permissions import AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.files.purposes import declare_purpose
from prm.files.rules import MEGABYTE
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("adjustments.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR}, needs_money=True)
declare("adjustments.propose", {PROGRAMME_ADMIN, FINANCE})
declare("adjustments.approve", {PROGRAMME_ADMIN, FINANCE})
declare("adjustments.terms", {PROGRAMME_ADMIN})
declare_scope("adjustments:read", _("Read adjustments"))
declare_purpose(
    PAPER,
    permission="adjustments.view",
    extensions=PAPER_KINDS,
    most_bytes=10 * MEGABYTE,
    allows=may_open_paper,
)
add_menu_item(
    MenuItem(
        "console",
        "money",
        _("Adjustments"),
        "adjustments",
        "adjustments",
        "adjustments.view",
        36,
        lambda actor: count_to_approve(actor) if actor.can("adjustments.approve") else 0,
    )
)
add_queue_item(
    QueueItem(
        _("Adjustments that need a second person"),
        count_to_approve,
        "adjustments",
        "adjustments.approve",
        query="state=proposed",
        order=26,
    )
)
add_panel("entry", entry_panel, permission="adjustments.view", order=10)
add_panel("portal-entry", entry_panel, permission="own_earnings.view", order=10)
add_panel("partner", partner_panel, permission="adjustments.view", order=49)
for code, words in ACTION_NAMES.items():
    name_action(code, words)
for kind, (title, text) in NOTICES.items():
    declare_notice(kind, title=title, text=text)
for follower in adjustments_followers():
    register_follower(follower)
register_merge_guard(forbid_while_deciding)
