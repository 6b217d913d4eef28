"""What jobs declares: permissions, scopes, its menu line, the lines every job may log."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import ALL_STAFF, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.jobs.kinds import declare_job_count, declare_job_line
from prm.jobs.queries import count_running
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item

declare("jobs.view", ALL_STAFF)
declare("jobs.cancel", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE})
declare_scope("jobs:read", _("Follow jobs"))
declare_scope("jobs:write", _("Stop jobs"))
for code, label in (
    ("created", _("created")),
    ("updated", _("updated")),
    ("unchanged", _("unchanged")),
    ("failed", _("failed")),
    ("skipped", _("skipped")),
):
    declare_job_count(code, label)
declare_job_line("job.chunk", _("%(done)s of %(total)s done"))
declare_job_line("job.resumed", _("Continued after an interruption"))

add_menu_item(
    MenuItem("console", "system", _("Jobs"), "job-list", "loader", "jobs.view", order=20, badge=count_running)
)
name_action("job.started", _("Job started"))
name_action("job.cancel_requested", _("Job asked to stop"))
