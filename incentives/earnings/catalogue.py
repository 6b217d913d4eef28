"""What earnings declare: permissions, scopes, menu lines, words of jobs and audit actions."""

from django.utils.translation import gettext_lazy as _

from incentives.earnings.following import earnings_followers, forbid_while_calculating
from incentives.earnings.of_customer import own_customer_panel
from incentives.earnings.of_sale import earned_column, earned_panel
from incentives.earnings.queries import count_to_calculate
from incentives.earnings.wording import FAILURE_TEXTS
from partners.directory.followers import register_follower, register_merge_guard
from prm.accounts.permissions import (
    AUDITOR,
    CHANNEL_MANAGER,
    FINANCE,
    PARTNER_ADMIN,
    PARTNER_USER,
    PROGRAMME_ADMIN,
    declare,
)
from prm.accounts.scopes import declare_scope
from prm.jobs.kinds import declare_job_count, declare_job_failure, declare_job_kind
from prm.web.columns import add_column
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel
from prm.web.queue import QueueItem, add_queue_item

declare("earnings.view", {PROGRAMME_ADMIN, CHANNEL_MANAGER, FINANCE, AUDITOR}, needs_money=True)
declare("calculations.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR})
declare("calculations.start", {PROGRAMME_ADMIN, FINANCE})
declare_job_kind("earnings.calculation", _("Calculation of a month"), permission="calculations.view")
add_queue_item(
    QueueItem(
        label=_("Months to calculate, because sales, plans or rates came in"),
        count=count_to_calculate,
        url_name="calculation-list",
        permission="calculations.start",
        order=25,
    )
)
declare("own_earnings.view", {PARTNER_ADMIN, PARTNER_USER}, needs_money=True)
declare_scope("earnings:read", _("Read calculations and entries"))
declare_scope("calculations:write", _("Start calculations"))
add_panel("own_customer", own_customer_panel, permission="own_earnings.view", order=10)
add_panel("sale", earned_panel, permission="earnings.view", order=10)
add_column("portal-sale", earned_column, permission="own_earnings.view", order=10)

for item in (
    MenuItem(
        "console", "money", _("Calculations"), "calculation-list", "calculator", "calculations.view", order=20
    ),
    MenuItem("console", "money", _("Earnings"), "entry-list", "coins", "earnings.view", order=30),
    MenuItem(
        "console", "money", _("Earned nothing"), "outcome-list", "zoom-question", "earnings.view", order=35
    ),
    MenuItem(
        "portal",
        "earn",
        _("Earnings"),
        "portal-entry-list",
        "coins",
        "own_earnings.view",
        order=10,
        at_hand=True,
    ),
    MenuItem(
        "portal",
        "earn",
        _("Earned nothing"),
        "portal-outcome-list",
        "zoom-question",
        "own_earnings.view",
        order=20,
    ),
):
    add_menu_item(item)
name_action("calculation.started", _("Calculation started"))
for code, label in (
    ("looked_at", _("lines looked at")),
    ("earned", _("lines that earned")),
    ("entries", _("entries")),
):
    declare_job_count(code, label)
for code, text in FAILURE_TEXTS.items():
    declare_job_failure(code, text)
name_action("calculation.calculated", _("Calculation finished"))
name_action("calculation.failed", _("Calculation failed"))

for follower in earnings_followers():
    register_follower(follower)
register_merge_guard(forbid_while_calculating)
