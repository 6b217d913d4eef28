"""What plans declare: permissions and the menu line."""

from django.utils.translation import gettext_lazy as _

from incentives.plans.queries import count_plans_with_drafts
from prm.accounts.permissions import AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.queue import QueueItem, add_queue_item

declare("plans.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR})
declare("plans.change", {PROGRAMME_ADMIN})
declare("plans.publish", {PROGRAMME_ADMIN, FINANCE})

add_queue_item(
    QueueItem(
        label=_("Plans with a version to publish"),
        count=count_plans_with_drafts,
        url_name="plan-list",
        permission="plans.publish",
        order=20,
    )
)
add_menu_item(MenuItem("console", "money", _("Plans"), "plan-list", "list-details", "plans.view", order=10))
name_action("plan.created", _("Plan created"))
name_action("plan.version_drafted", _("Version of a plan drafted"))
name_action("plan.version_edited", _("Version of a plan edited"))
name_action("plan.version_published", _("Version of a plan published"))
name_action("plan.assigned", _("Plan assigned"))
name_action("plan.assignment_ended", _("Assignment of a plan ended"))
