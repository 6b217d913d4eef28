"""What files declares: the right to download at all (each purpose asks for its own), and its scope."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import ALL_STAFF, PARTNER_ROLES, declare
from prm.accounts.scopes import declare_scope
from prm.web.history import name_action

declare("files.open", ALL_STAFF | PARTNER_ROLES)
declare_scope("files:read", _("Download files"))
name_action("file.stored", _("File stored"))
name_action("file.removed", _("File removed"))
