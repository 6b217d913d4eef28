"""What sales declare: permissions, scopes, menu lines and the import kind."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.deals.flags import register_flagger
from partners.directory.below import has_partners_below
from partners.directory.followers import register_follower
from partners.onboarding.milestones import register_milestone
from partners.sales.claims import direct_sale_flags, direct_sales_panel
from partners.sales.following import sales_followers
from partners.sales.importing import SALES
from partners.sales.moments import sale_moments
from partners.sales.payment_importing import PAYMENTS
from partners.sales.queries import first_sale_moments
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
from prm.comments.timeline import add_timeline
from prm.imports.kinds import register_import
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("sales.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR})
declare("sales.import", {PROGRAMME_ADMIN, FINANCE, CHANNEL_MANAGER})
declare("sales.void", {PROGRAMME_ADMIN})
declare("own_network.view", {PARTNER_ADMIN, PARTNER_USER})
declare("own_sales.view", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare_scope("sales:read", _("Read sales"))
declare_scope("sales:write", _("Send sales"))
register_import(SALES)
register_import(PAYMENTS)
add_menu_item(MenuItem("console", "sales", _("Sales"), "sale-list", "shopping-cart", "sales.view", order=20))
add_menu_item(
    MenuItem("portal", "sell", _("Sales"), "portal-sale-list", "shopping-cart", "own_sales.view", order=30)
)
add_menu_item(
    MenuItem(
        "portal",
        "sell",
        _("Partners below us"),
        "portal-network",
        "sitemap",
        "own_network.view",
        order=35,
        shown=has_partners_below,
    )
)
name_action("sales.recorded", _("Sales recorded"))
name_action("sale.voided", _("Sale voided"))
name_action("payments.recorded", _("Payments of sales recorded"))
name_action("payment.voided", _("Payment of a sale voided"))
name_action("payments.import_undone", _("Payments of an import undone"))
name_action("sales.import_undone", _("Sales of an import undone"))
register_milestone(
    "first_sale", label=pgettext_lazy("funnel", "First sale"), reached=first_sale_moments, order=30
)
register_flagger(direct_sale_flags)
add_panel("deal", direct_sales_panel, permission="sales.view", order=20)
add_timeline("partner", sale_moments, permission="sales.view")

for follower in sales_followers():
    register_follower(follower)
