"""What segments declare: permissions, scopes, menu lines, facts of the record, words of audit actions and jobs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.segments.own_facts import register_own_facts
from prm.accounts.permissions import ALL_STAFF, CHANNEL_MANAGER, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.jobs.kinds import declare_job_count, declare_job_kind
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item

declare("segments.view", ALL_STAFF)
declare("segments.change", {PROGRAMME_ADMIN, CHANNEL_MANAGER})

declare_scope("segments:read", _("Read segments and their members"))
declare_scope("segments:write", _("Define segments and recalculate them"))

add_menu_item(
    MenuItem("console", "partners", _("Segments"), "segment-list", "filter", "segments.view", order=30)
)

register_own_facts()

declare_job_kind("segments", _("Recalculation of segments"), permission="segments.view")
declare_job_count("entered", pgettext_lazy("segment", "entered"))
declare_job_count("left", pgettext_lazy("segment", "left"))
declare_job_count("failed", _("failed"))

name_action("segment.created", pgettext_lazy("segment", "Created"))
name_action("segment.changed", pgettext_lazy("segment", "Changed"))
name_action("segment.recalculated", pgettext_lazy("segment", "Members recalculated"))
name_action("segment.removed", pgettext_lazy("segment", "Removed"))
name_action("engagement.weighted", _("Weights of engagement changed"))
name_action("potential.estimated", _("Potential estimated"))
