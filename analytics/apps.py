"""The analytics app: finds its rooms' declarations at start."""

from django.apps import AppConfig

from prm.apps import load_catalogues


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = "Analytics"

    def ready(self) -> None:
        load_catalogues("analytics.facts", "analytics.dashboards")
