"""Addresses of trials, by face."""

from django.urls import path

from incentives.trials import api as machine
from incentives.trials import console as pages
from incentives.trials import example_pages as examples
from incentives.trials import offer_pages as offers
from incentives.trials import portal as partner

console = [
    path("plans/versions/<uuid:version_id>/backtest/", pages.backtest_create, name="backtest-create"),
    path("plans/versions/<uuid:version_id>/example/", examples.version_example, name="version-example"),
    path(
        "plans/versions/<uuid:version_id>/components/example/<slug:kind>/",
        examples.component_example,
        name="component-example",
    ),
    path("plans/backtests/<uuid:backtest_id>/", pages.backtest_detail, name="backtest-detail"),
    path("plans/backtests/<uuid:backtest_id>/progress/", pages.backtest_progress, name="backtest-progress"),
    path("plans/backtests/<uuid:backtest_id>/export.csv", pages.backtest_export, name="backtest-export"),
    path(
        "plans/backtests/<uuid:backtest_id>/export.xlsx",
        pages.backtest_export_workbook,
        name="backtest-export-workbook",
    ),
    path("deals/<uuid:deal_id>/products/", offers.deal_products, name="deal-products"),
]
portal = [
    path("goals/", partner.own_goals, name="portal-goals"),
    path("deals/<uuid:deal_id>/products/", offers.own_deal_products, name="portal-deal-products"),
]
api = [
    path(
        "plan-versions/<uuid:version_id>/backtests",
        machine.VersionBacktests.as_view(),
        name="api-version-backtests",
    ),
    path("estimates", machine.Estimates.as_view(), name="api-estimates"),
    path("backtests/<uuid:backtest_id>", machine.OneBacktest.as_view(), name="api-backtest"),
    path(
        "backtests/<uuid:backtest_id>/amounts", machine.BacktestAmounts.as_view(), name="api-backtest-amounts"
    ),
]
