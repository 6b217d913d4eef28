"""The incentives app: finds its rooms' declarations at start."""

from django.apps import AppConfig

from prm.apps import load_catalogues


class IncentivesConfig(AppConfig):
    name = "incentives"
    verbose_name = "Incentives"

    def ready(self) -> None:
        load_catalogues(
            "incentives.plans",
            "incentives.earnings",
            "incentives.ledger",
            "incentives.holds",
            "incentives.terms",
            "incentives.payouts",
            "incentives.funds",
            "incentives.adjustments",
            "incentives.trials",
            "incentives.disputes",
        )
