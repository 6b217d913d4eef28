"""What holds declare: permissions, menu, panels, followers, notices, the words of their trail."""

from django.utils.translation import gettext_lazy as _

from incentives.holds.following import holds_followers
from incentives.holds.presentation import deal_panel, entry_panel, own_panel, partner_panel
from incentives.holds.wording import ACTION_NAMES, NOTICES
from partners.directory.followers import register_follower
from prm.accounts.permissions import AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("holds.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR}, needs_money=True)
declare("holds.place", {PROGRAMME_ADMIN, FINANCE})
declare_scope("holds:read", _("Read holds of money"))
add_menu_item(MenuItem("console", "money", _("Held money"), "holds", "lock-dollar", "holds.view", 37))
add_panel("partner", partner_panel, permission="holds.view", order=50)
add_panel("deal", deal_panel, permission="holds.view", order=50)
add_panel("entry", entry_panel, permission="holds.view", order=5)
add_panel("portal-entry", entry_panel, permission="own_earnings.view", order=5)
add_panel("portal-earnings", own_panel, permission="own_earnings.view", order=10)
for code, words in ACTION_NAMES.items():
    name_action(code, words)
for kind, (title, text) in NOTICES.items():
    declare_notice(kind, title=title, text=text)
for follower in holds_followers():
    register_follower(follower)
