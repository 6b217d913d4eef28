"""What disputes declare: permissions, menu, queue, panels, comments, followers, notices, the words of their trail."""

from django.utils.translation import gettext_lazy as _

from incentives.adjustments.outcomes import register_listener
from incentives.disputes.actions import follow_adjustment
from incentives.disputes.following import disputes_followers, forbid_while_open
from incentives.disputes.presentation import entry_panel, note_before_closing, partner_panel
from incentives.disputes.queries import SUBJECT, commented_dispute, count_open, count_overdue
from incentives.disputes.wording import ACTION_NAMES, NOTICES
from incentives.ledger.guards import register_closing_note
from partners.directory.followers import register_follower, register_merge_guard
from prm.accounts.permissions import (
    AUDITOR,
    CHANNEL_MANAGER,
    FINANCE,
    PARTNER_ADMIN,
    PARTNER_USER,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.comments.subjects import Subject, declare_subject
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("disputes.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR}, needs_money=True)
declare("disputes.answer", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE}, needs_money=True)
declare("disputes.decide", {PROGRAMME_ADMIN, FINANCE})
declare("disputes.terms", {PROGRAMME_ADMIN})
declare("own_earnings.dispute", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare_scope("disputes:read", _("Read disputes"))
declare_scope("disputes:write", _("Open disputes and write in them on behalf of partners"))
declare_subject(Subject(SUBJECT, commented_dispute, "dispute", "portal-dispute", reads="disputes.answer"))
add_menu_item(
    MenuItem("console", "money", _("Disputes"), "disputes", "message-report", "disputes.view", 38, count_open)
)
add_menu_item(
    MenuItem("portal", "earn", _("Disputes"), "portal-disputes", "message-report", "own_earnings.view", 25)
)
for label, count, state in (
    (_("Disputes past their day"), count_overdue, "overdue"),
    (_("Disputes to answer"), count_open, "open"),
):
    add_queue_item(QueueItem(label, count, "disputes", "disputes.answer", query=f"state={state}", order=23))
add_panel("entry", entry_panel, permission="disputes.view", order=20)
add_panel("portal-entry", entry_panel, permission="own_earnings.view", order=20)
add_panel("partner", partner_panel, permission="disputes.view", order=51)
for code, words in ACTION_NAMES.items():
    name_action(code, words)
for kind, (title, text) in NOTICES.items():
    declare_notice(kind, title=title, text=text)
for follower in disputes_followers():
    register_follower(follower)
register_merge_guard(forbid_while_open)
register_listener(follow_adjustment)
register_closing_note(note_before_closing)
