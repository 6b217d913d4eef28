"""The campaigns app: finds its rooms' declarations at start."""

from django.apps import AppConfig

from prm.apps import load_catalogues


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = "Campaigns"

    def ready(self) -> None:
        load_catalogues()
