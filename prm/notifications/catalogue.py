"""What notices declare: who may read their own, and the menu line with what is unread."""

from django.utils.translation import pgettext_lazy

from prm.accounts.permissions import PARTNER_ROLES, STAFF_ROLES, declare
from prm.notifications.queries import count_unread
from prm.web.menu import MenuItem, add_menu_item

declare("notices.own", STAFF_ROLES | PARTNER_ROLES)

for face, group, url_name in (("console", "today", "notice-list"), ("portal", "home", "portal-notices")):
    add_menu_item(
        MenuItem(
            face,
            group,
            pgettext_lazy("menu", "Notices"),
            url_name,
            "bell",
            "notices.own",
            order=90,
            badge=count_unread,
        )
    )
