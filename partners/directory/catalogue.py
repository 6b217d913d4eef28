"""What the directory declares: permissions, scopes, menu lines, names of its audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.family import merged_ids
from partners.directory.followers import register_follower, register_merge_guard
from partners.directory.following import directory_followers, forbid_circles
from partners.directory.importing import PARTNERS
from partners.directory.queries import active_partner_choices, commented_partner, partner_names
from prm.accounts.family import offer_family
from prm.accounts.permissions import (
    ALL_STAFF,
    CHANNEL_MANAGER,
    PARTNER_ADMIN,
    PARTNER_ROLES,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.accounts.viewing import PERMISSION as VIEW_AS
from prm.comments.subjects import Subject, declare_subject
from prm.imports.kinds import register_import
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.workspace.companies import offer_companies

declare("partners.view", ALL_STAFF)
declare("partners.change", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("partners.assign", {PROGRAMME_ADMIN})
declare("partners.merge", {PROGRAMME_ADMIN})
declare(VIEW_AS, {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("company.view", PARTNER_ROLES)
declare("company.change", {PARTNER_ADMIN})

declare_scope("partners:read", _("Read partners and their contacts"))
declare_scope("merges:read", _("Look for duplicates of partners"))
declare_scope("merges:write", _("Merge duplicates of partners"))
declare_scope("partners:write", _("Write partners, their contacts and their place in the tree"))

add_menu_item(
    MenuItem("console", "partners", _("Partners"), "partner-list", "users", "partners.view", order=10)
)
add_menu_item(
    MenuItem(
        "portal",
        "company",
        pgettext_lazy("menu", "Profile"),
        "portal-company",
        "building",
        "company.view",
        order=10,
    )
)

register_import(PARTNERS)
offer_family(merged_ids)
for follower in directory_followers():
    register_follower(follower)
register_merge_guard(forbid_circles)
declare_subject(
    Subject("partner", commented_partner, "partner-detail", "portal-company", portal_takes_id=False)
)
offer_companies(names=partner_names, choices=active_partner_choices)

name_action("partner.created", pgettext_lazy("partner", "Added"))
name_action("partner.changed", pgettext_lazy("partner", "Changed"))
name_action("partner.assigned", _("Channel manager assigned"))
name_action("partner.moved", _("Moved in the tree"))
name_action("partner.restored", _("Put back as it was before an import"))
name_action("partner.removed", pgettext_lazy("partner", "Removed"))
name_action("partner.viewed_as", _("Portal seen as this partner sees it"))
name_action("partner.merged", _("Merged into another partner"))
name_action("partner.took_over", _("Took over a duplicate"))
name_action("partner.found_distinct", _("Found to be another company than one that looks alike"))
name_action("member.moved", _("Moved to the partner that took over"))
name_action("contact.added", _("Contact added"))
name_action("contact.changed", _("Contact changed"))
name_action("contact.removed", _("Contact removed"))
