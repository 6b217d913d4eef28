"""The partners app: finds its rooms' declarations at start."""

from django.apps import AppConfig

from prm.apps import load_catalogues


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = "Partners"

    def ready(self) -> None:
        load_catalogues(
            "partners.products",
            "partners.customers",
            "partners.directory",
            "partners.deals",
            "partners.profiles",
            "partners.onboarding",
            "partners.training",
            "partners.sales",
            "partners.conflicts",
            "partners.coverage",
            "partners.segments",
            "partners.tiers",
        )
