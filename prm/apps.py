"""The platform app: finds its rooms' declarations and checks the database role of every connection."""

from importlib import import_module

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


def load_catalogues(*rooms: str) -> None:
    """Import each room's catalogue, so that its declarations stand before the first request."""
    for room in rooms:
        import_module(f"{room}.catalogue")


class PrmConfig(AppConfig):
    name = "prm"
    verbose_name = _("Platform")

    def ready(self) -> None:
        from prm.tenancy.loudness import watch_connection
        from prm.tenancy.roles import check_new_connection

        connection_created.connect(watch_connection, dispatch_uid="prm.tenancy.watch_connection")
        connection_created.connect(check_new_connection, dispatch_uid="prm.tenancy.check_new_connection")
        load_catalogues(
            "prm.accounts",
            "prm.notifications",
            "prm.currencies",
            "prm.files",
            "prm.comments",
            "prm.jobs",
            "prm.imports",
            "prm.workspace",
        )
