"""What terms declare: permissions, scopes, the menu, panels, followers, notices, the words of their trail."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.terms.actions import ASK
from incentives.terms.following import terms_followers
from incentives.terms.presentation import (
    count_open,
    entry_panel,
    own_panel,
    partner_panel,
    version_panel,
)
from partners.directory.followers import register_follower
from prm.accounts.permissions import CHANNEL_MANAGER, PARTNER_ADMIN, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.notifications.kinds import declare_notice
from prm.outbox.actions import subscribe
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("terms.remind", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("terms.accept", {PARTNER_ADMIN}, needs_money=True)
declare_scope("terms:read", _("Read terms of plans and who accepted them"))
declare_scope("terms:write", _("Accept terms of plans on behalf of partners"))
for event in ("plan.published", "plan.assigned", "calculation.finished"):
    subscribe(event, ASK)
add_panel("plan_version", version_panel, permission="plans.view", order=20)
add_panel("partner", partner_panel, permission="plans.view", order=48)
add_panel("portal-home", own_panel, permission="own_earnings.view", order=10)
add_panel("portal-earnings", own_panel, permission="own_earnings.view", order=5)
add_panel("entry", entry_panel, permission="earnings.view", order=6)
add_panel("portal-entry", entry_panel, permission="own_earnings.view", order=6)
add_menu_item(
    MenuItem(
        "portal",
        "earn",
        pgettext_lazy("menu", "Terms of plans"),
        "portal-terms",
        "file-check",
        "own_earnings.view",
        30,
        count_open,
    )
)
name_action("terms.accepted", _("Terms of a plan accepted"))
name_action("terms.reminded", _("Partners reminded of terms of a plan"))
declare_notice(
    "terms.published",
    title=_("New terms of “%(plan)s”"),
    text=_("They are in force from %(day)s. Read what changes for you, and accept them for your company."),
)
declare_notice(
    "terms.reminded",
    title=_("The terms of “%(plan)s” wait for your answer"),
    text=_("They are in force from %(day)s, and your company has not accepted them yet."),
)
for follower in terms_followers():
    register_follower(follower)
