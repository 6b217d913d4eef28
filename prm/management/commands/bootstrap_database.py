"""Make the database roles, the database and its extensions; safe to repeat. Needs DATABASE_ADMIN_URL."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from prm.tenancy.roles import BootstrapRefused, bootstrap_database


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_ADMIN_URL:
            raise CommandError("Set DATABASE_ADMIN_URL to a role that may create roles and databases.")
        try:
            bootstrap_database(settings.DATABASE_ADMIN_URL, settings.DATABASE_URL)
        except BootstrapRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("roles, database and extensions are in place")
