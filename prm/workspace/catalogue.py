"""What the workspace declares: its menu lines and the names of its audit actions."""

from django.utils.translation import gettext_lazy as _

from prm.files.purposes import declare_purpose
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.workspace.branding import KINDS_TAKEN, LOGO_MOST_BYTES, PURPOSE

for line in (
    MenuItem("console", "system", _("Members"), "member-list", "user-cog", "members.view", order=50),
    MenuItem("console", "system", _("API keys"), "token-list", "key", "tokens.view", order=60),
    MenuItem("console", "system", _("Audit log"), "audit-list", "history", "audit.view", order=70),
    MenuItem("console", "system", _("Settings"), "tenant-settings", "settings", "settings.view", order=80),
    MenuItem("portal", "company", _("Team"), "portal-team", "users-group", "team.view", order=20),
):
    add_menu_item(line)

declare_purpose(PURPOSE, permission="settings.view", extensions=KINDS_TAKEN, most_bytes=LOGO_MOST_BYTES)

name_action("member.invited", _("Person invited"))
name_action("member.invitation_withdrawn", _("Invitation withdrawn"))
name_action("member.joined", _("Person joined"))
name_action("member.consented", _("Agreed to the processing of personal data"))
name_action("member.changed", _("Member's role changed"))
name_action("member.removed", _("Member removed"))
name_action("token.created", _("API key created"))
name_action("token.rotated", _("API key replaced"))
name_action("token.revoked", _("API key revoked"))
name_action("tenant.opened", _("Workspace opened"))
name_action("tenant.changed", _("Settings changed"))
name_action("tenant.brand_changed", _("Brand changed"))
name_action("tenant.suspended", _("Workspace suspended"))
name_action("tenant.resumed", _("Workspace resumed"))
