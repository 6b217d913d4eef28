"""What conflicts declare: permissions, scopes, menu line, queue, notices, panels, files, words of audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.conflicts.actions import EVIDENCE
from partners.conflicts.following import conflicts_followers, forbid_both_sides
from partners.conflicts.partner_page import conflict_moments, conflicts_panel
from partners.conflicts.presentation import conflict_panel, own_conflict_panel
from partners.conflicts.queries import count_to_rule, is_contested, may_open_evidence
from partners.deals.holds import register_hold
from partners.directory.followers import register_follower, register_merge_guard
from prm.accounts.permissions import (
    AUDITOR,
    CHANNEL_MANAGER,
    PARTNER_ADMIN,
    PARTNER_USER,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.comments.timeline import add_timeline
from prm.files.purposes import declare_purpose
from prm.files.rules import MEGABYTE
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("conflicts.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, AUDITOR})
declare("conflicts.open", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("conflicts.rule", {PROGRAMME_ADMIN})
declare("evidence.open", {PROGRAMME_ADMIN, CHANNEL_MANAGER, AUDITOR, PARTNER_ADMIN, PARTNER_USER})

declare_scope("conflicts:read", _("Read conflicts"))
declare_scope("conflicts:write", _("Open conflicts and rule on them"))

declare_purpose(
    EVIDENCE,
    permission="evidence.open",
    extensions={"pdf", "png", "jpg", "jpeg", "txt"},
    most_bytes=10 * MEGABYTE,
    allows=may_open_evidence,
)
add_menu_item(
    MenuItem(
        "console",
        "sales",
        _("Conflicts"),
        "conflict-list",
        "scale",
        "conflicts.view",
        order=6,
        badge=count_to_rule,
    )
)
add_queue_item(
    QueueItem(
        label=_("Conflicts to rule on"),
        count=count_to_rule,
        url_name="conflict-list",
        permission="conflicts.rule",
        order=7,
    )
)
add_panel("deal", conflict_panel, permission="conflicts.view", order=20)
add_panel("partner", conflicts_panel, permission="conflicts.view", order=46)
add_timeline("partner", conflict_moments, permission="conflicts.view")
add_panel("portal-deal", own_conflict_panel, permission="own_deals.view", order=20)

name_action("conflict.raised", _("Taken to the conflict desk"))
name_action("conflict.opened", pgettext_lazy("conflict", "Opened"))
name_action("conflict.evidence_asked", _("Asked for evidence"))
name_action("conflict.evidence_added", _("Evidence added"))
name_action("conflict.ruled", pgettext_lazy("conflict", "Ruled"))
name_action("conflict.awarded", _("The customer was awarded in a conflict"))
name_action("conflict.shared", _("The customer was shared in a conflict"))
name_action("conflict.refused", _("The customer was awarded to another side"))
name_action("conflict.appealed", _("Ruling appealed"))
name_action("conflict.heard", _("Told of an appeal, to be heard"))
name_action("conflict.closed", pgettext_lazy("conflict", "Closed"))

declare_notice(
    "conflict.opened",
    title=_("Several claim %(customer)s"),
    text=_("Conflict %(number)s waits for your ruling."),
)
declare_notice(
    "conflict.appealed",
    title=_("The ruling about %(customer)s is appealed"),
    text=_("Another person than the one who ruled decides."),
)
declare_notice(
    "conflict.heard",
    title=_("The ruling about %(customer)s is appealed by another side"),
    text=_("You are heard before it is decided: tell what speaks for you by %(until)s."),
)
declare_notice(
    "conflict.evidence_asked",
    title=_("Somebody else works with %(customer)s too"),
    text=_("Tell what you did for the customer by %(until)s."),
)
declare_notice(
    "conflict.awarded", title=_("%(customer)s was awarded to you"), text=_("The desk's words: %(words)s")
)
declare_notice(
    "conflict.shared", title=_("%(customer)s is shared with you"), text=_("The desk's words: %(words)s")
)
declare_notice(
    "conflict.refused",
    title=_("%(customer)s was not awarded to you"),
    text=_("The desk's words: %(words)s You can appeal once."),
)

for follower in conflicts_followers():
    register_follower(follower)
register_merge_guard(forbid_both_sides)
register_hold(is_contested)
