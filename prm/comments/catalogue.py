"""What comments declare: rights, scopes, the purpose of their files, their notice, names of audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from prm.accounts.permissions import ALL_STAFF, AUDITOR, PARTNER_ROLES, declare
from prm.accounts.scopes import declare_scope
from prm.comments.queries import may_open_attachment
from prm.files.purposes import declare_purpose
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action

declare("comments.view", ALL_STAFF | PARTNER_ROLES)
declare("comments.write", (ALL_STAFF - {AUDITOR}) | PARTNER_ROLES)
declare_scope("comments:read", _("Read comments"))
declare_scope("comments:write", _("Write comments"))
declare_purpose(
    "comment",
    permission="comments.view",
    scope="comments:read",
    extensions={"pdf", "png", "jpg", "jpeg", "xlsx", "csv", "txt", "zip"},
    allows=may_open_attachment,
)
declare_notice("comment.shared", title=_("%(who)s wrote about %(about)s"), text=_("“%(text)s”"))
name_action("comment.written", pgettext_lazy("comment", "Written"))
name_action("comment.withdrawn", pgettext_lazy("comment", "Taken back"))
