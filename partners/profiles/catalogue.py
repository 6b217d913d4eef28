"""What profiles declare: rights, scopes, menu lines, the purpose of documents, the panel, words of audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.directory.extras import register_extra
from partners.directory.followers import register_follower
from partners.profiles.files import PROFILE
from partners.profiles.following import profiles_followers
from partners.profiles.presentation import profile_panel
from partners.profiles.queries import may_open_document
from prm.accounts.permissions import (
    ALL_STAFF,
    CHANNEL_MANAGER,
    PARTNER_ADMIN,
    PARTNER_ROLES,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.files.purposes import declare_purpose
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("profiles.view", ALL_STAFF)
declare("profiles.change", {PROGRAMME_ADMIN, CHANNEL_MANAGER})
declare("vocabulary.view", ALL_STAFF)
declare("vocabulary.change", {PROGRAMME_ADMIN})
declare("documents.view", ALL_STAFF | PARTNER_ROLES)
declare("own_profile.view", PARTNER_ROLES)
declare("own_profile.change", {PARTNER_ADMIN})

declare_scope("vocabulary:read", _("Read lists of words and custom fields"))
declare_scope("vocabulary:write", _("Define custom fields"))
declare_scope("documents:read", _("Read documents of partners"))
declare_scope("documents:write", _("Store and remove documents of partners"))

declare_purpose(
    "document",
    permission="documents.view",
    scope="documents:read",
    extensions={"pdf", "png", "jpg", "jpeg", "xlsx", "csv", "txt", "zip"},
    allows=may_open_document,
)
add_menu_item(
    MenuItem("console", "system", _("Lists of words"), "term-list", "tags", "vocabulary.view", order=60)
)
add_menu_item(
    MenuItem("console", "system", _("Custom fields"), "field-list", "forms", "vocabulary.view", order=70)
)
add_menu_item(
    MenuItem(
        "portal",
        "company",
        _("Skills and papers"),
        "portal-profile",
        "id-badge-2",
        "own_profile.view",
        order=15,
    )
)
add_panel("partner", profile_panel, permission="profiles.view", order=10)

name_action("profile.changed", _("Profile changed"))
name_action("document.added", _("Document stored"))
name_action("document.removed", _("Document removed"))
name_action("partner.listed", _("Entered the public directory"))
name_action("partner.listing_changed", _("Words in the public directory changed"))
name_action("partner.unlisted", _("Left the public directory"))
name_action("term.added", pgettext_lazy("term", "Added"))
name_action("term.renamed", pgettext_lazy("term", "Renamed"))
name_action("term.retired", pgettext_lazy("term", "Taken out of use"))
name_action("term.restored", pgettext_lazy("term", "Taken back into use"))
name_action("field.defined", pgettext_lazy("field", "Added"))
name_action("field.changed", pgettext_lazy("field", "Changed"))
name_action("field.retired", pgettext_lazy("field", "Taken out of use"))
name_action("field.restored", pgettext_lazy("field", "Taken back into use"))
name_action("field.placed", _("Moved in the list"))

declare_notice(
    "document.ending",
    title=_("%(title)s is valid until %(until)s"),
    text=_("Store the new one in time."),
)
declare_notice(
    "document.ending_staff",
    title=_("%(partner)s: %(title)s is valid until %(until)s"),
    text=_("Ask the partner for the new one."),
)
register_extra(PROFILE)

for follower in profiles_followers():
    register_follower(follower)
