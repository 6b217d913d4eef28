"""What trials declare: permissions, the panel of a version, words of jobs and audit actions."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incentives.trials.actions import JOB_KIND
from incentives.trials.deal_estimates import MOVES
from incentives.trials.example_pages import example_panel, form_panel
from incentives.trials.offers import ESTIMATE
from incentives.trials.panels import backtest_panel, estimate_panel, goals_panel
from incentives.trials.standings import REFRESH
from incentives.trials.work import BROKE, GIVEN_UP
from prm.accounts.permissions import AUDITOR, FINANCE, PROGRAMME_ADMIN, declare
from prm.jobs.kinds import declare_job_count, declare_job_failure, declare_job_kind
from prm.outbox.actions import subscribe
from prm.web.history import name_action
from prm.web.menu import MenuItem, add_menu_item
from prm.web.panels import add_panel

declare("backtests.view", {PROGRAMME_ADMIN, FINANCE, AUDITOR}, needs_money=True)
declare("backtests.start", {PROGRAMME_ADMIN, FINANCE}, needs_money=True)
declare_job_kind(JOB_KIND, _("Test of a plan on history"), permission="backtests.view")
declare_job_count("partners", pgettext_lazy("job", "partners"))
declare_job_failure(BROKE, _("The test broke. Those who run the installation find why in its log."))
declare_job_failure(GIVEN_UP, _("The test was begun several times and never ended."))
name_action("plan.backtest_started", _("Test of a plan on history started"))
name_action("deal.products_told", _("Products of the deal told"))
add_panel("plan_version", backtest_panel, permission="backtests.view", order=10)
add_panel("plan_version", example_panel, permission="backtests.view", order=20)
add_panel("plan_component", form_panel, permission="backtests.start", order=10)
add_panel("deal", estimate_panel, permission="earnings.view", order=10)
add_panel("portal-deal", estimate_panel, permission="own_earnings.view", order=10)
for event in MOVES:
    subscribe(event, ESTIMATE)
subscribe("calculation.finished", REFRESH)
add_panel("partner", goals_panel, permission="earnings.view", order=15)
add_menu_item(
    MenuItem("portal", "earn", _("Goals"), "portal-goals", "target-arrow", "own_earnings.view", order=15)
)
