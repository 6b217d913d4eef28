"""What plans declare: permissions, scopes, the menu line, words of audit actions and notices."""

from django.utils.translation import gettext_lazy as _

from incentives.plans.queries import count_proposed_plans
from incentives.plans.segment_uses import plans_that_ask
from incentives.plans.tier_uses import plans_that_say
from partners.segments.queries import offer_uses
from partners.tiers.uses import offer_tier_uses
from prm.accounts.permissions import AUDITOR, CHANNEL_MANAGER, FINANCE, PROGRAMME_ADMIN, declare
from prm.accounts.scopes import declare_scope
from prm.notifications.kinds import declare_notice
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.queue import QueueItem, add_queue_item

declare("plans.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR})
declare("plans.change", {PROGRAMME_ADMIN})
declare("plans.publish", {PROGRAMME_ADMIN, FINANCE})
declare_scope("plans:read", _("Read plans, their versions and assignments"))
declare_scope("plans:write", _("Draft and propose plans, assign them; never publish"))
offer_uses(plans_that_ask)
offer_tier_uses(plans_that_say)

add_queue_item(
    QueueItem(
        label=_("Plans with a version to publish"),
        count=count_proposed_plans,
        url_name="plan-list",
        permission="plans.publish",
        order=20,
    )
)
add_menu_item(MenuItem("console", "money", _("Plans"), "plan-list", "list-details", "plans.view", order=10))
name_action("plan.created", _("Plan created"))
name_action("plan.version_drafted", _("Version of a plan drafted"))
name_action("plan.version_edited", _("Version of a plan edited"))
name_action("plan.terms_written", _("Terms of a plan written"))
name_action("plan.version_proposed", _("Version of a plan proposed for publishing"))
name_action("plan.version_published", _("Version of a plan published"))
name_action("plan.assigned", _("Plan assigned"))
name_action("plan.goal_set", _("Goal of a partner set"))
name_action("plan.assignment_ended", _("Assignment of a plan ended"))
declare_notice(
    "plan.proposed",
    title=_("%(plan)s: version %(number)s is to be published"),
    text=_("%(person)s proposed it. Somebody who did not edit it last publishes it."),
)
