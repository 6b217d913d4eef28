"""What imports declare: permissions, the purpose of their files, their jobs, the menu line and the work queue."""

from django.utils.translation import gettext_lazy as _

from prm.accounts.permissions import ALL_STAFF, AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.files.purposes import declare_purpose
from prm.imports.actions import APPLY, CHECK, PURPOSE, UNDO
from prm.imports.kinds import register_import
from prm.imports.queries import count_needing_attention, may_open_file, own_import_ids
from prm.imports.rates import RATES
from prm.imports.reading import EXTENSIONS
from prm.imports.work import BROKE, NO_LONGER_ALLOWED, ROWS_REFUSED, UNDO_REFUSED
from prm.jobs.kinds import declare_job_count, declare_job_failure, declare_job_kind
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.queue import QueueItem, add_queue_item

declare("imports.view", ALL_STAFF)
declare("imports.view_all", {PROGRAMME_ADMIN, FINANCE, AUDITOR})  # those of other people too
declare("imports.change", {PROGRAMME_ADMIN, FINANCE, CHANNEL_MANAGER})
declare_purpose(PURPOSE, permission="imports.view", extensions=EXTENSIONS, allows=may_open_file)
declare_job_kind(CHECK, _("Checking a file"), permission="imports.view", subjects=own_import_ids)
declare_job_kind(APPLY, _("Applying a file"), permission="imports.view", subjects=own_import_ids)
declare_job_kind(UNDO, _("Taking an import back"), permission="imports.view", subjects=own_import_ids)
declare_job_count("taken_back", _("taken back"))
for code, text in (
    (ROWS_REFUSED, _("Rows were refused, so nothing was applied.")),
    (NO_LONGER_ALLOWED, _("The person who started it may not import this any more.")),
    (UNDO_REFUSED, _("Something depends on what was imported, so nothing was taken back.")),
    (BROKE, _("It broke (%(detail)s); the log has the details.")),
):
    declare_job_failure(code, text)
register_import(RATES)
add_menu_item(
    MenuItem("console", "system", _("Imports"), "import-list", "file-import", "imports.view", order=10)
)
add_queue_item(
    QueueItem(
        label=_("Imports to finish"),
        count=count_needing_attention,
        url_name="import-list",
        permission="imports.change",
        query="state=checked",
        order=60,
    )
)
name_action("import.started", _("File taken for import"))
name_action("import.row_corrected", _("Row of an import corrected"))
name_action("import.row_left_out", _("Row of an import left out"))
name_action("import.row_taken_in", _("Row of an import taken in after all"))
name_action("import.undone", _("Import undone"))
name_action("import.checking", _("Check of a file started"))
name_action("import.applying", _("Import of a file started"))
name_action("import.undoing", _("Undo of an import started"))
